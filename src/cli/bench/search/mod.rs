//! Search, measured: how soon texts are found, how large the index is and of what, how long
//! answers take for one client and for many, how well they are ordered, and what others make of
//! the same texts.

mod asked;
mod bm25;
mod corpus;
mod engine;
mod library;
mod machine;
mod many;
mod quality;
mod ranking;
mod report;
mod rivals;

use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Args;
use wenshu_index::Change;

use super::stage::{Stage, progress};
use crate::{
    cli::{Options, say, told},
    extract::tidy,
    jobs::Jobs,
};
use asked::{QUESTION, Reader, WAIT_GOAL};
use corpus::{COMMON, Corpus, Text, Truth};
use library::{FED_AT_ONCE, Library, SEES_ALL, SEES_HALF, UNITS};
use machine::{float, mega, memory, size};
use many::Pieces;
use report::{Line, Report, Section, Value};

/// The rate of searches would be measured otherwise; it is lifted as far as it goes, and each
/// client has people of its own.
const LIFTED: &[&str] = &["limits.search_per_second=1000"];
/// How long an index that was filled may go on putting its files together.
const SETTLING: Duration = Duration::from_secs(20);
/// What one client may wait where there are a million documents, and what is hoped of the median.
const MILLION_GOAL: [f64; 2] = [50.0, 50.0];

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 语料所在的文件夹：corpus.jsonl，以及可有可无的 queries.jsonl、questions.jsonl
    #[arg(long, default_value = "../shared/data")]
    corpus: PathBuf,
    /// 文书件数：把语料切开、变化后填到这么多；不给出时就是语料本身，并与其他引擎对照
    #[arg(long)]
    documents: Option<usize>,
    /// 多客户端各测一遍的客户端数
    #[arg(long, value_delimiter = ',', default_values_t = [8, 32])]
    clients: Vec<usize>,
    /// 每个检索式测多少次
    #[arg(long, default_value_t = 40)]
    repeat: usize,
    /// 对照用的 PostgreSQL 服务器，须能建立三元组扩展；在其中建立、测完删除一个模式
    #[arg(long, env = "WENSHU_TEST_POSTGRES", hide_env_values = true)]
    postgres: Option<String>,
    /// 数据目录，须是空的；不给出时用临时目录，测完删除
    #[arg(long)]
    data: Option<PathBuf>,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Fills, measures and prints.
pub(super) async fn run(options: &Options, arguments: Arguments) -> Result<ExitCode, String> {
    let Some(corpus) = Corpus::read(&arguments.corpus, tidy)? else {
        say(&format!(
            "跳过：{} 里没有 corpus.jsonl；请用 --corpus 指出语料所在的文件夹",
            arguments.corpus.display()
        ));
        return Ok(ExitCode::SUCCESS);
    };
    let stage = Stage::open(options, arguments.data.as_deref(), UNITS, LIFTED).await?;
    let jobs = Jobs::start(&stage.node.hub, stage.node.extractor()?);
    let measured = match arguments.documents {
        Some(documents) => very_many(&stage, &arguments, &corpus, documents).await,
        None => as_it_is(&stage, &arguments, &corpus).await,
    };
    jobs.stop(Duration::from_secs(5)).await;
    let engine = stage.engine;
    stage.close().await?;
    let mut report = Report::of(engine);
    report.sections = measured?;
    say(&report.printed(arguments.json)?);
    Ok(ExitCode::SUCCESS)
}

/// The corpus itself: through the hub, by itself, and beside others.
async fn as_it_is(
    stage: &Stage,
    arguments: &Arguments,
    corpus: &Corpus,
) -> Result<Vec<Section>, String> {
    let scratch = tempfile::tempdir().map_err(|error| told(&error))?;
    let (typed, common) = (corpus.typed(), COMMON.map(str::to_owned));
    let otherwise = corpus.typed_otherwise();
    let truth = Truth::of(&corpus.texts);
    let mut library = Library::new(&stage.node, &stage.city);
    let began = Instant::now();
    let bar = progress(corpus.texts.len());
    library.send(&corpus.texts, &bar).await?;
    bar.finish_and_clear();
    let mut sections = vec![Section::new(
        format!("送入 {} 件文书，{UNITS} 个单位", corpus.texts.len()),
        vec![filled(stage, &corpus.texts, began.elapsed())],
    )];

    let asked: Vec<_> = [&typed[..], &otherwise, &common].concat();
    let mut lines = vec![asked::compared(stage, &library, &truth, &asked).await?];
    let reader = Reader::of(stage, SEES_HALF).await?;
    for (name, typed, goals) in [
        ("queries.jsonl", &typed[..], Some(WAIT_GOAL)),
        ("最常用的字词", &common, None),
    ] {
        lines.extend(asked::alone(&reader, name, typed, arguments.repeat, goals).await?);
    }
    let questions = reader.waits(QUESTION, &corpus.asked(), 1).await?;
    let line = Line::timed(
        "提问，questions.jsonl，一个客户端，前 10 条",
        &questions,
        None,
    );
    lines.push(line.noting(format!("{} 次", questions.times)));
    lines.extend(crowds(stage, arguments, &typed, 8).await?);
    lines.push(occupied());
    sections.push(Section::new(
        "经 HTTP 检索，看得见一半的单位，每页 50 条",
        lines,
    ));

    let lists: [rivals::List<'_>; 3] = [
        ("queries.jsonl", &typed),
        ("最常用的字词", &common),
        ("文号换一种写法", &otherwise),
    ];
    sections.extend(engine::measured(&corpus.texts, &lists)?);
    let task = rivals::Task {
        texts: &corpus.texts,
        truth: &truth,
        lists: &lists,
        rounds: 3.min(arguments.repeat),
    };
    sections.extend(rivals::measured(&task, scratch.path(), arguments.postgres.as_deref()).await?);
    let all = Reader::of(stage, SEES_ALL).await?;
    sections.extend(ranking::judged(corpus, &library, &all, scratch.path()).await?);
    Ok(sections)
}

