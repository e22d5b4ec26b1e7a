//! What others make of the same texts and the same queries: SQLite FTS5 and PostgreSQL `pg_trgm`.
//! They are asked directly, without HTTP, snippets or order of relevance.

mod postgres;
mod sqlite;

pub(super) use sqlite::Ranks;

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use super::{
    super::figures::Figure,
    corpus::{Text, Truth, bare},
    library::{SEES_HALF, sees},
    machine::{float, mega},
    report::{Line, Section, Value},
};

/// Hits on the first page, as of a search over HTTP.
const PAGE: i64 = 50;
/// Characters without which neither has anything to look up, so that it reads every text.
const LEAST: usize = 3;

/// What is asked for of a query: the count, and the first page.
struct Answer {
    total: usize,
    /// Places of texts.
    first: Vec<usize>,
}

/// A list of what is typed, by name.
pub(super) type List<'a> = (&'a str, &'a [String]);

/// What all of them are given.
pub(super) struct Task<'a> {
    pub(super) texts: &'a [Text],
    pub(super) truth: &'a Truth,
    pub(super) lists: &'a [List<'a>],
    pub(super) rounds: usize,
}

/// An engine with the texts in it.
trait Rival {
    /// The count and the first page, of what the unit that sees half may see.
    async fn ask(&mut self, term: &str) -> Result<Answer, String>;

    /// All of it.
    async fn all(&mut self, term: &str) -> Result<Vec<usize>, String>;
}

/// How long it took to build, and what it takes.
struct Built {
    took: Duration,
    bytes: u64,
}

/// Measures both; PostgreSQL where a server is given.
pub(super) async fn measured(
    task: &Task<'_>,
    scratch: &Path,
    postgres: Option<&str>,
) -> Result<Vec<Section>, String> {
    let (mut rival, built) = sqlite::Fts5::built(task, scratch).await?;
    let lines = lines(task, &mut rival, &built).await?;
    rival.close().await?;
    let title = "对照：SQLite FTS5（tokenize='trigram'），不足三个字时用 LIKE 逐件读";
    let mut sections = vec![Section::new(title, lines)];
    let title = "对照：PostgreSQL pg_trgm（GIN 索引，ILIKE，禁止顺序扫描）";
    let lines = match postgres {
        None => vec![Line::skipped(
            "跳过",
            "没有给出服务器：--postgres 或 WENSHU_TEST_POSTGRES",
        )],
        Some(url) => match postgres::PgTrgm::built(task, url).await {
            Ok((mut rival, built)) => {
                let lines = self::lines(task, &mut rival, &built).await;
                rival.close().await?;
                lines?
            }
            Err(why) => vec![Line::skipped("跳过", why)],
        },
    };
    sections.push(Section::new(title, lines));
    Ok(sections)
}

async fn lines(
    task: &Task<'_>,
    rival: &mut impl Rival,
    built: &Built,
) -> Result<Vec<Line>, String> {
    let text: usize = task.texts.iter().map(Text::bytes).sum();
    let text = mega(text as u64);
    let mut lines = vec![Line::new(
        "建立",
        vec![
            Value::new("", built.took.as_secs_f64(), "秒"),
            Value::new("", text / built.took.as_secs_f64(), "MB/秒"),
            Value::new("为文本的", mega(built.bytes) / text, "倍"),
        ],
    )];
    for (name, typed) in task.lists {
        let mut took = Vec::new();
        for round in 0..=task.rounds {
            for typed in *typed {
                let began = Instant::now();
                rival.ask(bare(typed)).await?;
                // The first round warms up.
                if round > 0 {
                    took.push(began.elapsed());
                }
            }
        }
        let figure = Figure::of(took);
        let line = Line::timed(format!("{name}，直接问数据库"), &figure, None);
        lines.push(judged(task, rival, typed, line).await?);
    }
    Ok(lines)
}

/// Adds what is false and what is missed.
async fn judged(
    task: &Task<'_>,
    rival: &mut impl Rival,
    typed: &[String],
    line: Line,
) -> Result<Line, String> {
    let (mut wrong, mut missed) = (0, 0);
    for typed in typed {
        let mut holding = task.truth.holding(typed);
        holding.retain(|&place| sees(SEES_HALF, place));
        let found: HashSet<_> = rival.all(bare(typed)).await?.into_iter().collect();
        let Answer { total, first } = rival.ask(bare(typed)).await?;
        if total != found.len() || first.iter().any(|place| !found.contains(place)) {
            return Err(format!("{typed}：两次回答不同"));
        }
        wrong += found.difference(&holding).count();
        missed += holding.difference(&found).count();
    }
    Ok(line
        .and(Value::new("误报", float(wrong), "条"))
        .and(Value::new("漏报", float(missed), "条")))
}

/// The pattern for LIKE that finds `term` anywhere.
fn pattern(term: &str) -> String {
    let mut pattern = String::from("%");
    for c in term.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn place(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn what_like_would_read_as_more_is_meant_as_written() {
        assert_eq!(pattern("100%_法\\"), "%100\\%\\_法\\\\%");
    }
}
