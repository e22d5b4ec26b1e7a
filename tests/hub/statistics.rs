//! The figures of the duties to reply: what is counted, the rows behind each, the workbook and
//! the page, all of the same numbers.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    duty::{Duty, adopted},
    pages::Browser,
    support::{Paper, TestHub, advice},
};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const PATH: &str = "/api/v1/statistics";

/// Three recommendations of the court: one to the bureau of natural resources that was followed
/// and closed, one to agriculture that is overdue, one to natural resources that nobody signed.
/// It is 20 November 2026 then.
async fn three(hub: &TestHub) -> [Paper; 3] {
    let followed = Duty::signed(hub).await;
    followed
        .act("resources.clerk", "/register", json!({}))
        .await
        .ok();
    hub.pass(SignedDuration::from_secs(1));
    let overdue = advice().to("agriculture").sent(hub).await;
    hub.pass(DAY * 7);
    overdue.signed(hub, "agriculture").await;
    hub.pass(DAY * 23);
    followed.answered().await;
    hub.pass(DAY);
    followed
        .act("court.clerk", "/evaluation", adopted())
        .await
        .ok();
    hub.pass(DAY * 2);
    followed.act("court.signer", "/close", json!({})).await.ok();
    hub.pass(DAY * 10);
    let unsigned = advice().sent(hub).await;
    hub.pass(DAY * 37);
    [followed.paper, overdue, unsigned]
}

async fn figures(hub: &TestHub, login: &str, query: &str) -> Value {
    let path = format!("{PATH}?{query}");
    hub.by(login).get(path).await.ok()
}

/// A figure as `numerator/denominator text`.
fn figure(row: &Value, code: &str) -> String {
    let mut figures = row["figures"].as_array().unwrap().iter();
    let one = figures.find(|one| one["figure"] == code).unwrap();
    let text = one["text"].as_str().unwrap();
    format!("{}/{} {text}", one["numerator"], one["denominator"])
}

