//! What the folder asks of the disk, watched and disturbed from outside with `strace`. Where there
//! is no `strace` (or it may not trace), these tests say so and pass.

use std::{
    env,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use bytes::Bytes;
use tempfile::TempDir;
use wenshu::blobs::{Blobs, Options};

use crate::places::{NO_LIMIT, Place, digest_of, in_chunks, some_bytes};

/// Tells the traced process where its folder is.
const FOLDER: &str = "WENSHU_TEST_FOLDER";

fn the_bytes() -> Bytes {
    some_bytes(300_000)
}

#[tokio::test]
#[ignore = "is run under strace by the tests below"]
async fn the_traced_process_writes_two_files() {
    let Some(folder) = env::var_os(FOLDER) else {
        return;
    };
    let blobs = Blobs::open(&Options::Local {
        folder: folder.into(),
    })
    .await
    .unwrap();
    for bytes in [the_bytes(), some_bytes(10)] {
        let written = blobs.write(in_chunks(&bytes, 4096), NO_LIMIT).await;
        let outcome = match written {
            Ok(_) => "ok",
            Err(wenshu::blobs::WriteFault::Full(_)) => "full",
            Err(_) => "failed",
        };
        println!("outcome: {outcome}, halted: {}", blobs.is_halted());
    }
}

struct Traced {
    home: TempDir,
    said: String,
    trace: String,
}

/// Runs the traced process; nothing, if it cannot be traced here.
fn traced(options: impl FnOnce(&Path) -> Vec<String>) -> Option<Traced> {
    let home = tempfile::tempdir().unwrap();
    let folder = fs::canonicalize(home.path()).unwrap().join("data");
    let log = home.path().join("trace");
    let output = Command::new("strace")
        .args(["-f", "-y", "-qq", "-s", "256", "-o"])
        .arg(&log)
        .args(options(&folder))
        .arg(env::current_exe().unwrap())
        .args(["--exact", "disk::the_traced_process_writes_two_files"])
        .args(["--ignored", "--nocapture"])
        .env(FOLDER, &folder)
        .output();
    let said = match output {
        Ok(Output { status, stdout, .. }) if status.success() => String::from_utf8(stdout).unwrap(),
        other => {
            eprintln!("skipped: strace cannot be used here ({other:?})");
            return None;
        }
    };
    let trace = fs::read_to_string(log).unwrap();
    Some(Traced { home, said, trace })
}

fn only(calls: &str) -> Vec<String> {
    vec!["-e".to_owned(), format!("trace={calls}")]
}

/// A folder three steps down, where the first of the two files goes.
fn target(folder: &Path) -> PathBuf {
    let name = digest_of(&the_bytes()).to_string();
    folder.join("blobs").join(&name[..2]).join(&name[2..4])
}

#[test]
fn bytes_then_name_then_folder_are_synced_before_a_write_is_acknowledged() {
    let calls = "fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat,write";
    let Some(traced) = traced(|_| only(calls)) else {
        return;
    };
    let folder = fs::canonicalize(traced.home.path()).unwrap().join("data");
    let target = target(&folder);
    let lines: Vec<&str> = traced.trace.lines().collect();
    let position = |from: usize, call: &str, what: &str| {
        let found = lines[from..]
            .iter()
            .position(|line| line.contains(call) && line.contains(what));
        from + found.unwrap_or_else(|| panic!("no {call} of {what} in:\n{}", traced.trace))
    };
    let target = target.to_str().unwrap();
    let parent = Path::new(target).parent().unwrap().to_str().unwrap();

    let renamed = position(0, "rename", target);
    let synced = lines[..renamed].iter().rposition(|line| {
        line.contains("sync(") && line.contains(&format!("{}/incoming/up-", folder.display()))
    });
    let made = position(
        synced.expect("the bytes are synced before they are named"),
        "mkdir",
        target,
    );
    let entry = position(made, "sync(", &format!("{parent}>"));
    assert!(
        entry < renamed,
        "the new folder is synced before it is used"
    );
    let acknowledged = position(0, "write(", "outcome: ok");
    let settled = position(renamed, "sync(", &format!("{target}>"));
    assert!(
        settled < acknowledged,
        "the name is synced before the write is acknowledged"
    );
}

#[test]
fn a_disk_error_while_syncing_ends_all_writing() {
    let Some(traced) = traced(|folder| injected(folder, "EIO")) else {
        return;
    };
    assert_eq!(
        outcomes(&traced),
        [
            "outcome: failed, halted: true",
            "outcome: failed, halted: true"
        ]
    );
}

#[test]
fn a_full_disk_is_told_from_a_broken_one_and_writing_goes_on_when_there_is_room() {
    let Some(traced) = traced(|folder| injected(folder, "ENOSPC")) else {
        return;
    };
    assert_eq!(
        outcomes(&traced),
        ["outcome: full, halted: false", "outcome: ok, halted: false"]
    );
}

/// Makes every sync of the folder of the first file fail, and of no other.
fn injected(folder: &Path, error: &str) -> Vec<String> {
    let mut options = only("fsync");
    options.extend(["-P".to_owned(), target(folder).to_str().unwrap().to_owned()]);
    options.extend(["-e".to_owned(), format!("inject=fsync:error={error}")]);
    options
}

fn outcomes(traced: &Traced) -> Vec<&str> {
    traced
        .said
        .lines()
        .filter(|line| line.starts_with("outcome: "))
        .collect()
}

#[tokio::test]
async fn nobody_but_the_owner_can_look_into_the_folder() {
    let place = Place::folder().await;
    let digest = place.write(&some_bytes(10)).await.digest;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = place.path(digest);
    assert_eq!(mode(&file), 0o600);
    for folder in file
        .ancestors()
        .skip(1)
        .take_while(|folder| folder.starts_with(&place.keys))
    {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    assert_eq!(mode(&place.keys.join("incoming")), 0o700);
}

#[tokio::test]
async fn a_folder_that_is_there_keeps_the_permissions_its_operator_gave_it() {
    let home = tempfile::tempdir().unwrap();
    fs::set_permissions(home.path(), Permissions::from_mode(0o750)).unwrap();
    Blobs::open(&Options::Local {
        folder: home.path().to_owned(),
    })
    .await
    .unwrap();
    let mode = fs::metadata(home.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
}
