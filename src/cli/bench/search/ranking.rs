//! How well answers are ordered, beside plain BM25 over words and over pairs, and beside FTS5.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    time::Instant,
};

use jieba_rs::Jieba;
use wenshu_index::{Change, Entry, Part, Question, SearchIndex, folded};

use super::{
    asked::{QUESTION, Reader},
    bm25::{Bm25, ranked},
    corpus::{Corpus, Sought, Text, bare},
    library::Library,
    machine::float,
    quality::{BEST, Quality},
    report::{Line, Section, Value},
    rivals::Ranks,
};
use crate::cli::told;

/// The unit that looks, in an index of articles.
const VIEWER: u128 = 7;

/// What can be an answer: a law, or an article of one.
struct Candidate {
    name: String,
    title: String,
    text: String,
}

/// The best ten for each question, as places of candidates.
type Answers = Vec<Vec<usize>>;

/// Judges question mode over laws and over articles, and the first hit of exact search.
pub(super) async fn judged(
    corpus: &Corpus,
    library: &Library<'_>,
    reader: &Reader,
    scratch: &Path,
) -> Result<Vec<Section>, String> {
    let engines = Engines::new();
    let laws: Vec<_> = corpus.texts.iter().map(Candidate::law).collect();
    let by_law: fn(&Sought) -> &[String] = |question| &question.relevant_laws;
    let typed: Vec<_> = corpus
        .questions
        .iter()
        .map(|one| one.query.as_str())
        .collect();
    let ours = over_http(reader, library, QUESTION, &typed).await?;
    let mut others = engines
        .all(&laws, &typed, &scratch.join("laws.sqlite"))
        .await?;
    let title = format!("排序：{} 个问题找法规，共 {} 件", typed.len(), laws.len());
    let compare = |relevant, texts: &[Candidate], ours, others: Vec<(String, Answers)>| {
        let rows = std::iter::once(("提问（文枢）".to_owned(), ours)).chain(others);
        let lines = rows.map(|(name, answers)| {
            Quality::of(&corpus.questions, relevant, &names(texts), &answers).line(name)
        });
        lines.collect::<Vec<_>>()
    };
    let mut sections = vec![Section::new(
        title,
        compare(by_law, &laws, ours, std::mem::take(&mut others)),
    )];

    let cited = corpus.questions.iter().flat_map(|one| &one.relevant_laws);
    let cited: HashSet<&str> = cited.map(String::as_str).collect();
    let cited = laws.iter().filter(|law| cited.contains(law.name.as_str()));
    let articles: Vec<_> = cited.flat_map(articles).collect();
    let (ours, millis) = directly(&articles, &typed, &scratch.join("articles"))?;
    let others = engines
        .all(&articles, &typed, &scratch.join("articles.sqlite"))
        .await?;
    let by_article: fn(&Sought) -> &[String] = |question| &question.relevant_articles;
    let title = format!(
        "排序：{} 个问题找条文，共 {} 条（直接问索引，每个 {millis:.2} 毫秒）",
        typed.len(),
        articles.len()
    );
    sections.push(Section::new(
        title,
        compare(by_article, &articles, ours, others),
    ));

    let typed: Vec<_> = corpus
        .queries
        .iter()
        .map(|one| one.query.as_str())
        .collect();
    let ours = over_http(reader, library, "search?limit=10&q=", &typed).await?;
    let bares: Vec<_> = typed.iter().map(|typed| bare(typed)).collect();
    let guessed = over_http(reader, library, QUESTION, &typed).await?;
    let mut rows = vec![
        ("检索（文枢）".to_owned(), ours),
        ("提问（文枢）".to_owned(), guessed),
    ];
    rows.extend(
        engines
            .all(&laws, &bares, &scratch.join("first.sqlite"))
            .await?,
    );
    let lines = rows
        .into_iter()
        .map(|(name, answers)| first_right(&corpus.queries, &laws, &answers, name));
    let title = format!(
        "排序：{} 个检索式，第一条就对的比例（success@1）",
        typed.len()
    );
    sections.push(Section::new(title, lines.collect()));
    Ok(sections)
}

/// The best of each over HTTP, as a unit that sees everything.
async fn over_http(
    reader: &Reader,
    library: &Library<'_>,
    way: &str,
    typed: &[&str],
) -> Result<Answers, String> {
    let places: HashMap<u128, usize> = library.ids.iter().copied().zip(0..).collect();
    let mut answers = Vec::with_capacity(typed.len());
    for typed in typed {
        let found = reader.first(way, typed).await?;
        answers.push(
            found
                .iter()
                .filter_map(|id| places.get(id).copied())
                .collect(),
        );
    }
    Ok(answers)
}

/// The best of each from an index of its own, and the milliseconds that a question took.
fn directly(texts: &[Candidate], typed: &[&str], dir: &Path) -> Result<(Answers, f64), String> {
    let index = SearchIndex::open(dir).map_err(|error| told(&error))?;
    let puts = (0..)
        .zip(texts)
        .map(|(id, text)| Change::Put(text.entry(id)));
    let puts: Vec<_> = puts.collect();
    index.apply(&puts, 1).map_err(|error| told(&error))?;
    let began = Instant::now();
    let mut answers = Vec::with_capacity(typed.len());
    for typed in typed {
        let question = Question::parse(typed).map_err(|error| told(&error))?;
        let page = index
            .answer(&question, VIEWER, BEST)
            .map_err(|error| told(&error))?;
        let places = page
            .hits
            .iter()
            .filter_map(|hit| usize::try_from(hit.id).ok());
        answers.push(places.collect());
    }
    let millis = began.elapsed().as_secs_f64() * 1e3;
    Ok((answers, millis / float(typed.len().max(1))))
}

