//! What is found is what is there: random texts and queries against a naive search.

mod common;
#[path = "common/oracle.rs"]
mod oracle;

use std::collections::BTreeSet;

use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
use wenshu_index::{Change, Entry, Order, Place, Query};

use common::{Fresh, VIEWER, first, part};
use oracle::{Ask, Field};

/// Few enough characters that they meet often; each in several spellings.
const LETTERS: &[&str] = &[
    "法", "院", "检", "檢", "a", "A", "Ａ", "1", "１", "（", "(", "〔", ")", "】", "，", " ", "\n",
    "\u{200B}",
];

/// The same without what disappears, so that no term is empty.
const VISIBLE: usize = 15;

const ROUNDS: u32 = 24;

fn text(longest: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(LETTERS), 0..longest).prop_map(|it| it.concat())
}

fn term() -> impl Strategy<Value = String> {
    let first = prop::sample::select(&LETTERS[..VISIBLE]);
    (first, text(4)).prop_map(|(first, rest)| format!("{first}{rest}"))
}

fn entry(id: u128) -> impl Strategy<Value = Entry> {
    let texts = prop::collection::vec(text(25), 0..3);
    let units = prop::collection::vec(text(5), 0..3);
    let number = || prop::option::of(text(6));
    (text(8), number(), number(), units, texts).prop_map(
        move |(title, doc_number, case_number, units, texts)| Entry {
            id,
            visible_to: vec![VIEWER],
            title,
            doc_number,
            case_number,
            units,
            parts: texts.iter().map(|text| part("正文", text)).collect(),
            ..Entry::default()
        },
    )
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    (1..40_u128).prop_flat_map(|count| (0..count).map(entry).collect::<Vec<_>>())
}

fn ask() -> impl Strategy<Value = Ask> {
    let field = prop::sample::select(
        &[
            Field::Anywhere,
            Field::Anywhere,
            Field::Title,
            Field::Body,
            Field::Number,
            Field::Unit,
        ][..],
    );
    let leaf = (field, term()).prop_map(|(field, term)| Ask::Term(field, term));
    leaf.prop_recursive(2, 8, 3, |inner| {
        let several = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several().prop_map(Ask::And),
            several().prop_map(Ask::Or),
            inner.clone().prop_map(|inner| Ask::Not(Box::new(inner))),
        ]
    })
}

fn rounds(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(9704),
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(rounds(ROUNDS))]

    #[test]
    fn a_document_is_found_if_and_only_if_the_terms_are_in_it(
        entries in entries(),
        asks in prop::collection::vec(ask(), 60),
    ) {
        let fresh = Fresh::with(entries.clone());
        for ask in asks {
            let typed = ask.typed();
            // Too long, or of nothing but negatives: the grammar has its own tests.
            let Ok(query) = Query::parse(&typed) else { continue };
            for order in [Order::Relevance, Order::Newest] {
                let page = fresh.index.search(&query, VIEWER, &first(order)).unwrap();
                let found: BTreeSet<u128> = page.hits.iter().map(|hit| hit.id).collect();
                let truth: BTreeSet<u128> =
                    entries.iter().filter(|entry| ask.is_met_by(entry)).map(|entry| entry.id).collect();
                prop_assert_eq!(page.total, found.len(), "{}", &typed);
                prop_assert_eq!(found, truth, "{}", &typed);
            }
        }
    }

    #[test]
    fn every_hit_shows_all_that_was_found_in_what_it_shows(
        entries in entries(),
        terms in prop::collection::vec(prop::collection::vec(term(), 1..3), 40),
    ) {
        let fresh = Fresh::with(entries);
        for terms in terms {
            let typed = Ask::Or(terms.iter().map(|term| Ask::Term(Field::Anywhere, term.clone())).collect()).typed();
            for hit in fresh.hits(&typed) {
                prop_assert!(!hit.snippets.is_empty());
                for snippet in hit.snippets {
                    prop_assert!(!snippet.highlights.is_empty(), "{}: {:?}", &typed, &snippet);
                    prop_assert!(!snippet.text.contains(char::is_control));
                    let truth = oracle::highlighted(&snippet.text, &terms);
                    prop_assert_eq!(&snippet.highlights, &truth, "{}: {:?}", &typed, &snippet);
                }
            }
        }
    }

    #[test]
    fn an_entry_that_was_replaced_or_removed_is_not_found_by_what_it_said(
        before in entries(),
        after in entries(),
        ask in ask(),
    ) {
        let Ok(query) = Query::parse(&ask.typed()) else { return Ok(()) };
        let fresh = Fresh::with(before.clone());
        let replaced = after.iter().cloned().map(Change::Put);
        let removed = before.iter().skip(after.len()).map(|entry| Change::Remove(entry.id));
        fresh.index.apply(&replaced.chain(removed).collect::<Vec<_>>(), 2).unwrap();

        let page = fresh.index.search(&query, VIEWER, &first(Order::Newest)).unwrap();
        let truth = after.iter().filter(|entry| ask.is_met_by(entry)).count();
        prop_assert_eq!(page.total, truth);
    }
}

