//! `wenshu import --manifest`: the history of an archive, with all that goes wrong in tables.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestHub};

const HEADER: &str = "文号,标题,种类,成文日期,主送,抄送,正文,附件";

/// A folder with files, a manifest and accounts.
struct Archive {
    folder: tempfile::TempDir,
    public: String,
}

/// What an import has said.
#[derive(Debug)]
struct Told {
    said: String,
    code: Option<i32>,
}

impl Archive {
    fn new(hub: &TestHub) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let accounts = format!(
            "[drafter]\nlogin = \"court.clerk\"\npassword = \"{PASSWORD}\"\n\
             [signer]\nlogin = \"court.signer\"\npassword = \"{PASSWORD}\"\n"
        );
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).mode(0o600);
        let path = folder.path().join("accounts.toml");
        file.open(path)
            .unwrap()
            .write_all(accounts.as_bytes())
            .unwrap();
        let archive = Self {
            folder,
            public: hub.public.clone(),
        };
        archive.keep("2019/正文.txt", "请予协助。".as_bytes());
        archive.keep("2019/附件一.txt", "附件一".as_bytes());
        archive.keep("2019/附件;二.txt", "附件二".as_bytes());
        archive.keep("空.txt", b"");
        archive
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn keep(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn command(&self, manifest: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenshu"));
        command
            .args([
                "import",
                "--accounts",
                "accounts.toml",
                "--hub",
                &self.public,
            ])
            .args(["--report", "report.csv", "--manifest", manifest])
            .args(more)
            .args(if more.contains(&"--journal") {
                &[][..]
            } else {
                &["--journal", "journal.jsonl"]
            })
            .current_dir(self.folder.path())
            .env_clear();
        command
    }

    async fn import(&self, manifest: &str, more: &[&str]) -> Told {
        let mut command = self.command(manifest, more);
        let done = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        Told {
            said,
            code: done.status.code(),
        }
    }

    fn report(&self) -> String {
        fs::read_to_string(self.path("report.csv")).unwrap()
    }
}

