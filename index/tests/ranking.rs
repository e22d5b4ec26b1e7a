//! The order of hits, their pages, and what is shown of them.

mod common;

use std::ops::Range;

use common::{Fresh, VIEWER, first, parse, part, saying, titled};
use wenshu_index::{Cursor, Entry, Error, Order, PageRequest, Place, Query};

#[test]
fn a_title_comes_before_a_number_a_unit_and_the_text_and_newer_before_older() {
    let at = |sent_at, entry: Entry| Entry { sent_at, ..entry };
    let fresh = Fresh::with([
        at(9, saying(1, "复议")),
        at(8, saying(2, "复议复议复议复议")),
        at(
            7,
            Entry {
                units: vec!["复议局".into()],
                ..titled(3, "甲")
            },
        ),
        at(
            6,
            Entry {
                doc_number: Some("复议〔2024〕1号".into()),
                ..titled(4, "乙")
            },
        ),
        at(
            5,
            Entry {
                case_number: Some("（2024）复议1号".into()),
                ..titled(5, "丙")
            },
        ),
        at(4, titled(6, "复议规定")),
        at(3, titled(7, "行政复议")),
        at(2, titled(8, "複議")),
        at(2, titled(9, "复 议")),
    ]);
    assert_eq!(fresh.ids("复议"), [9, 8, 6, 7, 4, 5, 3, 1, 2]);
    let newest = fresh
        .index
        .search(&parse("复议"), VIEWER, &first(Order::Newest))
        .unwrap();
    let newest: Vec<_> = newest.hits.iter().map(|hit| hit.id).collect();
    assert_eq!(newest, [1, 2, 3, 4, 5, 6, 7, 9, 8]);
}

#[test]
fn pages_follow_one_another_without_gap_or_repetition() {
    let fresh = Fresh::with((0..50).map(|id| Entry {
        sent_at: 5,
        ..saying(id, "复议")
    }));
    for order in [Order::Relevance, Order::Newest] {
        let mut request = PageRequest {
            limit: 7,
            after: None,
            order,
        };
        let mut seen = Vec::new();
        loop {
            let page = fresh
                .index
                .search(&parse("复议"), VIEWER, &request)
                .unwrap();
            assert_eq!(page.total, 50);
            seen.extend(page.hits.iter().map(|hit| hit.id));
            let Some(next) = page.next else { break };
            request.after = Some(next.to_string().parse().unwrap());
        }
        assert_eq!(seen, (0..50).rev().collect::<Vec<_>>());
    }
}

#[test]
fn a_cursor_is_read_back_as_written_and_nothing_else_is_one() {
    let early = Entry {
        sent_at: -1,
        ..saying(u128::MAX, "复议")
    };
    let fresh = Fresh::with([early, saying(1, "复议")]);
    let request = PageRequest {
        limit: 1,
        after: None,
        order: Order::Relevance,
    };
    let next = fresh
        .index
        .search(&parse("复议"), VIEWER, &request)
        .unwrap()
        .next
        .unwrap();
    let written = next.to_string();
    assert_eq!(written.parse(), Ok(next));
    let cut = &written[1..];
    for wrong in [
        "",
        "r",
        cut,
        &format!("x{cut}"),
        &format!("r+{}", &cut[1..]),
        &"é".repeat(27),
    ] {
        assert!(wrong.parse::<Cursor>().is_err(), "{wrong}");
    }
    let other = PageRequest {
        after: Some(next),
        order: Order::Newest,
        ..request
    };
    let refused = fresh.index.search(&parse("复议"), VIEWER, &other);
    assert!(matches!(refused, Err(Error::WrongCursor)));
}

#[test]
fn a_snippet_shows_the_text_as_written_with_the_place_of_the_match() {
    let text = format!(
        "{}。\n依法\u{202E}申请行政\r\n複議，{}",
        "前".repeat(60),
        "后".repeat(90)
    );
    let mut entry = saying(1, "无");
    entry.parts.push(wenshu_index::Part {
        name: "附件.pdf".into(),
        page: Some(3),
        text,
    });
    let hit = &Fresh::with([entry]).hits("行政复议")[0];
    assert_eq!(hit.snippets.len(), 1);
    let snippet = &hit.snippets[0];
    assert_eq!(
        snippet.place,
        Place::Part {
            name: "附件.pdf".into(),
            page: Some(3),
            article: None,
        }
    );
    assert!(
        snippet.text.contains("。 依法申请行政 複議，后"),
        "{}",
        snippet.text
    );
    let shown = snippet.highlights[0].clone();
    let marked: String = snippet
        .text
        .chars()
        .skip(shown.start)
        .take(shown.len())
        .collect();
    assert_eq!(marked, "行政 複議");
    assert!(
        (70..=80).contains(&snippet.text.chars().count()),
        "{}",
        snippet.text
    );
}

#[test]
fn every_term_is_shown_before_any_is_shown_again() {
    let text = format!("{}乙", format!("甲{}", "，".repeat(100)).repeat(20));
    let hit = &Fresh::with([saying(1, &text)]).hits("甲 乙")[0];
    assert_eq!(hit.snippets.len(), 4);
    assert!(
        hit.snippets
            .iter()
            .any(|snippet| snippet.text.ends_with('乙'))
    );
}

#[test]
fn what_is_found_in_a_heading_is_shown_there_and_the_text_has_its_say() {
    let entry = Entry {
        doc_number: Some("复议函〔2024〕1号".into()),
        case_number: Some("（2024）复议1号".into()),
        units: vec!["复议局".into(), "市法院".into()],
        parts: vec![part("正文", "请复议。")],
        ..titled(1, "关于复议的函")
    };
    let places: Vec<_> = Fresh::with([entry]).hits("复议")[0]
        .snippets
        .iter()
        .map(|snippet| snippet.place.clone())
        .collect();
    let body = Place::Part {
        name: "正文".into(),
        page: None,
        article: None,
    };
    assert_eq!(
        places,
        [Place::Title, Place::DocNumber, Place::CaseNumber, body]
    );
}

#[test]
fn half_a_ligature_lights_the_whole_and_marks_stay_with_their_letters() {
    let fresh = Fresh::with([saying(1, "甲㈠乙e\u{301}")]);
    let marked = |query: &str| only(&fresh.hits(query)[0].snippets[0].highlights);
    assert_eq!(marked("一"), 1..2);
    assert_eq!(marked("甲(一"), 0..2);
    assert_eq!(marked("é"), 3..5);
    assert!(fresh.hits("乙e").is_empty());
}

#[test]
fn a_term_that_was_asked_against_is_not_lit() {
    let fresh = Fresh::with([titled(1, "甲乙")]);
    let query = Query::parse("甲 -title:丙").unwrap();
    let page = fresh
        .index
        .search(&query, VIEWER, &first(Order::Relevance))
        .unwrap();
    assert_eq!(only(&page.hits[0].snippets[0].highlights), 0..1);
}

fn only(ranges: &[Range<usize>]) -> Range<usize> {
    let [only] = ranges else {
        panic!("one expected: {ranges:?}")
    };
    only.clone()
}
