//! What surrounds a search: filters, facets, suggestions, corrections and what is alike.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::fmt::Debug;

use common::{Fresh, VIEWER, parse, part};
use wenshu_index::{Entry, Facets, Filter, Order, PageRequest};

const COURT: u128 = 11;
const BUREAU: u128 = 12;
const STRANGER: u128 = 77;

/// 2024-03-01 12:00 in China, in milliseconds.
const MARCH: i64 = 1_709_265_600_000;
const DAY: i64 = 86_400_000;

fn entry(id: u128, title: &str, text: &str) -> Entry {
    Entry {
        id,
        visible_to: vec![VIEWER],
        title: title.into(),
        kind: "GW-Letter".into(),
        kind_label: "函".into(),
        issuer: COURT,
        state: "sent".into(),
        state_label: "已发送".into(),
        sent_at: MARCH + i64::try_from(id).unwrap() * DAY,
        year: 2024,
        parts: vec![part("正文", text)],
        ..Entry::default()
    }
}

/// Six documents of the viewer and one of a stranger, all of which say 复议.
fn archive() -> Fresh {
    let notice = |id, title| Entry {
        kind: "notice".into(),
        kind_label: "通知".into(),
        ..entry(id, title, "复议")
    };
    Fresh::with([
        entry(1, "关于行政复议的函", "复议"),
        entry(2, "关于应诉的函", "复议"),
        notice(3, "关于年检的通知"),
        Entry {
            issuer: BUREAU,
            year: 2023,
            sent_at: MARCH - DAY,
            ..notice(4, "关于防汛的通知")
        },
        Entry {
            state: "recalled".into(),
            state_label: "已撤回".into(),
            ..notice(5, "关于放假的通知")
        },
        entry(6, "别的函", "诉讼"),
        Entry {
            visible_to: vec![STRANGER],
            issuer: STRANGER,
            ..entry(9, "关于行政复议秘密的函", "复议")
        },
    ])
}

fn ids(fresh: &Fresh, query: &str, filter: &Filter, order: Order) -> Vec<u128> {
    let request = PageRequest {
        limit: 50,
        after: None,
        order,
    };
    let page = fresh
        .index
        .search_within(&parse(query), VIEWER, filter, &request);
    let page = page.unwrap();
    assert_eq!(page.total, page.hits.len());
    page.hits.iter().map(|hit| hit.id).collect()
}

fn sorted<T: Ord + Clone + Debug>(counts: &[T]) -> Vec<T> {
    let mut counts = counts.to_vec();
    counts.sort();
    counts
}

#[test]
fn a_filter_lets_through_what_is_wanted() {
    let fresh = archive();
    let found = |filter: Filter| ids(&fresh, "复议", &filter, Order::Oldest);
    let all = Filter::default();
    assert_eq!(found(all.clone()), [4, 1, 2, 3, 5]);
    let of_kind = Filter {
        kind: Some("Notice".into()),
        ..all.clone()
    };
    assert_eq!(found(of_kind), [4, 3, 5]);
    let issued = |issuers: Vec<u128>| Filter {
        issuers: Some(issuers),
        ..Filter::default()
    };
    assert_eq!(found(issued(vec![BUREAU])), [4]);
    assert_eq!(found(issued(vec![BUREAU, COURT])), [4, 1, 2, 3, 5]);
    assert_eq!(found(issued(vec![])), [0_u128; 0]);
    assert_eq!(found(issued(vec![STRANGER])), [0_u128; 0]);
    assert_eq!(
        found(Filter {
            year: Some(2023),
            ..all.clone()
        }),
        [4]
    );
    assert_eq!(
        found(Filter {
            state: Some("recalled".into()),
            ..all.clone()
        }),
        [5]
    );
    assert_eq!(
        found(Filter {
            hidden: vec![1, 3, 9],
            ..all.clone()
        }),
        [4, 2, 5]
    );
    assert_eq!(ids(&fresh, "state:撤回 复议", &all, Order::Newest), [5]);
    assert_eq!(
        ids(&fresh, "status:recalled 复议", &all, Order::Newest),
        [5]
    );
}