/// The documents of the court, by title.
async fn own(hub: &TestHub) -> BTreeMap<String, Vec<Value>> {
    let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/documents?box=own&limit=100{cursor}");
        let page = hub.by("court.clerk").get(path).await.ok();
        for one in page["items"].as_array().unwrap() {
            let title = one["title"].as_str().unwrap().to_owned();
            found.entry(title).or_default().push(one.clone());
        }
        let Some(next) = page["next_cursor"].as_str() else {
            return found;
        };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn every_problem_is_told_before_anything_is_sent() {
    let hub = TestHub::open().await;
    let archive = Archive::new(&hub);
    let rows = [
        "青崖法建〔2019〕1号,好的,函,2019-05-06,市自然资源局,,2019/正文.txt,",
        "青崖法建 2019 2,,函,去年,无名局、市法院,,没有.txt,空.txt",
        "青崖农函〔2019〕3号,标题,便函,2039-01-01,,市政府办,../外面.txt,2019",
        "青崖法建[2019]1号,重复的,函,2019年5月6日,市自然资源局；市自然资源局,,2019/正文.txt,",
        ",无号的,函,20190506,市自然资源局,,2019/正文.txt,2019/正文.txt",
        "青崖法建〔2019〕5号,机密★10年,函,2019-05-06,市自然资源局,,2019/正文.txt,",
        "青崖法建〔2019〕6号,建议,司法建议书（综合治理类）,2019-05-06,市自然资源局,,2019/正文.txt,",
        "青崖法建〔2019〕1号,又是一号,函,2019-05-06,市自然资源局,,2019/正文.txt,",
    ];
    let table = format!("{HEADER},颜色\n{}\n", rows.join("\n"));
    archive.keep("清单.csv", table.as_bytes());
    let before = hub.rows().await;
    for more in [&["--dry-run"][..], &[]] {
        let told = archive.import("清单.csv", more).await;
        assert_eq!(told.code, Some(1), "{told:?}");
        for part in [
            "第 1 行“颜色”：不认识这一列",
            "第 3 行“文号”：",
            "第 3 行“标题”：",
            "第 3 行“成文日期”：“去年”不是日期；写成",
            "第 3 行“主送”：文枢中没有名为“无名局”的单位",
            "第 3 行“主送”：“市法院”是本单位",
            "第 3 行“正文”：没有文件“没有.txt”",
            "第 3 行“附件”：文件“空.txt”是空的",
            "第 4 行“文号”：“青崖农函”不是本单位登记的机关代字",
            "第 4 行“种类”：没有“便函”这一种类",
            "第 4 行“成文日期”：2039-01-01 不早于今天",
            "第 4 行“主送”：没有填写",
            "第 4 行“正文”：“../外面.txt”不在清单的文件夹里",
            "第 4 行“附件”：“2019”不是文件",
            "第 5 行“主送”：“市自然资源局”列了两次",
            "第 6 行“文号”：没有填写",
            "第 6 行“附件”：“2019/正文.txt”列了两次",
            "第 7 行“标题”：",
            "第 9 行“文号”：与第 2 行是同一件文书",
            "没有发送任何文书",
        ] {
            assert!(
                told.said.contains(part),
                "{part} is not told:\n{}",
                told.said
            );
        }
        assert!(
            told.said.contains("第 8 行“"),
            "what the kind asks for: {}",
            told.said
        );
        assert!(!told.said.contains("第 2 行“"), "{}", told.said);
        let report = archive.report();
        assert!(
            report.starts_with('\u{feff}') && report.contains("3,主送,"),
            "{report}"
        );
    }
    let notes = |rows: Vec<String>| -> Vec<String> {
        rows.into_iter()
            .filter(|row| !row.starts_with("changes") && !row.starts_with("idempotency"))
            .collect()
    };
    assert_eq!(
        notes(hub.rows().await),
        notes(before),
        "nothing was uploaded, drafted or sent"
    );
}

#[tokio::test]
async fn an_archive_is_imported_once_with_its_numbers_dates_and_files() {
    let hub = TestHub::open().await;
    let archive = Archive::new(&hub);
    let rows = [
        "青崖法建(2019)12号,\"关于\"\"放管服\"\"的函\",函,2019年12月6日,青崖市自然资源局、市农业农村局,市政府办,2019\\正文.txt,\"2019/附件一.txt\n2019/附件;二.txt\"",
        "青崖法建［2019］013号,关于协助的通知,GW-TONGZHI,二〇一九年十二月七日,市司法局,,2019/正文.txt,2019/附件;二.txt",
    ];
    let rows = rows.map(|row| row.replace("\n2019/附件;二.txt", ""));
    let table = format!("{HEADER}\r\n{}\r\n", rows.join("\r\n"));
    let (gb, ..) = encoding_rs::GB18030.encode(&table);
    archive.keep("清单.csv", &gb);
    let dry = archive.import("清单.csv", &["--dry-run"]).await;
    assert_eq!(dry.code, Some(0), "{dry:?}");
    assert!(own(&hub).await.is_empty());
    let told = archive.import("清单.csv", &[]).await;
    assert_eq!(told.code, Some(0), "{told:?}");
    assert!(told.said.contains("发送：2"), "{told:?}");
    let documents = own(&hub).await;
    let letter = &documents["关于\"放管服\"的函"][0];
    assert_eq!(letter["doc_number"], "青崖法建〔2019〕12号");
    assert_eq!(
        documents["关于协助的通知"][0]["doc_number"],
        "青崖法建〔2019〕13号"
    );
    let path = format!("/api/v1/documents/{}", letter["id"].as_str().unwrap());
    let letter = hub.by("court.clerk").get(path).await.ok();
    assert_eq!(
        (&letter["state"], &letter["dated_on"]),
        (&json!("sent"), &json!("2019-12-06"))
    );
    let names: Vec<_> = letter["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["name"])
        .collect();
    assert_eq!(names, ["正文.txt", "附件一.txt"]);
    let role = |one: &Value| one["role"].as_str().unwrap().to_owned();
    let roles: Vec<_> = letter["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .map(role)
        .collect();
    assert_eq!(roles, ["main", "main", "copy"]);
    let duties = hub
        .by("resources.clerk")
        .get("/api/v1/obligations")
        .await
        .ok();
    assert_eq!(duties["items"], json!([]));
    let report = archive.report();
    assert!(
        report.contains("2,青崖法建〔2019〕12号,") && report.contains("已发送"),
        "{report}"
    );
    // The same again, and in another order, and without the journal: nothing happens twice.
    let again = archive.import("清单.csv", &[]).await;
    assert!(
        again.code == Some(0) && again.said.contains("跳过（此前已完成）：2"),
        "{again:?}"
    );
    let turned = format!("{HEADER}\n\n{}\n{}\n", rows[1], rows[0]);
    archive.keep("清单.csv", turned.as_bytes());
    let again = archive.import("清单.csv", &[]).await;
    assert!(again.said.contains("跳过（此前已完成）：2"), "{again:?}");
    fs::remove_file(archive.path("journal.jsonl")).unwrap();
    let again = archive.import("清单.csv", &[]).await;
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(own(&hub).await.values().all(|same| same.len() == 1));
    // Another batch may not give the same number twice.
    let twice = archive
        .import(
            "清单.csv",
            &["--batch", "另一批", "--journal", "another.jsonl"],
        )
        .await;
    assert_eq!(twice.code, Some(1), "{twice:?}");
    assert!(
        twice.said.contains("未受理：2") && twice.said.contains("已被本单位"),
        "{twice:?}"
    );
}

/// A workbook with one sheet, as a spreadsheet writes it: texts, a number, and a date by its day.
fn workbook(rows: &[Vec<&str>]) -> Vec<u8> {
    let cell = |(at, text): (usize, &&str)| {
        let name = char::from(b'A' + u8::try_from(at).unwrap());
        match text.parse::<f64>() {
            Ok(number) => format!("<c r=\"{name}ROW\" s=\"1\"><v>{number}</v></c>"),
            Err(_) => format!("<c r=\"{name}ROW\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        }
    };
    let row = |(at, cells): (usize, &Vec<&str>)| {
        let number = (at + 1).to_string();
        let cells: String = cells
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.is_empty())
            .map(cell)
            .collect();
        format!(
            "<row r=\"{number}\">{}</row>",
            cells.replace("ROW", &number)
        )
    };
    let rows: String = rows.iter().enumerate().map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let parts = [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r0\" Type=\"{links}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{links}\"><sheets><sheet name=\"清单\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{links}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{links}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_workbook_is_as_good_as_a_table() {
    let hub = TestHub::open().await;
    let archive = Archive::new(&hub);
    let header: Vec<&str> = HEADER.split(',').collect();
    let row = vec![
        "青崖法建〔2019〕12号",
        "关于协助的函",
        "函",
        "43805",
        "市自然资源局",
        "",
        "2019/正文.txt",
    ];
    archive.keep("清单.xlsx", &workbook(&[header, row]));
    let told = archive.import("清单.xlsx", &[]).await;
    assert_eq!(told.code, Some(0), "{told:?}");
    let documents = own(&hub).await;
    let path = format!(
        "/api/v1/documents/{}",
        documents["关于协助的函"][0]["id"].as_str().unwrap()
    );
    assert_eq!(
        hub.by("court.clerk").get(path).await.ok()["dated_on"],
        "2019-12-06"
    );
}

fn lines(path: &Path) -> usize {
    fs::read(path).map_or(0, |bytes| {
        bytes.iter().filter(|byte| **byte == b'\n').count()
    })
}

#[tokio::test]
async fn an_import_that_is_killed_goes_on_where_it_was() {
    let hub = TestHub::open().await;
    let archive = Archive::new(&hub);
    let row = |at: usize| {
        format!(
            "青崖法建〔2019〕{at}号,第{at}件,函,2019-05-06,市自然资源局,,2019/正文.txt,2019/附件一.txt"
        )
    };
    let rows: Vec<String> = (1..=40).map(row).collect();
    archive.keep(
        "清单.csv",
        format!("{HEADER}\n{}", rows.join("\n")).as_bytes(),
    );
    for upto in [30, 90] {
        let mut child = archive
            .command("清单.csv", &[])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while lines(&archive.path("journal.jsonl")) < upto {
            assert!(
                child.try_wait().unwrap().is_none(),
                "it has ended before it was killed"
            );
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let told = archive.import("清单.csv", &[]).await;
    assert_eq!(told.code, Some(0), "{told:?}");
    let documents = own(&hub).await;
    assert_eq!(documents.len(), 40);
    assert!(
        documents
            .values()
            .all(|same| same.len() == 1 && same[0]["state"] == "sent")
    );
}
