//! Gives up the rights of the process that is about to read a stranger's file.

use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, Scope,
};
use rlimit::Resource;

use super::Limits;

/// The standard streams, one duplicate of the file, and the room that landlock needs.
const OPEN_FILES: u64 = 16;

/// Bounds this process and the threads that it starts from now on.
///
/// Resource limits are a must. Landlock comes on top where the kernel has it: it takes away
/// every file, executable and TCP connection, and reading works as well without it.
pub(super) fn confine(limits: &Limits) -> io::Result<()> {
    lower(Resource::CORE, 0, 0)?;
    lower(Resource::FSIZE, 0, 0)?;
    lower(Resource::NOFILE, OPEN_FILES, OPEN_FILES)?;
    // The soft limit speaks first, with a signal of its own that tells why; the hard one kills.
    lower(
        Resource::CPU,
        limits.cpu_seconds,
        limits.cpu_seconds.saturating_add(2),
    )?;
    lower(Resource::AS, limits.memory_bytes, limits.memory_bytes)?;
    if let Err(error) = forbid_the_world() {
        eprintln!("landlock: {error}");
    }
    Ok(())
}

/// Sets a limit, or keeps what is set already where that is lower.
fn lower(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let (_, most) = resource.get()?;
    resource.set(soft.min(most), hard.min(most))
}

/// Handles every right that landlock knows and grants none of them.
fn forbid_the_world() -> Result<(), landlock::RulesetError> {
    let newest = ABI::V6;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?
        .restrict_self()?;
    Ok(())
}
