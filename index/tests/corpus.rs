//! Exactness over real laws, documents and judgments, where the corpus is at hand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
#[path = "common/corpus.rs"]
#[expect(dead_code, reason = "no dates are asked for here")]
mod data;
#[path = "common/oracle.rs"]
#[expect(dead_code, reason = "only its folding is of use here")]
mod oracle;

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    sync::LazyLock,
    time::Instant,
};

use common::{Fresh, VIEWER, first, parse, part};
use data::{read, text};
use serde_json::Value;
use wenshu_index::{Change, Entry, Order, PageRequest};

const SUBSTRINGS: [&str; 36] = [
    "行政复议",
    "司法建议",
    "法院院长",
    "人民检察院组织法",
    "中华人民共和国行政处罚法",
    "第二十条",
    "政府法院",
    "税",
    "的",
    "人民法院应当",
    "\"人民法院 应当\"",
    "115号",
    "国家赔偿",
    "检察建议",
    "检察",
    "檢察機關",
    "应诉",
    "出庭应诉",
    "诉",
    "民诉",
    "法第",
    "，",
    "。第一条",
    "〔2004〕",
    "(2004)",
    "［2016］",
    "（一）",
    "2018年",
    "２０１８年",
    "某某",
    "县级以上",
    "有下列情形之一的",
    "自发布之日起施行",
    "x",
    "pm2.5",
    "龘",
];

/// A document of the corpus with both its texts folded.
struct Truth {
    name: String,
    title: String,
    number: String,
    text: String,
}

/// The corpus and an index of it, made once; `None` where the corpus is not at hand.
static CORPUS: LazyLock<Option<Corpus>> = LazyLock::new(|| {
    let Some(lines) = read("corpus.jsonl") else {
        eprintln!("SKIPPED: ../shared/data/corpus.jsonl is not there");
        return None;
    };
    let truths: Vec<_> = lines.iter().map(truth).collect();
    let index = Fresh::new();
    let changes: Vec<_> = (0..)
        .zip(&lines)
        .map(|(id, line)| Change::Put(entry(id, line)))
        .collect();
    let start = Instant::now();
    index.index.apply(&changes, 1).unwrap();
    println!(
        "{} documents built in {:?}, {} bytes on disk",
        truths.len(),
        start.elapsed(),
        size(&index)
    );
    Some(Corpus { index, truths })
});

struct Corpus {
    index: Fresh,
    truths: Vec<Truth>,
}

#[test]
fn over_the_real_corpus_nothing_is_missed_and_nothing_is_false() {
    let Some(Corpus {
        index: fresh,
        truths,
    }) = &*CORPUS
    else {
        return;
    };
    for typed in SUBSTRINGS {
        let sought: String = oracle::fold(typed.trim_matches('"')).into_iter().collect();
        let has = |truth: &Truth| truth.texts().iter().any(|text| text.contains(&sought));
        compare(fresh, typed, &holding(truths, has));
    }
    let both = |a: &'static str, b: &'static str| {
        move |truth: &Truth| {
            [a, b].map(|sought| truth.texts().iter().any(|text| text.contains(sought)))
        }
    };
    let complaint_farming = both("行政复议", "农业");
    compare(
        fresh,
        "行政复议 农业",
        &holding(truths, |truth| complaint_farming(truth) == [true, true]),
    );
    compare(
        fresh,
        "行政复议 OR 农业",
        &holding(truths, |truth| complaint_farming(truth) != [false, false]),
    );
    let complaint_lawsuit = both("行政复议", "诉讼");
    compare(
        fresh,
        "行政复议 -诉讼",
        &holding(truths, |truth| complaint_lawsuit(truth) == [true, false]),
    );
    compare(
        fresh,
        "title:条例",
        &holding(truths, |truth| truth.title.contains("条例")),
    );
    compare(
        fresh,
        "doc_no:国办发",
        &holding(truths, |truth| truth.number.contains("国办发")),
    );
}

#[test]
fn the_dearest_queries_are_answered_like_any_other() {
    let Some(Corpus { index, truths }) = &*CORPUS else {
        return;
    };
    compare(
        index,
        &"的".repeat(wenshu_index::MAX_CHARS),
        &BTreeSet::new(),
    );
    let common = "的 国 人 行 政 法 规 定 条 第 应 当 有 一 不 以";
    let all = |truth: &Truth| common.split(' ').all(|sought| truth.text.contains(sought));
    compare(index, common, &holding(truths, all));
    let phrases = [
        "人民政府",
        "的规定",
        "第一条",
        "有关部门",
        "法律法规",
        "行政机关",
        "国务院",
        "应当依法",
    ];
    let any = |truth: &Truth| phrases.iter().any(|sought| truth.text.contains(sought));
    compare(
        index,
        &phrases.map(|phrase| format!("body:{phrase}")).join(" OR "),
        &holding(truths, any),
    );
}

