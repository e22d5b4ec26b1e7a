//! The walkthrough of the documentation, done: every executable block of `docs/walkthrough.md` runs
//! against a demo of its own, so that the page cannot promise what the hub does not do. The
//! lists in `docs/api.md` are compared with the tables they tell of.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use wenshu::api::{ROUTES, problem};

/// The accounts that the pages use, and the variables they expect their passwords in.
const ACCOUNTS: [(&str, &str); 8] = [
    ("OTP_ADMIN", "system-admin"),
    ("OTP_COURT_CLERK", "fy.liuchunxiao"),
    ("OTP_COURT_SIGNER", "fy.lubingheng"),
    ("OTP_BUREAU_CLERK", "zrj.tangxiaoya"),
    ("OTP_BUREAU_SIGNER", "zrj.shaochanghe"),
    ("OTP_OFFICE_CLERK", "zfb.bairuoxi"),
    ("OTP_JUSTICE_CLERK", "sfj.dingyinuo"),
    ("OTP_OUTSIDER", "jcy.zhongxiaoman"),
];

/// A running demo; it ends with the test.
struct Demo {
    hub: Child,
    address: String,
    passwords: HashMap<String, String>,
    _data: TempDir,
}

impl Demo {
    /// Plays the demo in a folder of its own, on ports that the system chooses.
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut hub = Command::new(env!("CARGO_BIN_EXE_wenshu"))
            .args(["demo", "--corpus", "/nonexistent", "--data"])
            .arg(data.path())
            .args(["--set", "server.listen=127.0.0.1:0"])
            .args(["--set", "server.operations_listen=127.0.0.1:0"])
            .args([
                "--set",
                "limits.login_burst=100",
                "--set",
                "limits.login_per_minute=100",
            ])
            .args(["--set", "log.level=error"])
            .current_dir(data.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut passwords = HashMap::new();
        let mut address = None;
        for line in BufReader::new(hub.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((login, rest)) = line.trim_start().split_once('\t') {
                let password = rest.split('\t').next().unwrap();
                passwords.insert(login.to_owned(), password.to_owned());
            }
            if let Some(rest) = line.strip_prefix("文枢已启动：") {
                address = rest
                    .split_once("/　")
                    .map(|(address, _)| address.to_owned());
                break;
            }
        }
        let address = address.expect("the demo says where it listens");
        Self {
            hub,
            address,
            passwords,
            _data: data,
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.hub.kill();
        let _ = self.hub.wait();
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).unwrap()
}

/// The blocks that are to be executed, each announced by the heading it stands under.
fn script(page: &str) -> String {
    let (mut script, mut inside) = (String::new(), false);
    for line in page.lines() {
        match line {
            "```bash" => inside = true,
            "```" => inside = false,
            _ if inside => writeln!(script, "{line}").unwrap(),
            _ => {
                if let Some(heading) = line.strip_prefix("## ") {
                    writeln!(script, "echo '== {heading}'").unwrap();
                }
            }
        }
    }
    script
}

/// Walks through a page with these files in place of the samples; it ends with these words.
fn walk(name: &str, files: &[(&str, PathBuf)], end: &str) {
    let demo = Demo::start();
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(script(&page(name)));
    bash.current_dir(root()).env("HUB", &demo.address);
    bash.env("WENSHU", env!("CARGO_BIN_EXE_wenshu"));
    for (variable, login) in ACCOUNTS {
        bash.env(variable, &demo.passwords[login]);
    }
    for (variable, file) in files {
        assert!(file.is_file(), "{}", file.display());
        bash.env(variable, file);
    }
    let done = bash.output().unwrap();
    let (said, complained) = (
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr),
    );
    assert!(done.status.success(), "{said}\n-- stderr:\n{complained}");
    assert!(said.ends_with(end), "{said}\n-- stderr:\n{complained}");
}

#[test]
fn the_walkthrough_does_what_it_says() {
    walk("walkthrough.md", &[], "走完了。\n");
}

#[test]
fn the_guide_for_integrators_does_what_it_says() {
    walk("integration.md", &[], "接好了。\n");
}

#[test]
fn the_walkthrough_works_with_real_files() {
    let data = root().join("../shared/data");
    let Ok(manifest) = fs::read_to_string(data.join("files/manifest.jsonl")) else {
        eprintln!("skipped: ../shared/data is not here");
        return;
    };
    let richest = |format: &str| {
        let files = manifest
            .lines()
            .map(|line| serde_json::from_str(line).unwrap());
        let chinese = files.filter(|file: &serde_json::Value| {
            file["cls"] == "chinese" && file["format"] == format
        });
        let found = chinese
            .max_by_key(|file| file["cjk_chars"].as_i64())
            .unwrap();
        data.join("files").join(found["file"].as_str().unwrap())
    };
    walk(
        "walkthrough.md",
        &[
            ("FILE1", data.join("founding-rules.txt")),
            ("FILE2", richest("pdf")),
            ("FILE3", richest("docx")),
        ],
        "走完了。\n",
    );
}

#[test]
fn every_problem_stands_in_the_table_with_its_status_and_title() {
    let page = page("api.md");
    for kind in problem::ALL {
        let row = format!("| `{}` | {} | {} |", kind.slug, kind.status, kind.title);
        assert!(page.contains(&row), "docs/api.md lacks the row: {row}");
    }
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains("` | 4"));
    let more = page
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains("` | 5"));
    assert_eq!(
        rows.count() + more.count(),
        problem::ALL.len(),
        "docs/api.md lists what is not there"
    );
}

#[test]
fn every_route_stands_in_the_list() {
    let page = page("api.md");
    for (method, path) in ROUTES {
        let entry = format!("`{method} {path}`");
        assert!(page.contains(&entry), "docs/api.md lacks {entry}");
    }
    let listed = page.lines().filter(|line| {
        [
            "| `GET /",
            "| `POST /",
            "| `PATCH /",
            "| `PUT /",
            "| `DELETE /",
            "| `OPTIONS /",
        ]
        .iter()
        .any(|m| line.starts_with(m))
    });
    assert_eq!(
        listed.count(),
        ROUTES.len(),
        "docs/api.md lists what is not there"
    );
}