#[test]
fn no_match_crosses_from_one_part_to_the_next() {
    let mut entry = common::saying(1, "人民");
    entry.parts.push(part("附件", "法院"));
    entry.units = vec!["市人民".into(), "法院".into()];
    let fresh = Fresh::with([entry]);
    assert_eq!(fresh.ids("民法"), [] as [u128; 0]);
    assert_eq!(fresh.ids("人民 法院"), [1]);
}

#[test]
fn a_match_crosses_the_line_breaks_of_a_pdf_but_no_punctuation() {
    let fresh = Fresh::with([common::saying(
        1,
        "第十四次会议关于修\n改的决\u{3000}定，公布",
    )]);
    assert_eq!(fresh.ids("修改的决定"), [1]);
    assert_eq!(fresh.ids("决定，公布"), [1]);
    assert_eq!(fresh.ids("决定公布"), [] as [u128; 0]);
}

#[test]
fn a_number_is_found_however_it_is_bracketed_and_spaced() {
    let mut entry = common::titled(1, "关于某事的函");
    entry.doc_number = Some("磐政函〔2020〕115号".into());
    let fresh = Fresh::with([entry, common::saying(2, "见［２０２０］１１５\n號文")]);
    for typed in [
        "〔2020〕115号",
        "[2020]115",
        "（2020） 115 号",
        "(2020)115号",
        "( 2020 ) 115号",
        "【2020】115號",
        "115号",
        "２０２０）115",
    ] {
        assert_eq!(fresh.ids(typed), [1, 2], "{typed}");
    }
    assert_eq!(fresh.ids("doc_no:磐政函(2020)115号"), [1]);
    assert_eq!(fresh.hits("115号")[0].snippets[0].place, Place::DocNumber);
    assert_eq!(fresh.ids("〔2020〕15号"), [] as [u128; 0]);
}

/// The engine works through documents in blocks and windows of up to 4,096.
#[test]
fn what_holds_for_few_documents_holds_for_many() {
    let words = ["行政", "政行", "复议", "议复", "诉讼", "行", "政"];
    let text = |id: usize| {
        let word = |step: usize| words[(id / step + id * step) % words.len()];
        [1, 3, 7, 11].map(word).concat()
    };
    let others = |id: u128| {
        if id.is_multiple_of(3) {
            vec![VIEWER, 9]
        } else {
            vec![9]
        }
    };
    let entries: Vec<_> = (0..10_000_u128)
        .map(|id| {
            let text = text(usize::try_from(id).unwrap());
            Entry {
                visible_to: others(id),
                title: text.clone(),
                ..common::saying(id, &text)
            }
        })
        .collect();
    let fresh = Fresh::new();
    for (position, some) in (0..).zip(entries.chunks(6000)) {
        let changes: Vec<_> = some.iter().cloned().map(Change::Put).collect();
        fresh.index.apply(&changes, position).unwrap();
    }
    for typed in [
        "行政",
        "行政复议",
        "政行 复议",
        "行政 -复议",
        "title:行政 OR 诉讼",
        "行 -body:政行",
        "(行政 OR 复议) -(诉讼 议复)",
    ] {
        let query = common::parse(typed);
        let truth = |entry: &&Entry| {
            let has = |sought: &str| entry.title.contains(sought);
            match typed {
                "政行 复议" => has("政行") && has("复议"),
                "行政 -复议" => has("行政") && !has("复议"),
                "title:行政 OR 诉讼" => has("行政") || has("诉讼"),
                "行 -body:政行" => has("行") && !has("政行"),
                "(行政 OR 复议) -(诉讼 议复)" => {
                    (has("行政") || has("复议")) && !(has("诉讼") && has("议复"))
                }
                word => has(word),
            }
        };
        for viewer in [VIEWER, 9] {
            let seen = |entry: &&Entry| entry.visible_to.contains(&viewer);
            let truth: BTreeSet<u128> = entries
                .iter()
                .filter(seen)
                .filter(truth)
                .map(|entry| entry.id)
                .collect();
            assert!(truth.len() > 50, "{typed}");
            for order in [Order::Relevance, Order::Newest] {
                let mut found = BTreeSet::new();
                let mut request = first(order);
                loop {
                    let page = fresh.index.search(&query, viewer, &request).unwrap();
                    assert_eq!(page.total, truth.len(), "{typed}");
                    found.extend(page.hits.iter().map(|hit| hit.id));
                    let Some(next) = page.next else { break };
                    request.after = Some(next);
                }
                assert_eq!(found, truth, "{typed}");
            }
        }
    }
}
