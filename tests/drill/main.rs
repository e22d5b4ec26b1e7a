//! Drills: what the hub promises is tried on the real program, which is killed, stopped, filled
//! and imported into. The figures are printed; run with `--nocapture` to see them.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

mod city;
mod crowd;
mod cuts;
mod disk;
mod export;
mod hub;
mod import;
mod index;
mod kills;
mod large;
mod load;
mod oracle;
mod people;
mod power;
mod random;
mod repeats;
mod server;
mod stop;

use tokio::sync::{Mutex, MutexGuard};

/// Drills measure and press the whole machine, so one runs at a time.
async fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    TURN.lock().await
}
