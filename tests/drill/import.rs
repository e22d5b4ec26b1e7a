//! `wenshu import`, killed in the middle and begun again: nothing is imported twice, and
//! everything that was accepted is found.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{Read as _, Write as _},
    os::unix::{fs::OpenOptionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::Signal;

use crate::{
    city::PASSWORD,
    hub::{Site, signal_group, wenshu},
    oracle::Database,
    people::People,
    turn,
};

/// The lines that an item leaves in the journal: upload, draft, issue, send, and for each of two
/// recipients signing and finding.
const LINES_OF_ONE: usize = 8;

/// A hub to import into.
struct Stage {
    site: Site,
    people: People,
}

/// What an import has reported.
#[derive(Debug)]
struct Told {
    text: String,
    code: Option<i32>,
    took: Duration,
}

impl Stage {
    async fn set() -> (Self, crate::hub::Running) {
        let site = Site::new(&["search.commit_interval=50ms"]);
        let passwords = site.enter_city();
        let running = site.start().await;
        let people = People::settle(&site, &passwords).await;
        write_accounts(&site.home().join("accounts.toml"), 0o600, PASSWORD);
        (Self { site, people }, running)
    }

    fn batch<'a>(&'a self, name: &'static str, sources: &[&str]) -> Batch<'a> {
        Batch {
            stage: self,
            name,
            sources: sources.iter().map(|word| (*word).to_owned()).collect(),
            journal: self.site.home().join(format!("{name}.jsonl")),
        }
    }

    /// How often each title was sent by the unit that imports.
    async fn sent(&self) -> BTreeMap<String, usize> {
        let mut titles = BTreeMap::new();
        for card in self
            .people
            .get("sfj", "clerk")
            .lists("documents?box=own")
            .await
        {
            assert_eq!(card["state"], "sent", "{card}");
            *titles
                .entry(card["title"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        titles
    }

    /// How many deliveries a recipient has, all of them signed for.
    async fn signed(&self, unit: &str) -> usize {
        let all = self.people.get(unit, "clerk").lists("deliveries").await;
        assert!(all.iter().all(|delivery| delivery["state"] == "signed"));
        all.len()
    }
}

fn write_accounts(path: &Path, mode: u32, password: &str) {
    let mut text = String::new();
    for (table, login) in [("[drafter]", "sfj.clerk"), ("[signer]", "sfj.signer")] {
        let _ = writeln!(
            text,
            "{table}\nlogin = \"{login}\"\npassword = \"{password}\""
        );
    }
    for (unit, login) in [("市自然资源局", "zrj.clerk"), ("河湾市公安局", "gaj.clerk")]
    {
        let _ = writeln!(text, "[[recipient]]\nunit = \"{unit}\"");
        let _ = writeln!(text, "login = \"{login}\"\npassword = \"{password}\"");
    }
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// One batch with its options.
struct Batch<'a> {
    stage: &'a Stage,
    name: &'static str,
    sources: Vec<String>,
    journal: PathBuf,
}

impl Batch<'_> {
    fn command(&self) -> Command {
        let mut command = wenshu();
        command
            .current_dir(self.stage.site.home())
            .arg("import")
            .args(&self.sources);
        command.args([
            "--hub",
            &self.stage.site.url(),
            "--accounts",
            "accounts.toml",
        ]);
        command.args([
            "--to",
            "市自然资源局",
            "--to",
            "市公安局",
            "--batch",
            self.name,
        ]);
        command.arg("--journal").arg(&self.journal);
        command
    }

    fn spawn(&self) -> Child {
        let mut command = self.command();
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn run(&self) -> Told {
        finish(self.spawn(), Instant::now())
    }

    fn journalled(&self) -> usize {
        let bytes = fs::read(&self.journal).unwrap_or_default();
        bytes.split(|byte| *byte == b'\n').count().saturating_sub(1)
    }

    /// Begins and is killed when about so many steps stand in the journal.
    async fn run_and_be_killed(&self, steps: usize) {
        let mut child = self.spawn();
        self.wait_for(&mut child, steps).await;
        signal_group(&child, Signal::KILL);
        let status = child.wait().unwrap();
        assert_eq!(
            status.code(),
            None,
            "{}: it ended before it was killed",
            self.name
        );
    }

    /// Waits until so many steps stand in the journal.
    async fn wait_for(&self, child: &mut Child, steps: usize) {
        while self.journalled() < steps {
            if let Some(ended) = child.try_wait().unwrap() {
                let mut said = String::new();
                child
                    .stdout
                    .take()
                    .unwrap()
                    .read_to_string(&mut said)
                    .unwrap();
                child
                    .stderr
                    .take()
                    .unwrap()
                    .read_to_string(&mut said)
                    .unwrap();
                panic!("{}: it ended by itself, {ended}: {said}", self.name);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

fn finish(child: Child, began: Instant) -> Told {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    Told {
        text,
        code: output.status.code(),
        took: began.elapsed(),
    }
}

impl Told {
    /// A figure of the report.
    fn figure(&self, what: &str) -> usize {
        let start = format!("  {what}：");
        let line = self
            .text
            .lines()
            .find_map(|line| line.strip_prefix(start.as_str()));
        line.unwrap_or_else(|| panic!("no {what} in {self:?}"))
            .trim()
            .parse()
            .unwrap()
    }
}

/// A folder of files: texts in two levels, and three that no hub accepts.
fn generate(site: &Site, name: &str, texts: usize) -> BTreeMap<String, usize> {
    let folder = site.home().join(name);
    fs::create_dir_all(folder.join("附件")).unwrap();
    let mut titles = BTreeMap::new();
    for number in 0..texts {
        let place = if number % 3 == 0 {
            folder.join("附件")
        } else {
            folder.clone()
        };
        let title = format!("{name}第{number}号通知");
        let text = format!("{title}\n各单位：\n    请遵照执行。\n").repeat(1 + number % 5);
        fs::write(place.join(format!("{title}.txt")), text).unwrap();
        titles.insert(title, 1);
    }
    // One title twice, with other content: both are to be imported.
    let twice = format!("{name}关于\"放管服\"的函");
    fs::write(folder.join(format!("{twice}.txt")), "其一，请函复。\n").unwrap();
    fs::write(
        folder.join("附件").join(format!("{twice}.txt")),
        "其二，请函复。\n",
    )
    .unwrap();
    titles.insert(twice, 2);
    fs::write(folder.join("空.txt"), "").unwrap();
    fs::write(
        folder.join("程序.txt"),
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0",
    )
    .unwrap();
    fs::write(folder.join("机密★1年.txt"), "内容\n").unwrap();
    titles
}

const NOTICE: [&str; 2] = ["--kind", "GW-TONGZHI"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_import_goes_on_without_duplicates() {
    let _turn = turn().await;
    let (stage, _running) = Stage::set().await;
    let texts = 30;
    let accepted = texts + 2;
    let mut expected = BTreeMap::new();
    let mut done = 0;
    for (name, journal_is_kept, keys_are_kept) in [
        ("甲批", true, true),
        ("乙批", false, true),
        ("丙批", true, false),
    ] {
        expected.extend(generate(&stage.site, name, texts));
        let batch = stage.batch(name, &[name, NOTICE[0], NOTICE[1]]);
        for steps in [40, 100] {
            let before = if journal_is_kept {
                0
            } else {
                batch.journalled()
            };
            batch.run_and_be_killed(before + steps).await;
            if !journal_is_kept {
                fs::remove_file(&batch.journal).unwrap();
            }
            if !keys_are_kept {
                let db = Database::open(&stage.site, None).await;
                assert!(db.forget_keys().await > 0);
                db.close().await;
            }
        }
        let told = batch.run();
        assert_eq!(told.code, Some(0), "{told:?}");
        assert_eq!(
            told.figure("检索到") + told.figure("跳过（此前已完成）"),
            accepted,
            "{told:?}"
        );
        assert_eq!(told.figure("检索不到"), 0);
        assert_eq!(told.figure("未受理"), 3, "{told:?}");
        for reason in ["空.txt：", "程序.txt：", "密级标志"] {
            assert!(told.text.contains(reason), "{reason}: {told:?}");
        }
        assert_eq!(stage.sent().await, expected, "{name}");
        done += accepted;
        assert_eq!(stage.signed("zrj").await, done);
        assert_eq!(stage.signed("gaj").await, done);

        // Once more, with nothing left to do.
        let again = batch.run();
        assert_eq!(again.code, Some(0), "{again:?}");
        assert_eq!(again.figure("跳过（此前已完成）"), accepted);
        assert_eq!(again.figure("发送"), 0);
    }
    eprintln!(
        "import: 3 batches of {accepted}, each killed twice; 0 duplicates with both, with the \
         keys alone, with the journal alone"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_outlives_its_hub() {
    let _turn = turn().await;
    let (stage, running) = Stage::set().await;
    let expected = generate(&stage.site, "丁批", 30);
    let batch = stage.batch("丁批", &["丁批", NOTICE[0], NOTICE[1]]);
    let mut child = batch.spawn();
    batch.wait_for(&mut child, 60).await;
    running.kill();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let _running = stage.site.start().await;
    let told = finish(child, Instant::now());
    assert_eq!(told.code, Some(0), "{told:?}");
    assert_eq!(told.figure("检索到"), 32, "{told:?}");
    assert_eq!(stage.sent().await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_cannot_go_on_says_why() {
    let _turn = turn().await;
    let site = Site::new(&[]);
    let passwords = site.enter_city();
    let running = site.start().await;
    generate(&site, "戊批", 2);
    let complaint = |words: &[&str], password: &str, mode: u32| {
        let accounts = site.home().join("accounts.toml");
        let _ = fs::remove_file(&accounts);
        write_accounts(&accounts, mode, password);
        let mut command = wenshu();
        command.current_dir(site.home()).args(["import", "戊批"]);
        if !words.contains(&"--hub") {
            command.args(["--hub", &site.url()]);
        }
        command
            .args(["--accounts", "accounts.toml", "--to", "市公安局"])
            .args(words);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !said.contains(password) && output.stdout.is_empty(),
            "{said}"
        );
        said
    };
    let once = complaint(&NOTICE, &passwords["sfj.clerk"], 0o600);
    assert!(once.contains("一次性密码"), "{once}");
    let people = People::settle(&site, &passwords).await;
    let table: [(&[&str], u32, &str); 6] = [
        (&NOTICE, 0o644, "chmod 600"),
        (
            &["--kind", "GW-TONGZHI", "--to", "市气象局"],
            0o600,
            "没有名为“市气象局”的单位",
        ),
        (
            &["--kind", "GW-TONGZHI", "--to", "市法院"],
            0o600,
            "没有“市法院”的签收账号",
        ),
        (&["--kind", "FG-TB"], 0o600, "--field maker=…（制定机关）"),
        (
            &["--kind", "GW-TONGZHI", "--field", "colour=red"],
            0o600,
            "没有 colour 这一项",
        ),
        (
            &["--kind", "GW-TONGZHI", "--hub", "http://192.0.2.1"],
            0o600,
            "--allow-http",
        ),
    ];
    for (words, mode, expected) in table {
        let said = complaint(words, PASSWORD, mode);
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    let wrong = complaint(&NOTICE, "不是这个口令，换一个", 0o600);
    assert!(wrong.contains("账号 sfj.clerk"), "{wrong}");
    assert!(
        people
            .get("sfj", "clerk")
            .lists("documents?box=own")
            .await
            .is_empty()
    );
    running.kill();
    let words = ["--kind", "GW-TONGZHI", "--patience", "1"];
    let gone = complaint(&words, PASSWORD, 0o600);
    assert!(gone.contains("用同样的命令继续"), "{gone}");
}

/// The folder of real texts and files, beside the clone or beside the place of all clones.
fn shared_data() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../shared/data", "../../shared/data"].map(|place| root.join(place));
    places
        .into_iter()
        .find(|place| place.join("corpus.jsonl").is_file())
}

/// The titles of the files below a folder, as the import names them.
fn stems(folder: &Path, name: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{name}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            stems(&entry.path(), &name, found);
        } else {
            let stem = entry
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            found.push((name, stem));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn real_files_are_imported_once_however_often_it_is_killed() {
    let Some(data) = shared_data() else {
        eprintln!("skipped: ../shared/data is not present");
        return;
    };
    let _turn = turn().await;
    let (stage, _running) = Stage::set().await;
    let (files, corpus) = (data.join("files"), data.join("corpus.jsonl"));
    let fields = [
        "maker=某机关",
        "force_level=other",
        "in_force_on=2024-01-01",
    ];
    let mut words = vec![files.to_str().unwrap(), "--kind", "FG-TB"];
    for field in &fields {
        words.extend(["--field", field]);
    }
    let batch = stage.batch("实文", &words);
    let mut items = Vec::new();
    stems(&files, "files", &mut items);
    let third = items.len() * LINES_OF_ONE / 4;
    batch.run_and_be_killed(third).await;
    batch.run_and_be_killed(2 * third).await;
    let told = batch.run();
    assert_eq!(told.code, Some(0), "{told:?}");
    let refused = |name: &str| told.text.contains(&format!("    {name}："));
    let mut expected = BTreeMap::new();
    for (_, title) in items.iter().filter(|(name, _)| !refused(name)) {
        *expected.entry(title.clone()).or_insert(0) += 1;
    }
    let accepted: usize = expected.values().sum();
    assert_eq!(items.len() - accepted, told.figure("未受理"), "{told:?}");
    assert!(accepted > items.len() / 2, "{told:?}");
    assert_eq!(stage.sent().await, expected);
    fs::remove_file(&batch.journal).unwrap();
    let by_keys = batch.run();
    assert_eq!(by_keys.code, Some(0), "{by_keys:?}");
    assert_eq!(stage.sent().await, expected);
    assert_eq!(stage.signed("zrj").await, accepted);

    let words = [
        "--jsonl",
        corpus.to_str().unwrap(),
        "--kind",
        "FG-TB",
        "--limit",
        "60",
    ];
    let laws = stage.batch("法规", &words).run();
    assert_eq!(laws.code, Some(0), "{laws:?}");
    // What has no date says nothing about when it came into force.
    let lines = fs::read_to_string(&corpus).unwrap();
    let dated = lines.lines().take(60).filter(|line| is_dated(line)).count();
    assert_eq!(laws.figure("检索到"), dated, "{laws:?}");
    assert_eq!(laws.figure("未受理"), 60 - dated, "{laws:?}");
    assert_eq!(stage.signed("gaj").await, accepted + dated);
    eprintln!(
        "import of real files: {} items, {accepted} accepted, killed twice, 0 duplicates, also \
         without the journal; {dated} laws to 2 units each in {:.1?}, {:.1} documents a second",
        items.len(),
        laws.took,
        f64::from(u32::try_from(dated).unwrap()) / laws.took.as_secs_f64(),
    );
}

fn is_dated(line: &str) -> bool {
    let law: serde_json::Value = serde_json::from_str(line).unwrap();
    law["issued_date"]
        .as_str()
        .is_some_and(|date| !date.is_empty())
}