/// Very many documents, made of the corpus and fed directly.
async fn very_many(
    stage: &Stage,
    arguments: &Arguments,
    corpus: &Corpus,
    documents: usize,
) -> Result<Vec<Section>, String> {
    let pieces = Pieces::of(&corpus.texts);
    let (typed, common) = (corpus.typed(), COMMON.map(str::to_owned));
    let mut library = Library::new(&stage.node, &stage.city);
    let began = Instant::now();
    let bar = progress(documents);
    let mut bytes = 0;
    for first in (0..documents).step_by(FED_AT_ONCE) {
        let last = documents.min(first + FED_AT_ONCE);
        let mut tx = library.begin().await?;
        let mut changes = Vec::with_capacity(last - first);
        for number in first..last {
            let text = pieces.varied(number);
            bytes += text.bytes();
            changes.push(Change::Put(library.enter(&mut tx, &text).await?));
        }
        tx.commit().await.map_err(|error| told(&error))?;
        feed(stage, changes).await?;
        bar.set_position(last as u64);
    }
    bar.finish_and_clear();
    let took = began.elapsed().as_secs_f64();
    // What is still being put together is not what is measured.
    tokio::time::sleep(SETTLING.min(began.elapsed())).await;
    let (text, index) = (mega(bytes as u64), mega(size(&index_dir(stage))));
    let filled = Line::new(
        format!("{text:.0} MB 文本"),
        vec![
            Value::new("", took, "秒"),
            Value::new("", float(documents) / took, "件/秒"),
            Value::new("索引", index, "MB"),
            Value::new("为文本的", index / text, "倍").at_most(1.2),
        ],
    );
    let reader = Reader::of(stage, SEES_HALF).await?;
    let repeat = 5.min(arguments.repeat);
    let mut lines = vec![filled.noting("连同数据库的行")];
    for (name, typed) in [("queries.jsonl", &typed[..]), ("最常用的字词", &common)] {
        let goals = Some(MILLION_GOAL);
        lines.extend(asked::alone(&reader, name, typed, repeat, goals).await?);
    }
    lines.extend(crowds(stage, arguments, &typed, 2).await?);
    lines.push(occupied());
    let title = format!("{documents} 件文书（切开、变化语料而成），经 HTTP，看得见一半的单位");
    Ok(vec![Section::new(title, lines)])
}

/// Gives the index what it takes, without moving its place in the change log.
async fn feed(stage: &Stage, changes: Vec<Change>) -> Result<(), String> {
    let index = stage.node.hub.index_slot().current();
    let fed = tokio::task::spawn_blocking(move || {
        let position = index.position()?.unwrap_or(0);
        index.apply(&changes, position)
    });
    let fed = fed.await.map_err(|error| told(&error))?;
    fed.map_err(|error| told(&error))
}

async fn crowds(
    stage: &Stage,
    arguments: &Arguments,
    typed: &[String],
    rounds: usize,
) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for clients in &arguments.clients {
        let rounds = rounds.min(arguments.repeat);
        lines.push(asked::together(stage, *clients, typed, rounds).await?);
    }
    Ok(lines)
}

fn filled(stage: &Stage, texts: &[Text], took: Duration) -> Line {
    let bytes: usize = texts.iter().map(Text::bytes).sum();
    let text = mega(bytes as u64);
    let took = took.as_secs_f64();
    let line = Line::new(
        format!("存文件、写数据库、由索引任务送入，{text:.1} MB 文本"),
        vec![
            Value::new("", took, "秒"),
            Value::new("", float(texts.len()) / took, "件/秒"),
            Value::new("", text / took, "MB/秒"),
        ],
    );
    let index = mega(size(&index_dir(stage)));
    line.and(Value::new("索引（合并前）为文本的", index / text, "倍"))
}

fn index_dir(stage: &Stage) -> PathBuf {
    stage.node.hub.config().index_dir()
}

/// The memory of this process, which is the hub and its clients.
fn occupied() -> Line {
    let (own, mapped) = memory();
    let values = vec![
        Value::new("自己的", own, "MB"),
        Value::new("映射的文件", mapped, "MB"),
    ];
    Line::new("内存（服务与客户端同在一个进程）", values)
}
