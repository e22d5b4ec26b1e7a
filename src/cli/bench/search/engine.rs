//! The index by itself: how quickly it is built, how large it is and of what, how soon it answers.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use wenshu_index::{Change, Entry, Order, PageRequest, Part, Query, SearchIndex};

use super::{
    super::figures::Figure,
    corpus::Text,
    machine::{by_ending, cpu_time, float, mega, size},
    many::Pieces,
    report::{Line, Section, Value},
    rivals::List,
};
use crate::cli::told;

/// The unit that looks.
const VIEWER: u128 = 7;
/// Texts of one commit: about as many as the indexer takes at once.
const AT_ONCE: usize = 500;
/// How often each query is asked.
const ROUNDS: usize = 5;
/// The first page, as long as over HTTP.
const FIRST: PageRequest = PageRequest {
    limit: 50,
    after: None,
    order: Order::Relevance,
};
/// How long files may go on being put together.
const SETTLING: Duration = Duration::from_mins(2);

/// The kinds of files that an index consists of.
const KINDS: [(&str, &str); 6] = [
    ("pos", "位置"),
    ("idx", "倒排表"),
    ("term", "词典"),
    ("store", "原文"),
    ("fast", "列"),
    ("fieldnorm", "长度"),
];

/// Builds an index of the corpus and one of ten times as much, and asks what is on the lists.
pub(super) fn measured(texts: &[Text], lists: &[List<'_>]) -> Result<Vec<Section>, String> {
    let once = built(texts, lists, "单独建索引")?;
    let pieces = Pieces::of(texts);
    let shuffled = (0..10).flat_map(|round| {
        let places = (0..).zip(texts);
        let pieces = &pieces;
        places.map(move |(place, text): (usize, &Text)| match round {
            0 => text.clone(),
            _ => pieces.shuffled(text, round * texts.len() + place),
        })
    });
    let tenfold: Vec<Text> = shuffled.collect();
    Ok(vec![
        once,
        built(&tenfold, lists, "单独建索引，十倍的文本（打乱重组）")?,
    ])
}

fn built(texts: &[Text], lists: &[List<'_>], title: &str) -> Result<Section, String> {
    let folder = tempfile::tempdir().map_err(|error| told(&error))?;
    let dir = folder.path();
    let bytes: usize = texts.iter().map(Text::bytes).sum();
    let text = mega(bytes as u64);
    let changes: Vec<_> = (0..)
        .zip(texts)
        .map(|(place, text)| Change::Put(entry(id(place), text)))
        .collect();
    let (began, computed) = (Instant::now(), cpu_time());
    let index = SearchIndex::open(dir).map_err(|error| told(&error))?;
    for (position, some) in (1..).zip(changes.chunks(AT_ONCE)) {
        index.apply(some, position).map_err(|error| told(&error))?;
    }
    let took = began.elapsed().as_secs_f64();
    let computed = (cpu_time().saturating_sub(computed)).as_secs_f64();
    settle(&index, dir)?;
    let mut lines = vec![
        Line::new(
            format!("{} 件，{text:.1} MB 文本", texts.len()),
            vec![
                Value::new("", float(texts.len()) / took, "件/秒"),
                Value::new("", text / took, "MB/秒"),
                Value::new("每秒处理器时间", text / computed.max(0.01), "MB").at_least(10.0),
            ],
        ),
        Line::new(
            "索引大小（合并完毕）",
            vec![
                Value::new("", mega(size(dir)), "MB"),
                Value::new("为文本的", mega(size(dir)) / text, "倍").at_most(1.2),
            ],
        ),
        Line::new("其中，为文本的倍数", parts(dir, text)),
    ];
    for (name, typed) in lists {
        let figure = waits(&index, typed)?;
        lines.push(Line::timed(format!("{name}，直接问索引"), &figure, None));
    }
    drop(index);
    lines.push(cold(dir, texts)?);
    Ok(Section::new(title, lines))
}

/// A name as far from the others as that of a document is: how long it takes to open a column of
/// names depends on it.
fn id(place: u64) -> u128 {
    let mixed = (place + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (u128::from(place) << 80) | u128::from(mixed)
}

fn entry(id: u128, text: &Text) -> Entry {
    Entry {
        id,
        visible_to: vec![VIEWER, 5],
        title: text.title.clone(),
        doc_number: text.doc_number.as_ref().map(ToString::to_string),
        case_number: text.case_number.as_ref().map(ToString::to_string),
        kind: "GW-HAN".to_owned(),
        kind_label: "函".to_owned(),
        year: text.dated_on.map_or(2000, |day| i32::from(day.year())),
        parts: vec![Part {
            name: "正文.txt".to_owned(),
            page: None,
            text: text.body.clone(),
        }],
        ..Entry::default()
    }
}

/// Waits until nothing is put together any more and what it was made of is gone.
fn settle(index: &SearchIndex, dir: &Path) -> Result<(), String> {
    let (began, mut before) = (Instant::now(), 0);
    while began.elapsed() < SETTLING {
        let position = index.position().map_err(|error| told(&error))?;
        index
            .apply(&[], position.unwrap_or(0))
            .map_err(|error| told(&error))?;
        let now = size(dir);
        if now == before {
            break;
        }
        before = now;
        std::thread::sleep(Duration::from_secs(1));
    }
    Ok(())
}

fn parts(dir: &Path, text: f64) -> Vec<Value> {
    let sizes = by_ending(dir);
    let known = KINDS.iter().filter_map(|(ending, name)| {
        let bytes = *sizes.get(*ending)?;
        Some(Value::new(*name, mega(bytes) / text, ""))
    });
    known.collect()
}

/// Waiting times without HTTP and database: the count and the first page, with its snippets.
fn waits(index: &SearchIndex, typed: &[String]) -> Result<Figure, String> {
    let mut took = Vec::with_capacity(typed.len() * ROUNDS);
    for round in 0..=ROUNDS {
        for typed in typed {
            let began = Instant::now();
            let query = Query::parse(typed).map_err(|error| told(&error))?;
            let page = index.search(&query, VIEWER, &FIRST);
            page.map_err(|error| told(&error))?;
            // The first round warms up.
            if round > 0 {
                took.push(began.elapsed());
            }
        }
    }
    Ok(Figure::of(took))
}

/// How long it takes from opening the folder to the first answer.
fn cold(dir: &Path, texts: &[Text]) -> Result<Line, String> {
    let title = texts.first().map_or("法", |text| text.title.as_str());
    let sought: String = title.chars().take(8).collect();
    let query = Query::parse(&format!("\"{sought}\"")).map_err(|error| told(&error))?;
    let began = Instant::now();
    let index = SearchIndex::open(dir).map_err(|error| told(&error))?;
    let opened = began.elapsed();
    let page = index
        .search(&query, VIEWER, &FIRST)
        .map_err(|error| told(&error))?;
    let answered = began.elapsed();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let line = Line::new(
        "冷启动",
        vec![
            Value::new("打开（含核对每个文件）", millis(opened), "毫秒"),
            Value::new("到第一个回答", millis(answered), "毫秒"),
        ],
    );
    Ok(line.noting(format!("{} 条命中；文件仍在系统的缓存里", page.total)))
}
