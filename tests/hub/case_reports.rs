//! What is reported about cases, and the measures that are made of it.

use std::io::Cursor;

use calamine::Xlsx;
use serde_json::json;

use crate::{pages::Browser, statistics::sheet, support::TestHub};

const PATH: &str = "/api/v1/case-reports";

async fn report(
    hub: &TestHub,
    login: &str,
    at: &str,
    counts: serde_json::Value,
) -> crate::support::Answer {
    let body = json!({ "counts": counts });
    hub.by(login)
        .ask("PUT", format!("{PATH}/{at}"))
        .json(&body)
        .await
}

#[tokio::test]
async fn a_court_reports_a_quarter_corrects_it_and_the_shares_follow() {
    let hub = TestHub::open().await;
    let (resources, agriculture) = (hub.unit("resources"), hub.unit("agriculture"));
    let counts = json!({ "heard": 10, "should_appear": 8, "appeared": 4, "ended": 900, "lost": 9 });
    let made = report(&hub, "court.clerk", &format!("2026Q2/{resources}"), counts)
        .await
        .ok();
    assert_eq!(
        (&made["version"], &made["quarter"]),
        (&json!(1), &json!("2026Q2"))
    );
    let counts =
        json!({ "heard": 10, "should_appear": 8, "appeared": 6, "ended": 900, "lost": 200 });
    let made = report(&hub, "court.clerk", &format!("2026Q2/{resources}"), counts)
        .await
        .ok();
    assert_eq!(made["version"], 2);
    let counts = json!({ "ended": 62, "lost": 28 });
    report(
        &hub,
        "court.clerk",
        &format!("2026Q3/{agriculture}"),
        counts,
    )
    .await
    .ok();
    let counts = json!({ "reviews_ended": 5, "reviews_corrected": 1 });
    report(
        &hub,
        "justice.office",
        &format!("2026Q3/{agriculture}"),
        counts,
    )
    .await
    .ok();

    let seen = hub.by("justice.office").get(PATH).await.ok();
    let text = |code: &str| {
        let mut figures = seen["figures"].as_array().unwrap().iter();
        let one = figures.find(|one| one["figure"] == code).unwrap();
        one["text"].as_str().unwrap().to_owned()
    };
    let shares = [
        "appearing",
        "appearing_notified",
        "losing",
        "losing_judged",
        "correcting",
    ];
    assert_eq!(shares.map(text), ["60.0%", "75.0%", "23.7%", "—", "20.0%"]);
    assert_eq!(seen["reports"].as_array().unwrap().len(), 3);
    // Who is the defendant sees what is about it, and others see nothing.
    for (login, count) in [
        ("court.reader", 2),
        ("resources.reader", 1),
        ("agriculture.clerk", 2),
        ("procuratorate.clerk", 0),
    ] {
        let seen = hub.by(login).get(PATH).await.ok();
        assert_eq!(seen["reports"].as_array().unwrap().len(), count, "{login}");
    }
    let narrowed = format!("{PATH}?since=2026Q3&until=2026Q3");
    let seen = hub.by("court.reader").get(narrowed).await.ok();
    assert_eq!(seen["reports"][0]["unit"]["id"], json!(agriculture));
}

#[tokio::test]
async fn the_report_and_the_page_show_the_cases_of_the_period_that_one_may_know() {
    let hub = TestHub::open().await;
    let (resources, agriculture) = (hub.unit("resources"), hub.unit("agriculture"));
    let reports = [
        (
            format!("2025Q4/{resources}"),
            json!({ "ended": 7, "lost": 7 }),
        ),
        (
            format!("2026Q2/{resources}"),
            json!({ "ended": 900, "lost": 200 }),
        ),
        (
            format!("2026Q3/{agriculture}"),
            json!({ "ended": 62, "lost": 28, "heard": 3 }),
        ),
    ];
    for (at, counts) in reports {
        report(&hub, "court.clerk", &at, counts).await.ok();
    }
    // The court knows both quarters of the year, the one bureau its own, the other organ neither.
    for (login, share, lines) in [
        ("court.clerk", Some("23.7%"), 2),
        ("resources.clerk", Some("22.2%"), 1),
        ("procuratorate.clerk", None, 0),
    ] {
        let page = Browser::of(&hub, login).await.get("/statistics").await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert_eq!(
            page.text.contains("<h2>案件</h2>"),
            share.is_some(),
            "{login}"
        );
        assert!(
            share.is_none_or(|share| page.text.contains(share)),
            "{}",
            page.text
        );

        let answer = hub.by(login).get("/api/v1/statistics/report").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut book: Xlsx<_> =
            calamine::open_workbook_from_rs(Cursor::new(&answer.bytes)).unwrap();
        let cases = sheet(&mut book, "案件");
        let losing = cases.iter().find(|row| row[0] == "TJ-33-1").unwrap();
        let expected = share.map_or(
            "—",
            |share| if share == "23.7%" { "0.237" } else { "0.222" },
        );
        assert_eq!(losing[4], expected, "{login}");
        let titles = cases.iter().position(|row| row[0] == "季度").unwrap();
        assert_eq!(cases.len() - titles - 1, lines, "{login}");
        if let Some(line) = cases.get(titles + 1) {
            assert_eq!(line[..3], ["2026Q2", "市自然资源局", "市法院"]);
            let lost = cases[titles]
                .iter()
                .position(|name| name == "败诉的案件")
                .unwrap();
            let heard = cases[titles]
                .iter()
                .position(|name| name == "开庭审理的案件")
                .unwrap();
            assert_eq!((line[lost].as_str(), line[heard].as_str()), ("200.000", ""));
        }
    }
}

#[tokio::test]
async fn what_cannot_be_is_not_reported() {
    let hub = TestHub::open().await;
    let resources = hub.unit("resources");
    let here = format!("2026Q2/{resources}");
    let wrong = [
        (
            here.as_str(),
            json!({ "appeared": 5, "heard": 4 }),
            "/counts/appeared",
        ),
        (&here, json!({}), "/counts"),
        (
            &here,
            json!({ "reviews_ended": 3 }),
            "/counts/reviews_ended",
        ),
        (
            &format!("2027Q1/{resources}"),
            json!({ "heard": 1 }),
            "quarter",
        ),
        (
            &format!("2026-2/{resources}"),
            json!({ "heard": 1 }),
            "quarter",
        ),
        (
            &format!("2026Q2/{}", uuid::Uuid::nil()),
            json!({ "heard": 1 }),
            "unit_id",
        ),
    ];
    for (at, counts, pointer) in wrong {
        let problem = report(&hub, "court.clerk", at, counts)
            .await
            .problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{at}");
    }
    let refused = report(&hub, "court.clerk", &here, json!({ "colour": 1 })).await;
    assert!((400..=422).contains(&refused.status), "{}", refused.text());
    for login in [
        "court.reader",
        "resources.clerk",
        "procuratorate.clerk",
        "justice.clerk",
    ] {
        let refused = report(&hub, login, &here, json!({ "heard": 1 })).await;
        refused.problem(403, "forbidden");
    }
    let seen = hub.by("justice.office").get(PATH).await.ok();
    assert_eq!(seen["reports"], json!([]));
    let long = hub
        .by("court.clerk")
        .get(format!("{PATH}?since=2001Q1&until=2026Q1"))
        .await;
    long.problem(422, "invalid");
}