#[test]
fn numbers_and_phrases_bring_the_documents_they_name() {
    let (
        Some(Corpus {
            index: fresh,
            truths,
        }),
        Some(queries),
    ) = (&*CORPUS, read("queries.jsonl"))
    else {
        return;
    };
    let mut first_of_kind: HashMap<String, [usize; 3]> = HashMap::new();
    for query in &queries {
        let (typed, kind) = (text(query, "query"), text(query, "kind"));
        let sought: String = oracle::fold(typed.trim_matches('"')).into_iter().collect();
        let has = |truth: &Truth| truth.texts().iter().any(|text| text.contains(&sought));
        let truth = holding(truths, has);
        if kind == "article" {
            // The law that has the article is meant as well; as a phrase only what is written.
            compare(fresh, &format!("\"{typed}\""), &truth);
        } else {
            compare(fresh, typed, &truth);
        }

        let ids = fresh.ids(typed);
        let relevant: Vec<_> = query["relevant"]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::as_str)
            .collect();
        let rank = ids
            .iter()
            .position(|&id| relevant.contains(&Some(&truths[usize::try_from(id).unwrap()].name)));
        let tally = first_of_kind.entry(kind.to_owned()).or_default();
        tally[0] += 1;
        tally[1] += usize::from(rank.is_some_and(|rank| rank < 10));
        tally[2] += usize::from(rank == Some(0));
    }
    println!("kind: queries, in the first ten, first: {first_of_kind:?}");
    for kind in ["docno", "caseno", "phrase"] {
        let [all, first_ten, _] = first_of_kind[kind];
        assert_eq!(all, first_ten, "{kind}");
    }
    let [all, _, first] = first_of_kind["article"];
    assert_eq!(all, first, "articles");
}

/// Compares all hits of a query with the truth, and looks at every highlight.
fn compare(fresh: &Fresh, typed: &str, truth: &BTreeSet<u128>) {
    let query = parse(typed);
    let mut request = first(Order::Relevance);
    let start = Instant::now();
    let twenty = PageRequest {
        limit: 20,
        ..request
    };
    fresh.index.search(&query, VIEWER, &twenty).unwrap();
    let took = start.elapsed();
    let mut page = fresh.index.search(&query, VIEWER, &request).unwrap();
    let total = page.total;
    let mut found = BTreeSet::new();
    loop {
        for hit in &page.hits {
            found.insert(hit.id);
            let lit = hit
                .snippets
                .iter()
                .any(|snippet| !snippet.highlights.is_empty());
            assert!(lit, "{typed}: a hit without a highlight");
        }
        let Some(next) = page.next else { break };
        request.after = Some(next);
        page = fresh.index.search(&query, VIEWER, &request).unwrap();
    }
    println!("{typed}: {total} hits, first 20 in {took:?}");
    assert_eq!(total, found.len(), "{typed}");
    assert_eq!(&found, truth, "{typed}");
}

fn holding(truths: &[Truth], holds: impl Fn(&Truth) -> bool) -> BTreeSet<u128> {
    (0..)
        .zip(truths)
        .filter(|(_, truth)| holds(truth))
        .map(|(id, _)| id)
        .collect()
}

impl Truth {
    fn texts(&self) -> [&String; 3] {
        [&self.title, &self.number, &self.text]
    }
}

fn truth(line: &Value) -> Truth {
    let folded = |name| oracle::fold(text(line, name)).into_iter().collect();
    Truth {
        name: text(line, "id").into(),
        title: folded("title"),
        number: folded("doc_number"),
        text: folded("text"),
    }
}

fn entry(id: u128, line: &Value) -> Entry {
    Entry {
        id,
        visible_to: vec![VIEWER, 5],
        title: text(line, "title").into(),
        doc_number: line["doc_number"].as_str().map(Into::into),
        parts: vec![part("正文", text(line, "text"))],
        ..Entry::default()
    }
}

fn size(fresh: &Fresh) -> u64 {
    let files = fs::read_dir(fresh.dir.path()).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}