async fn documents(hub: &TestHub, login: &str, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("{PATH}/rows?limit=1&{query}{cursor}");
        let page = hub.by(login).get(path).await.ok();
        let items = page["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item["document_id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn each_figure_is_what_happened_and_leads_to_its_rows() {
    let hub = TestHub::open().await;
    let [followed, overdue, unsigned] = three(&hub).await;
    let seen = figures(&hub, "court.clerk", "side=due&by=debtor").await;
    assert_eq!(
        seen["period"],
        json!({ "since": "2026-01-01", "until": "2026-12-31", "as_of": "2026-11-20" })
    );
    let total = &seen["total"];
    let expected = [
        ("signing", "2/3 66.7%"),
        ("prompt_signing", "1/3 33.3%"),
        ("replying", "1/3 33.3%"),
        ("replied_of_due", "1/2 50.0%"),
        ("in_time", "1/2 50.0%"),
        ("in_original_time", "1/2 50.0%"),
        ("overdue", "1/2 50.0%"),
        ("adopted_of_sent", "1/3 33.3%"),
        ("adopted_of_replied", "1/1 100.0%"),
        ("closed_of_sent", "1/3 33.3%"),
        ("closed_of_replied", "1/1 100.0%"),
        ("rectified", "1/1 100.0%"),
        ("objecting", "0/3 0.0%"),
        ("upheld", "0/0 —"),
    ];
    for (code, text) in expected {
        assert_eq!(figure(total, code), text, "{code}");
    }
    assert_eq!(
        total["handling"],
        json!({ "duties": 1, "mean_days": 30.0, "median_days": 30.0,
                "mean_working_days": 21.0, "median_working_days": 21.0 })
    );
    // Due on 8 November, a Sunday, and so on the 9th.
    assert_eq!(
        total["overdue"],
        json!({ "duties": 1, "mean_days": 11.0, "max_days": 11 })
    );
    let rows = seen["rows"].as_array().unwrap();
    let counts = |row: &Value| {
        let sent = row["counts"]["sent"].clone();
        (
            row["unit_id"].clone(),
            sent,
            row["counts"]["overdue"].clone(),
        )
    };
    let mut found: Vec<_> = rows.iter().map(counts).collect();
    found.sort_by_key(|(_, sent, _)| sent.as_u64());
    assert_eq!(
        found,
        [
            (json!(hub.unit("agriculture")), json!(1), json!(1)),
            (json!(hub.unit("resources")), json!(2), json!(0)),
        ]
    );
    let [followed, overdue, unsigned] = [followed, overdue, unsigned].map(|paper| json!(paper.id));
    let behind = [
        ("figure=overdue", vec![&overdue]),
        ("figure=overdue&part=denominator", vec![&overdue, &followed]),
        ("figure=rectified", vec![&followed]),
        (
            "figure=signing&part=denominator",
            vec![&unsigned, &overdue, &followed],
        ),
        ("figure=upheld&part=denominator", vec![]),
    ];
    for (query, expected) in behind {
        let found = documents(&hub, "court.reader", &format!("side=due&{query}")).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_period_is_compared_with_the_one_before_after_the_same_time() {
    let hub = TestHub::open().await;
    three(&hub).await;
    // October brought one; September, looked at on 20 October, two.
    let query = "side=due&since=2026-10-01&until=2026-10-31";
    let seen = figures(&hub, "court.clerk", query).await;
    assert_eq!(figure(&seen["total"], "signing"), "0/1 0.0%");
    let before = &seen["previous"];
    assert_eq!(
        before["period"],
        json!({ "since": "2026-09-01", "until": "2026-09-30", "as_of": "2026-10-21" })
    );
    assert_eq!(figure(&before["total"], "replying"), "1/2 50.0%");
    assert_eq!(
        figure(&before["total"], "overdue"),
        "0/0 —",
        "not due by then"
    );
    // On the day before it was answered it was not.
    let query = "side=due&as_of=2026-09-30";
    let seen = figures(&hub, "court.clerk", query).await;
    assert_eq!(figure(&seen["total"], "replying"), "0/2 0.0%");
    let query = "side=due&by=quarter";
    let seen = figures(&hub, "court.clerk", query).await;
    let names: Vec<_> = seen["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["name"])
        .collect();
    assert_eq!(names, ["2026年第3季度", "2026年第4季度"]);
}

#[tokio::test]
async fn everybody_counts_their_own_and_the_office_all_without_titles() {
    let hub = TestHub::open().await;
    let papers = three(&hub).await;
    let own = figures(&hub, "resources.reader", "by=creditor").await;
    assert_eq!(own["total"]["counts"]["sent"], 2);
    let stranger = figures(&hub, "procuratorate.clerk", "side=owed&by=kind").await;
    assert_eq!(stranger["total"]["counts"]["sent"], 0);
    assert_eq!(stranger["rows"], json!([]));
    let court = hub.unit("court");
    let narrowed = figures(&hub, "procuratorate.clerk", &format!("creditor={court}")).await;
    assert_eq!(narrowed["total"]["counts"]["sent"], 0);
    let refused = hub.by("court.clerk").get(format!("{PATH}?side=all")).await;
    refused.problem(403, "forbidden");
    let all = figures(&hub, "justice.office", "side=all&by=kind").await;
    assert_eq!(all["total"]["counts"]["sent"], 3);
    assert_eq!(all["rows"][0]["kind"], "SJ-ZH");
    let path = format!("{PATH}/rows?side=all&figure=signing&part=denominator");
    let rows = hub.by("justice.office").get(&path).await;
    let title = papers[0].view["title"].as_str().unwrap();
    assert!(!rows.text().contains(title), "{}", rows.text());
    assert_eq!(rows.ok()["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused_by_name() {
    let hub = TestHub::open().await;
    let wrong = [
        ("since=2026-05-01&until=2026-04-30", "until"),
        ("since=1990-01-01&until=2026-01-01", "since"),
        ("as_of=2026-09-02", "as_of"),
        ("as_of=2025-12-31", "as_of"),
        ("by=colour", "by"),
        ("debtor=court", "debtor"),
        ("colour=red", "colour"),
    ];
    for (query, field) in wrong {
        let answer = hub.by("court.clerk").get(format!("{PATH}?{query}")).await;
        let problem = answer.problem(422, "invalid");
        let named = problem["errors"][0]["pointer"].as_str().unwrap();
        assert_eq!(named, field, "{query}");
    }
}

pub fn sheet(book: &mut Xlsx<Cursor<&Vec<u8>>>, name: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(name).unwrap();
    let cell = |cell: &Data| match cell {
        Data::Float(number) => format!("{number:.3}"),
        other => other.to_string(),
    };
    let rows = range.rows();
    rows.map(|row| row.iter().map(cell).collect()).collect()
}

#[tokio::test]
async fn the_workbook_and_the_page_say_what_the_interface_says() {
    let hub = TestHub::open().await;
    three(&hub).await;
    let seen = figures(&hub, "court.clerk", "side=due").await;
    let answer = hub
        .by("court.clerk")
        .get(format!("{PATH}/report?side=due"))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&answer.bytes)).unwrap();
    assert_eq!(
        book.sheet_names(),
        [
            "总览",
            "按月",
            "按应回复单位",
            "按发文单位",
            "按文书种类",
            "时长",
            "案件",
            "口径"
        ]
    );
    let summary = sheet(&mut book, "总览");
    let figures = seen["total"]["figures"].as_array().unwrap();
    for (row, one) in summary[1..].iter().zip(figures) {
        let share = one["percent"].as_f64();
        let share = share.map_or("—".to_owned(), |percent| {
            format!("{:.3}", percent / 100.0)
        });
        let number = |value: &Value| format!("{:.3}", value.as_f64().unwrap());
        let expected = [
            one["basis"].as_str().unwrap().to_owned(),
            one["name"].as_str().unwrap().to_owned(),
            number(&one["numerator"]),
            number(&one["denominator"]),
            share,
        ];
        assert_eq!(row[..5], expected);
    }
    let units = sheet(&mut book, "按应回复单位");
    assert_eq!(units[0][..4], ["应回复单位", "提出", "签收", "回复"]);
    assert_eq!(units.len(), 3);
    let about = sheet(&mut book, "口径");
    let side = about.iter().find(|row| row[0] == "范围").unwrap();
    assert_eq!(side[1], "应回复本单位的");

    let mut browser = Browser::of(&hub, "court.clerk").await;
    let page = browser.get("/statistics?side=due&by=debtor").await;
    assert_eq!(page.status, 200, "{}", page.text);
    for one in figures {
        for part in ["basis", "name", "text"] {
            assert!(page.text.contains(one[part].as_str().unwrap()), "{one}");
        }
    }
    assert!(page.text.contains("市农业农村局"), "{}", page.text);
    let rows = browser
        .get("/statistics/rows?side=due&figure=overdue&part=numerator")
        .await;
    assert_eq!(rows.status, 200);
    assert!(rows.text.contains("逾期 11 天"), "{}", rows.text);
    let wrong = browser.get("/statistics?since=yesterday").await;
    assert_eq!(wrong.status, 422);
    let mut stranger = Browser::of(&hub, "procuratorate.clerk").await;
    let page = stranger.get("/statistics").await;
    assert!(page.text.contains('—') && !page.text.contains("66.7%"));
}
