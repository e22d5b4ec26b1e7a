//! The exactness suite: hundreds of queries, picked by hand and drawn with dice, over the real
//! corpus and over texts that nobody has seen, against literal truth.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "suite/ask.rs"]
mod ask;
mod common;
#[path = "common/corpus.rs"]
mod data;
#[path = "common/dice.rs"]
mod dice;
#[path = "suite/drawn.rs"]
mod drawn;
#[path = "common/oracle.rs"]
#[expect(dead_code, reason = "only its folding is of use here")]
mod oracle;

use std::collections::BTreeMap;

use ask::{Ask, Field, Truth, check_shown};
use common::{Fresh, VIEWER, first, part};
use dice::Dice;
use wenshu_index::{Change, Entry, Order, Query};

/// Drawn over the corpus, besides those picked by hand.
const DRAWN: usize = 150;

/// Words, phrases across punctuation, spellings, single characters.
const TERMS: [&str; 44] = [
    "税",
    "的",
    "法",
    "龘",
    "，",
    "（",
    "１",
    "x",
    "X",
    "行政复议",
    "司法建议",
    "檢察機關",
    "检察机关",
    "人民法院應當",
    "法院院长",
    "人民检察院组织法",
    "中华人民共和国行政处罚法",
    "第二十条",
    "政府法院",
    "应诉",
    "出庭应诉",
    "民诉",
    "法第",
    "。第一条",
    "，应当",
    "；（二）",
    "》第",
    "的，由",
    "：（一）",
    "〔2004〕",
    "(2004)",
    "［2016］",
    "【２０１６】",
    "（一）",
    "2018年",
    "２０１８年",
    "某某",
    "pm2.5",
    "ＰＭ2.5",
    "人民 法院",
    "自 发布之日 起施行",
    "县级以上",
    "有下列情形之一的",
    "第一条\u{3000}为了",
];

/// One number as different people and programs write it.
const NUMBERS: [&str; 8] = [
    "国办发〔2004〕7号",
    "国办发[2004]7号",
    "国办发(2004)7号",
    "国办发【2004】7号",
    "国办发（２００４）７号",
    "國辦發〔2004〕7號",
    "国办发 〔2004〕 7 号",
    "国办发〔2004〕7",
];

/// In the characters of the other side of the sea, alone and among simplified ones.
const TRADITIONAL: [&str; 8] = [
    "國務院",
    "縣級以上",
    "勞動爭議",
    "賠償",
    "民事訴訟",
    "應當依法",
    "機關、團體",
    "审判監督",
];

#[test]
fn over_the_corpus_every_answer_is_the_literal_truth() {
    let Some(truths) = corpus() else {
        eprintln!("SKIPPED: ../shared/data/corpus.jsonl is not there");
        return;
    };
    let fresh = filled(&truths, 300);
    let mut asks = picked();
    let mut dice = Dice(20_240_606);
    asks.extend((0..DRAWN).map(|_| dice.ask(&truths)));
    let asked = asks.len();
    let (queries, hits) = check_all(&fresh, &truths, &asks);
    println!("{queries} of {asked} queries, {hits} hits, none missed, none false, all lit");
    assert!(queries >= 230 && hits > 10_000, "{queries} {hits}");
}

#[test]
fn over_texts_that_nobody_has_seen_it_is_the_same() {
    for seed in [1, 2, 3] {
        let mut dice = Dice(seed);
        let truths: Vec<_> = (0..200).map(|id| random(&mut dice, id)).collect();
        let fresh = filled(&truths, 70);
        let asks: Vec<_> = (0..150).map(|_| dice.ask(&truths)).collect();
        let (queries, hits) = check_all(&fresh, &truths, &asks);
        println!("seed {seed}: {queries} queries, {hits} hits");
        assert!(queries >= 120 && hits > 1500, "{queries} {hits}");
    }
}