#[test]
fn pages_go_on_from_the_oldest_too() {
    let fresh = archive();
    let mut after = None;
    let mut walked = Vec::new();
    loop {
        let request = PageRequest {
            limit: 2,
            after,
            order: Order::Oldest,
        };
        let page = fresh
            .index
            .search(&parse("复议"), VIEWER, &request)
            .unwrap();
        walked.extend(page.hits.iter().map(|hit| hit.id));
        let Some(next) = page.next else { break };
        after = Some(next.to_string().parse().unwrap());
    }
    assert_eq!(walked, [4, 1, 2, 3, 5]);
}

#[test]
fn facets_count_what_the_viewer_may_see() {
    let fresh = archive();
    let facets = |filter: &Filter| -> Facets {
        fresh.index.facets(&parse("复议"), VIEWER, filter).unwrap()
    };
    let all = facets(&Filter::default());
    let kinds = [("GW-Letter".to_owned(), 2), ("notice".to_owned(), 3)];
    assert_eq!(sorted(&all.kinds), kinds);
    assert_eq!(sorted(&all.issuers), [(COURT, 4), (BUREAU, 1)]);
    assert_eq!(
        sorted(&all.states),
        [("recalled".to_owned(), 1), ("sent".to_owned(), 4)]
    );
    assert_eq!(sorted(&all.years), [(2023, 1), (2024, 4)]);
    assert_eq!(sorted(&all.months), [(202_402, 1), (202_403, 4)]);

    // What is filtered by still shows what else could be chosen; the others are narrower.
    let letters = facets(&Filter {
        kind: Some("gw-letter".into()),
        ..Filter::default()
    });
    assert_eq!(sorted(&letters.kinds), kinds);
    assert_eq!(letters.issuers, [(COURT, 2)]);
    assert_eq!(letters.years, [(2024, 2)]);
    let hidden = facets(&Filter {
        hidden: vec![4],
        ..Filter::default()
    });
    assert_eq!(hidden.issuers, [(COURT, 4)]);
}

#[test]
fn suggestions_are_found_by_text_number_and_sound() {
    let numbered = Entry {
        doc_number: Some("文法函〔2024〕7号".into()),
        ..entry(7, "复议机关的答复", "正文")
    };
    let fresh = archive();
    fresh
        .index
        .apply(&[wenshu_index::Change::Put(numbered)], 2)
        .unwrap();
    let suggested = |typed: &str, filter: &Filter| -> Vec<u128> {
        let found = fresh.index.suggestions(typed, VIEWER, filter, 3).unwrap();
        found.iter().map(|each| each.id).collect()
    };
    let all = Filter::default();
    // What begins with it comes before what is newer.
    assert_eq!(suggested("复议", &all), [7, 1]);
    assert_eq!(suggested("文法函[2024]", &all), [7]);
    assert_eq!(suggested("xzfy", &all), [1]);
    assert_eq!(suggested("XingZheng", &all), [1]);
    assert_eq!(suggested("行政fy", &all), [1]);
    assert_eq!(suggested("ingzheng", &all), [0_u128; 0]);
    assert_eq!(suggested("秘密", &all), [0_u128; 0]);
    assert_eq!(suggested("mm", &all), [0_u128; 0]);
    assert_eq!(suggested("  ", &all), [0_u128; 0]);
    assert_eq!(suggested("关于", &all), [5, 3, 2]);
    assert_eq!(
        suggested(
            "关于",
            &Filter {
                hidden: vec![5],
                ..all.clone()
            }
        ),
        [3, 2, 1]
    );
    let long = "复".repeat(300);
    assert_eq!(suggested(&long, &all), [0_u128; 0]);
}

