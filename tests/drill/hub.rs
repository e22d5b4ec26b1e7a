//! The program itself, in a process group of its own on a data folder of its own.

use std::{
    collections::HashMap,
    fs::{self, File},
    net::TcpListener,
    os::{fd::AsRawFd as _, unix::process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::LazyLock,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;

use crate::city::REGISTRY;

/// Options of every drill: no limits of rate, and passwords that are cheap to check.
const LIFTED: &[&str] = &[
    "limits.user_per_second=10000",
    "limits.unit_per_second=100000",
    "limits.search_per_second=1000",
    "limits.login_burst=1000",
    "limits.login_per_minute=1000",
    "auth.argon2_memory_kib=8192",
    "auth.argon2_iterations=1",
    "auth.access_token_ttl=1h",
    "auth.refresh_idle=2h",
    "uploads.concurrent_per_user=100",
    "uploads.concurrent_per_unit=1000",
    "log.level=warn",
];

/// Where a hub keeps its data, and how it is started.
pub struct Site {
    home: TempDir,
    data: PathBuf,
    port: u16,
    sets: Vec<String>,
    preload: Option<String>,
}

/// A hub that runs.
pub struct Running {
    child: Child,
    /// How long it took to be ready.
    pub took: Duration,
}

/// The command line of the program, or of the one that `DRILL_PROGRAM` names, as it was when the
/// drills began: a build meanwhile may put another in its place.
pub fn wenshu() -> Command {
    static PROGRAM: LazyLock<File> = LazyLock::new(|| {
        let own = || env!("CARGO_BIN_EXE_wenshu").into();
        File::open(std::env::var_os("DRILL_PROGRAM").unwrap_or_else(own)).unwrap()
    });
    Command::new(format!(
        "/proc/{}/fd/{}",
        std::process::id(),
        PROGRAM.as_raw_fd()
    ))
}

impl Site {
    pub fn new(sets: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        Self::of(home, data, sets)
    }

    /// One that keeps its data in another folder, and everything else where it is safe.
    pub fn on(folder: &Path, sets: &[&str]) -> Self {
        Self::of(tempfile::tempdir().unwrap(), folder.join("data"), sets)
    }

    fn of(home: TempDir, data: PathBuf, sets: &[&str]) -> Self {
        let (port, operations) = (free_port(), free_port());
        let mut all = vec![
            format!("hub.data_dir={}", data.display()),
            format!("server.listen=127.0.0.1:{port}"),
            format!("server.operations_listen=127.0.0.1:{operations}"),
        ];
        all.extend(LIFTED.iter().chain(sets).map(|set| (*set).to_owned()));
        Self {
            home,
            data,
            port,
            sets: all,
            preload: None,
        }
    }

    /// Has the loader put a library before all others. Tells whether it can.
    pub fn preload(&mut self, library: &str) -> bool {
        let tried = Command::new("true").env("LD_PRELOAD", library).output();
        let can = tried.is_ok_and(|output| output.stderr.is_empty());
        self.preload = can.then(|| library.to_owned());
        can
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A folder for whatever else the drill needs.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// Runs an operator's command to its end.
    pub fn operate(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "wenshu {words:?}: {said}{complained}"
        );
        said
    }

    /// Runs an operator's command that may fail; gives what it says.
    pub fn tries(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&said).into_owned()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = wenshu();
        command.args(words).current_dir(self.home());
        command.envs(self.preload.iter().map(|library| ("LD_PRELOAD", library)));
        for set in &self.sets {
            command.args(["--set", set]);
        }
        command
    }

    /// Enters the city; gives the one-time password of each login.
    pub fn enter_city(&self) -> HashMap<String, String> {
        let file = self.home().join("city.toml");
        fs::write(&file, REGISTRY).unwrap();
        let said = self.operate(&["admin", "registry", file.to_str().unwrap()]);
        let accounts = said.lines().filter_map(|line| {
            let mut words = line.trim().split('\t');
            Some((words.next()?.to_owned(), words.next()?.to_owned()))
        });
        accounts.collect()
    }

    /// Starts the hub without waiting for it.
    pub fn spawn(&self) -> Running {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let mut command = self.command(&["serve"]);
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        Running {
            child: command.spawn().unwrap(),
            took: Duration::ZERO,
        }
    }

    /// Starts the hub and waits until it answers.
    pub async fn start(&self) -> Running {
        let began = Instant::now();
        let mut running = self.spawn();
        let address = format!("127.0.0.1:{}", self.port);
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            let ended = running.child.try_wait().unwrap();
            assert!(
                ended.is_none(),
                "the hub ended: {ended:?}\n{}",
                self.logged()
            );
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "not ready\n{}",
                self.logged()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        running.took = began.elapsed();
        running
    }

    fn log(&self) -> PathBuf {
        self.home().join("log")
    }

    /// What the hub has logged last.
    pub fn logged(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, signal: Signal) {
        signal_group(&self.child, signal);
    }

    /// `kill -9` of the whole group.
    pub fn kill(mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }

    /// `kill` of the hub, which then ends by itself.
    pub async fn terminate(mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        rustix::process::kill_process(pid(&self.child), Signal::TERM).unwrap();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, began.elapsed());
            }
            assert!(
                began.elapsed() < Duration::from_mins(2),
                "the hub does not end"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The processes that the hub has started and whose command line holds `words`.
    pub fn children(&self, words: &str) -> Vec<Pid> {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let children = processes.filter_map(|entry| {
            let status = fs::read_to_string(entry.path().join("status")).ok()?;
            let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
            let command = fs::read(entry.path().join("cmdline")).ok()?;
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            let is_one = parent.trim() == self.pid().to_string() && command.contains(words);
            let number = entry
                .file_name()
                .to_str()?
                .parse()
                .ok()
                .filter(|_| is_one)?;
            Pid::from_raw(number)
        });
        children.collect()
    }

    /// The most memory that the hub itself has held at once, in bytes.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kib * 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::KILL);
            let _ = self.child.wait();
        }
    }
}

/// Signals the process group that a child leads; one that has ended needs no signal.
pub fn signal_group(child: &Child, signal: Signal) {
    let _ = kill_process_group(pid(child), signal);
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap()
}