fn picked() -> Vec<Ask> {
    let term = |text: &str| Ask::Term(Field::Anywhere, text.to_owned());
    let not = |ask| Ask::Not(Box::new(ask));
    let mut asks: Vec<_> = TERMS.iter().map(|text| term(text)).collect();
    for field in [Field::Title, Field::Body, Field::Number, Field::Unit] {
        for text in ["法", "条例", "国", "（", "人民代表大会"] {
            asks.push(Ask::Term(field, text.into()));
        }
    }
    let number = |text: &&str| Ask::Term(Field::Number, (*text).to_owned());
    asks.extend(NUMBERS.iter().map(|text| term(text)));
    asks.extend(NUMBERS.iter().map(number));
    asks.extend(TRADITIONAL.iter().map(|text| term(text)));
    let titled = |text: &str| Ask::Term(Field::Title, text.to_owned());
    asks.extend([
        Ask::And(vec![titled("条例"), not(titled("山东省"))]),
        Ask::And(vec![
            Ask::Or(vec![titled("条例"), titled("办法")]),
            Ask::Or(vec![term("罚款"), term("，并处")]),
            Ask::Year(2010, 2019),
        ]),
        Ask::Or(vec![
            Ask::And(vec![term("税"), not(term("農業"))]),
            Ask::And(vec![
                titled("决定"),
                Ask::Days("2015-01..".into(), 20_150_101, i32::MAX),
            ]),
            Ask::And(vec![
                not(Ask::Or(vec![term("的"), term("，")])),
                Ask::Year(1980, 2030),
            ]),
        ]),
        Ask::And(vec![
            Ask::Term(Field::Unit, "人民代表大会".into()),
            not(Ask::Or(vec![
                term("水"),
                Ask::And(vec![term("土地"), term("森林")]),
            ])),
        ]),
        Ask::Days("2018-11-30..2018-11-30".into(), 20_181_130, 20_181_130),
        Ask::And(vec![
            term("第三条"),
            Ask::Days("2004-02..2004-02".into(), 20_040_201, 20_040_229),
        ]),
        Ask::And(vec![term("行政复议"), term("农业")]),
        Ask::And(vec![term("行政复议"), not(term("诉讼"))]),
        Ask::Or(vec![term("行政复议"), term("司法建议")]),
        Ask::And(vec![
            Ask::Or(vec![term("复议"), term("诉讼")]),
            term("农业"),
            not(Ask::And(vec![term("税"), term("罚款")])),
        ]),
        Ask::And(vec![term("法"), Ask::Year(2018, 2018)]),
        Ask::And(vec![not(term("的")), Ask::Year(1980, 2030)]),
        Ask::Days("2018-01..2018-06".into(), 20_180_101, 20_180_630),
        Ask::Days("..2000".into(), 0, 20_001_231),
    ]);
    asks
}

/// Asks all that can be asked; gives how many were, and how many hits they had.
fn check_all(fresh: &Fresh, truths: &[Truth], asks: &[Ask]) -> (usize, usize) {
    let mut totals = (0, 0);
    for ask in asks {
        let typed = ask.typed();
        // Too long, or nothing wanted: the grammar has its own tests.
        let Ok(query) = Query::parse(&typed) else {
            continue;
        };
        totals.0 += 1;
        totals.1 += check(fresh, truths, ask, &typed, &query);
    }
    totals
}

fn check(fresh: &Fresh, truths: &[Truth], ask: &Ask, typed: &str, query: &Query) -> usize {
    let wanted: BTreeMap<u128, &Truth> = truths
        .iter()
        .filter(|truth| ask.is_met_by(truth))
        .map(|truth| (truth.entry.id, truth))
        .collect();
    let mut missed = wanted.clone();
    let mut request = first(Order::Relevance);
    loop {
        let page = fresh.index.search(query, VIEWER, &request).unwrap();
        assert_eq!(page.total, wanted.len(), "{typed}");
        for hit in &page.hits {
            let truth = missed
                .remove(&hit.id)
                .unwrap_or_else(|| panic!("{typed}: {} is false, or there twice", hit.id));
            check_shown(typed, ask, truth, hit);
        }
        let Some(next) = page.next else { break };
        request.after = Some(next);
    }
    assert!(missed.is_empty(), "{typed}: {} missed", missed.len());
    wanted.len()
}

/// An index in several pieces, as one is that has been fed for a while.
fn filled(truths: &[Truth], piece: usize) -> Fresh {
    let fresh = Fresh::new();
    for (position, some) in (1..).zip(truths.chunks(piece)) {
        let puts = some.iter().map(|truth| Change::Put(truth.entry.clone()));
        fresh
            .index
            .apply(&puts.collect::<Vec<_>>(), position)
            .unwrap();
    }
    fresh
}

fn corpus() -> Option<Vec<Truth>> {
    let lines = data::read("corpus.jsonl")?;
    let truths = (0..).zip(&lines).map(|(id, line)| {
        let date = data::text(line, "issued_date");
        let (day, sent_at) = data::day(date);
        let entry = Entry {
            id,
            visible_to: vec![VIEWER, 5],
            title: data::text(line, "title").into(),
            doc_number: line["doc_number"].as_str().map(Into::into),
            units: vec![data::text(line, "office").into()],
            sent_at,
            year: day / 10_000,
            parts: vec![part("正文", data::text(line, "text"))],
            ..Entry::default()
        };
        Truth::new(entry, day)
    });
    Some(truths.collect())
}

fn random(dice: &mut Dice, id: u128) -> Truth {
    let year = 1990 + i32::try_from(dice.below(34)).unwrap();
    let date = format!("{year}-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28));
    let (day, sent_at) = data::day(&date);
    let number = |dice: &mut Dice| (dice.below(2) == 0).then(|| dice.text(8));
    let entry = Entry {
        id,
        visible_to: vec![VIEWER],
        title: dice.text(12),
        doc_number: number(dice),
        case_number: number(dice),
        units: (0..dice.below(3)).map(|_| dice.text(5)).collect(),
        sent_at,
        year,
        parts: (0..dice.below(4))
            .map(|_| part("正文", &dice.text(200)))
            .collect(),
        ..Entry::default()
    };
    Truth::new(entry, day)
}