#[test]
fn a_query_that_finds_nothing_is_put_right_from_what_may_be_seen() {
    let fresh = Fresh::with([
        entry(
            1,
            "关于行政复议的函",
            "申请人不服处罚决定，劳动合同已经解除。",
        ),
        Entry {
            visible_to: vec![STRANGER],
            ..entry(2, "关于土地征收的函", "土地征收")
        },
    ]);
    let better = |typed: &str, viewer: u128| {
        fresh
            .index
            .correction(typed, viewer, &Filter::default())
            .unwrap()
    };
    assert_eq!(better("行政付议", VIEWER).as_deref(), Some("行政复议"));
    assert_eq!(better("xingzhengfuyi", VIEWER).as_deref(), Some("行政复议"));
    assert_eq!(
        better("劳动合司 申请人", VIEWER).as_deref(),
        Some("劳动合同 申请人")
    );
    assert_eq!(
        better("解除劳动合同", VIEWER).as_deref(),
        Some("解除 劳动合同")
    );
    // The stranger's document helps the stranger and nobody else.
    assert_eq!(better("土地正收", STRANGER).as_deref(), Some("土地征收"));
    assert_eq!(better("土地正收", VIEWER), None);
    for nothing in [
        "",
        "绝无此事",
        "(行政付议 OR 甲)",
        "-行政付议",
        "\"行政付议\"",
    ] {
        assert_eq!(better(nothing, VIEWER), None, "{nothing}");
    }
}

#[test]
fn what_is_alike_is_found_and_nothing_of_others() {
    let about = |id: u128, text: &str| entry(id, &format!("文书{id}"), text);
    let pension = "养老保险待遇核定，参保人员的缴费年限和退休时间。";
    let forest = "林木采伐许可证的核发，森林防火责任。";
    let mut entries = vec![
        about(1, pension),
        about(2, &format!("{pension}社会保险经办机构")),
        about(3, forest),
        Entry {
            visible_to: vec![STRANGER],
            ..about(4, pension)
        },
    ];
    entries.extend((20..40).map(|id| about(id, "会议纪要")));
    let fresh = Fresh::with(entries);
    let similar = |id: u128, viewer: u128, hidden: Vec<u128>| {
        let filter = Filter {
            hidden,
            ..Filter::default()
        };
        fresh.index.similar(id, viewer, &filter, 10).unwrap()
    };
    assert_eq!(similar(1, VIEWER, vec![]), [2]);
    assert_eq!(similar(2, VIEWER, vec![]), [1]);
    assert_eq!(similar(1, VIEWER, vec![2]), [0_u128; 0]);
    assert_eq!(similar(3, VIEWER, vec![]), [0_u128; 0]);
    assert_eq!(similar(1, STRANGER, vec![]), [0_u128; 0]);
    assert_eq!(similar(999, VIEWER, vec![]), [0_u128; 0]);
}

#[test]
fn an_article_leads_to_the_law_and_to_whatever_cites_it() {
    let law = |id, title: &str, text| Entry {
        title: title.into(),
        ..entry(id, "", text)
    };
    let fresh = Fresh::with([
        law(
            1,
            "中华人民共和国行政诉讼法（2017年修正）",
            "第六十六条 人民法院认为……\n第六十七条",
        ),
        law(2, "中华人民共和国民事诉讼法", "第六十六条 证据包括"),
        entry(
            3,
            "判决书",
            "依照《中华人民共和国行政诉讼法》第六十六条第一款之规定",
        ),
        entry(4, "答复", "根据行诉法第66条"),
        entry(5, "通知", "行政诉讼法第六条"),
        entry(6, "关于行政诉讼法第六十六条适用问题的批复", "见题"),
    ]);
    let all = Filter::default();
    for query in [
        "行政诉讼法第六十六条",
        "行诉法66条",
        "《行政诉讼法》第66条",
        "行诉法第六十六条",
    ] {
        let mut found = ids(&fresh, query, &all, Order::Relevance);
        assert_eq!(found.remove(0), 1, "{query}: the law comes first");
        found.sort_unstable();
        assert_eq!(found, [3, 4, 6], "{query}");
        for hit in fresh.hits(query) {
            assert!(
                hit.snippets.iter().any(|s| !s.highlights.is_empty()),
                "{query} {}",
                hit.id
            );
        }
    }
    assert_eq!(
        ids(
            &fresh,
            "行政诉讼法第六十六条 -判决书",
            &all,
            Order::Relevance
        )
        .len(),
        3
    );
    // A phrase is meant as it stands.
    assert_eq!(ids(&fresh, "\"行诉法第66条\"", &all, Order::Relevance), [4]);
    let mut articles = ids(&fresh, "article:66", &all, Order::Relevance);
    articles.sort_unstable();
    assert_eq!(articles, [1, 2, 3, 4]);
    assert_eq!(
        ids(&fresh, "article:第六十七条", &all, Order::Relevance),
        [1]
    );
}
