//! How well the results are ordered, beside plain BM25 over words and over pairs.

use std::{collections::HashSet, time::Instant};

use jieba_rs::Jieba;
use serde_json::Value;
use wenshu_index::{Entry, Order, PageRequest, Part, Query, Question, SearchIndex, folded};

use crate::{
    VIEWER,
    bm25::{Bm25, ranked},
    data, entry, fed,
    figures::millis,
};

const BEST: usize = 10;

/// What can be an answer: a law, or an article of one.
struct Candidate {
    name: String,
    title: String,
    text: String,
    entry: Entry,
}

pub fn print(lines: &[Value]) {
    let questions = data::read("questions.jsonl").unwrap_or_default();
    let laws: Vec<_> = (0..).zip(lines).map(|(id, line)| law(id, line)).collect();
    let dir = tempfile::tempdir().unwrap();
    let index = fed(dir.path(), laws.iter().map(|law| law.entry.clone()));
    compare("by law", "relevant_laws", &laws, &questions, &index);

    let cited: HashSet<&str> = questions
        .iter()
        .flat_map(|question| names(question, "relevant_laws"))
        .collect();
    let articles: Vec<_> = laws
        .iter()
        .filter(|law| cited.contains(law.name.as_str()))
        .flat_map(articles)
        .collect();
    let articles = numbered(articles);
    let dir = tempfile::tempdir().unwrap();
    let by_article = fed(dir.path(), articles.iter().map(|text| text.entry.clone()));
    compare(
        "by article",
        "relevant_articles",
        &articles,
        &questions,
        &by_article,
    );
    first_hits(&laws, &index);
}

fn compare(name: &str, field: &str, texts: &[Candidate], questions: &[Value], index: &SearchIndex) {
    let jieba = Jieba::new();
    let words = |text: &str| -> Vec<String> {
        let tokens = jieba.cut_for_search(text, false);
        let words = tokens.iter().map(|token| token.word);
        let words = words.filter(|word| word.chars().any(char::is_alphanumeric));
        words.map(Into::into).collect()
    };
    println!(
        "{} questions {name}, over {} texts:",
        questions.len(),
        texts.len()
    );
    let start = Instant::now();
    judge("question mode", field, texts, questions, |question| {
        let question = Question::parse(question).unwrap();
        let page = index.answer(&question, VIEWER, BEST).unwrap();
        page.hits
            .iter()
            .map(|hit| usize::try_from(hit.id).unwrap())
            .collect()
    });
    println!(
        "    {:.2} ms a question, with snippets",
        millis(start.elapsed()) / questions.len().max(1) as f64
    );
    baseline("BM25 over words", field, texts, questions, &words);
    baseline("BM25 over pairs", field, texts, questions, &pairs);
}

fn baseline(
    name: &str,
    field: &str,
    texts: &[Candidate],
    questions: &[Value],
    tokens: &dyn Fn(&str) -> Vec<String>,
) {
    let of = |text: &str| tokens(&folded(text));
    let body = Bm25::new(texts.iter().map(|text| of(&text.text)));
    let title = Bm25::new(texts.iter().map(|text| of(&text.title)));
    for (weight, with) in [(0.0, "text alone"), (1.0, "and title, weight 1")] {
        judge(
            &format!("{name}, {with}"),
            field,
            texts,
            questions,
            |question| {
                let query = of(question);
                let mut scores = vec![0.0; texts.len()];
                body.add(&query, 1.0, &mut scores);
                title.add(&query, weight, &mut scores);
                ranked(&scores, BEST)
            },
        );
    }
}

fn judge(
    name: &str,
    field: &str,
    texts: &[Candidate],
    questions: &[Value],
    answer: impl Fn(&str) -> Vec<usize>,
) {
    let (mut gain, mut recall, mut judged) = (0.0, 0.0, 0.0);
    let known: HashSet<&str> = texts.iter().map(|text| text.name.as_str()).collect();
    for question in questions {
        let mut relevant: HashSet<&str> = names(question, field).collect();
        relevant.retain(|name| known.contains(name));
        if relevant.is_empty() {
            continue;
        }
        let hits: Vec<_> = answer(data::text(question, "query"))
            .into_iter()
            .map(|at| relevant.contains(texts[at].name.as_str()))
            .collect();
        let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
        let gained: f64 = (0..hits.len())
            .filter(|&rank| hits[rank])
            .map(discount)
            .sum();
        let ideal: f64 = (0..relevant.len().min(BEST)).map(discount).sum();
        gain += gained / ideal;
        recall += hits.iter().filter(|hit| **hit).count() as f64 / relevant.len() as f64;
        judged += 1.0;
    }
    println!(
        "  {name}: nDCG@10 {:.3}, recall@10 {:.3} ({judged} judged)",
        gain / judged,
        recall / judged
    );
}

/// Of the exact search: how often the first hit is one of those that must come.
fn first_hits(laws: &[Candidate], index: &SearchIndex) {
    let queries = data::read("queries.jsonl").unwrap_or_default();
    let mut tallies = std::collections::BTreeMap::<&str, (usize, usize)>::new();
    for query in &queries {
        let relevant: HashSet<&str> = names(query, "relevant").collect();
        let request = PageRequest {
            limit: 1,
            after: None,
            order: Order::Relevance,
        };
        let parsed = Query::parse(data::text(query, "query")).unwrap();
        let page = index.search(&parsed, VIEWER, &request).unwrap();
        let first = page
            .hits
            .first()
            .map(|hit| usize::try_from(hit.id).unwrap());
        let is_right = first.is_some_and(|at| relevant.contains(laws[at].name.as_str()));
        for kind in [data::text(query, "kind"), "all"] {
            let tally = tallies.entry(kind).or_default();
            tally.0 += usize::from(is_right);
            tally.1 += 1;
        }
    }
    println!("first hit right, exact search (right, of): {tallies:?}");
}

fn names<'a>(line: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    line[field]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The tokens of plain n-grams: pairs within runs of letters.
fn pairs(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .flat_map(|run| {
            let chars: Vec<char> = run.chars().collect();
            chars
                .windows(2)
                .map(|pair| pair.iter().collect())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn law(id: u128, line: &Value) -> Candidate {
    let own = |name| data::text(line, name).to_owned();
    Candidate {
        name: own("id"),
        title: own("title"),
        text: own("text"),
        entry: entry(id, line),
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
            entry: Entry {
                parts: vec![Part {
                    text: text.clone(),
                    ..Part::default()
                }],
                ..law.entry.clone()
            },
            text,
        });
    made.collect()
}

fn numbered(mut texts: Vec<Candidate>) -> Vec<Candidate> {
    for (id, text) in (0..).zip(&mut texts) {
        text.entry.id = id;
    }
    texts
}

/// Whether a line begins with the number of an article: 第一百四十三条.
fn begins_an_article(line: &str) -> bool {
    let number = line
        .strip_prefix('第')
        .and_then(|rest| rest.split_once('条'));
    number.is_some_and(|(digits, _)| {
        !digits.is_empty()
            && digits
                .chars()
                .all(|c| "零〇一二三四五六七八九十百千".contains(c))
    })
}