/// What ours is compared with.
struct Engines {
    jieba: Jieba,
}

impl Engines {
    fn new() -> Self {
        Self {
            jieba: Jieba::new(),
        }
    }

    async fn all(
        &self,
        texts: &[Candidate],
        typed: &[&str],
        file: &Path,
    ) -> Result<Vec<(String, Answers)>, String> {
        let mut all = Vec::new();
        for (name, tokens) in [
            (
                "BM25，结巴分词",
                &(|text: &str| self.words(text)) as &dyn Fn(&str) -> Vec<String>,
            ),
            ("BM25，二元组", &pairs),
        ] {
            let of = |text: &str| tokens(&folded(text));
            let body = Bm25::new(texts.iter().map(|text| of(&text.text)));
            let title = Bm25::new(texts.iter().map(|text| of(&text.title)));
            for (weight, with) in [(0.0, "只看正文"), (1.0, "正文和标题")] {
                let answers = typed.iter().map(|typed| {
                    let query = of(typed);
                    let mut scores = vec![0.0; texts.len()];
                    body.add(&query, 1.0, &mut scores);
                    title.add(&query, weight, &mut scores);
                    ranked(&scores, BEST)
                });
                all.push((format!("{name}，{with}"), answers.collect()));
            }
        }
        let rows = texts
            .iter()
            .map(|text| (text.title.as_str(), text.text.as_str()));
        let mut fts5 = Ranks::built(file, rows).await?;
        let mut answers = Vec::with_capacity(typed.len());
        for typed in typed {
            answers.push(fts5.best(typed, 10).await?);
        }
        all.push(("SQLite FTS5 trigram，bm25()".to_owned(), answers));
        Ok(all)
    }

    fn words(&self, text: &str) -> Vec<String> {
        let tokens = self.jieba.cut_for_search(text, false);
        let words = tokens.iter().map(|token| token.word);
        let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
        words.map(Into::into).collect()
    }
}

/// How often the first hit is one of those that must come, by the kind of query.
fn first_right(
    queries: &[Sought],
    laws: &[Candidate],
    answers: &[Vec<usize>],
    name: String,
) -> Line {
    let mut tallies = std::collections::BTreeMap::<&str, (usize, usize)>::new();
    for (query, answer) in queries.iter().zip(answers) {
        let first = answer.first().map(|&at| &laws[at].name);
        let right = first.is_some_and(|name| query.relevant.contains(name));
        for kind in ["全部", query.kind.as_str()] {
            let tally = tallies.entry(kind).or_default();
            tally.0 += usize::from(right);
            tally.1 += 1;
        }
    }
    let values = tallies
        .iter()
        .map(|(kind, (right, all))| Value::new(*kind, float(*right) / float(*all), ""));
    Line::new(name, values.collect())
}

fn names(texts: &[Candidate]) -> Vec<&str> {
    texts.iter().map(|text| text.name.as_str()).collect()
}

/// The tokens of plain n-grams: pairs within runs of letters.
fn pairs(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_alphanumeric());
    let pairs = runs.flat_map(|run| {
        let chars: Vec<char> = run.chars().collect();
        let pairs = chars.windows(2).map(|pair| pair.iter().collect());
        pairs.collect::<Vec<String>>()
    });
    pairs.collect()
}

impl Candidate {
    fn law(text: &Text) -> Self {
        Self {
            name: text.name.clone(),
            title: text.title.clone(),
            text: text.body.clone(),
        }
    }

    fn entry(&self, id: u128) -> Entry {
        Entry {
            id,
            visible_to: vec![VIEWER],
            title: self.title.clone(),
            parts: vec![Part {
                text: self.text.clone(),
                ..Part::default()
            }],
            ..Entry::default()
        }
    }
}

/// Each article, from its number to the next. Those that answer are named by their place in
/// the law, counted from zero.
fn articles(law: &Candidate) -> Vec<Candidate> {
    let mut articles: Vec<String> = Vec::new();
    for line in law.text.lines() {
        if begins_an_article(line.trim_start()) {
            articles.push(line.to_owned());
        } else if let Some(text) = articles.last_mut() {
            text.push('\n');
            text.push_str(line);
        }
    }
    let made = (0..)
        .zip(articles)
        .map(|(place, text): (usize, _)| Candidate {
            name: format!("{}-{place:04}", law.name),
            title: law.title.clone(),
            text,
        });
    made.collect()
}

/// Whether a line begins with the number of an article: 第一百四十三条.
fn begins_an_article(line: &str) -> bool {
    let number = line
        .strip_prefix('第')
        .and_then(|rest| rest.split_once('条'));
    number.is_some_and(|(digits, _)| {
        let is_digit = |c| "零〇一二三四五六七八九十百千".contains(c);
        !digits.is_empty() && digits.chars().all(is_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(name: &str, text: &str) -> Candidate {
        Candidate {
            name: name.to_owned(),
            title: "某法".to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn an_article_goes_to_the_next_and_is_named_by_its_place() {
        let law = candidate("x", "总则\n第一条 甲\n续\n　第二条 乙\n第三条的规定");
        let articles: Vec<_> = articles(&law)
            .into_iter()
            .map(|one| (one.name, one.text))
            .collect();
        let expected = [
            ("x-0000", "第一条 甲\n续"),
            ("x-0001", "　第二条 乙"),
            ("x-0002", "第三条的规定"),
        ];
        assert_eq!(
            articles,
            expected.map(|(name, text)| (name.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn pairs_do_not_cross_punctuation() {
        assert_eq!(pairs("行政，复议法"), ["行政", "复议", "议法"]);
    }
}
