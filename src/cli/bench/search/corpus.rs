//! The texts that are searched, what is asked of them, and what is true of an answer.

use std::{collections::HashSet, fs, path::Path};

use jiff::civil::Date;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    cli::told,
    domain::{CaseNumber, DocNumber},
};

/// Words that most documents have, which are the dearest.
pub(super) const COMMON: [&str; 10] = [
    "的",
    "，",
    "法",
    "应当",
    "规定",
    "人民",
    "人民政府",
    "第二十条",
    "有下列情形之一的",
    "行政机关",
];

/// A text with its headings.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// What the lists of what is relevant call it.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) doc_number: Option<DocNumber>,
    pub(super) case_number: Option<CaseNumber>,
    pub(super) dated_on: Option<Date>,
    pub(super) body: String,
}

/// Something that is sought, and what must come.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sought {
    pub(super) query: String,
    #[serde(default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) relevant: Vec<String>,
    #[serde(default)]
    pub(super) relevant_laws: Vec<String>,
    #[serde(default)]
    pub(super) relevant_articles: Vec<String>,
}

/// The corpus with what is asked of it.
pub(super) struct Corpus {
    pub(super) texts: Vec<Text>,
    pub(super) queries: Vec<Sought>,
    pub(super) questions: Vec<Sought>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    title: String,
    text: String,
    #[serde(default)]
    doc_number: Option<String>,
    #[serde(default)]
    issued_date: String,
}

impl Corpus {
    /// Reads it; nothing where there is none. `tidied` makes of a text what extraction makes.
    pub(super) fn read(dir: &Path, tidied: fn(&str) -> String) -> Result<Option<Self>, String> {
        if !dir.join("corpus.jsonl").exists() {
            return Ok(None);
        }
        let lines: Vec<Line> = lines(&dir.join("corpus.jsonl"))?;
        let texts = lines.into_iter().map(|line| Text::of(line, tidied));
        Ok(Some(Self {
            texts: texts.collect(),
            queries: lines_if_any(&dir.join("queries.jsonl"))?,
            questions: lines_if_any(&dir.join("questions.jsonl"))?,
        }))
    }

    /// What people look for, as they typed it.
    pub(super) fn typed(&self) -> Vec<String> {
        typed(&self.queries)
    }

    /// What people ask, as they typed it.
    pub(super) fn asked(&self) -> Vec<String> {
        typed(&self.questions)
    }

    /// The numbers among these, as somebody with another keyboard types them.
    pub(super) fn typed_otherwise(&self) -> Vec<String> {
        let numbers = self.queries.iter().map(|sought| sought.query.as_str());
        numbers
            .filter(|query| query.contains(['〔', '（']))
            .map(otherwise)
            .collect()
    }
}

impl Text {
    fn of(line: Line, tidied: fn(&str) -> String) -> Self {
        let number = line.doc_number.as_deref().unwrap_or_default();
        Self {
            name: line.id,
            title: line.title,
            doc_number: number.parse().ok(),
            case_number: number.parse().ok(),
            dated_on: line.issued_date.parse().ok(),
            body: tidied(&line.text),
        }
    }

    /// Its numbers as they are shown.
    pub(super) fn numbers(&self) -> String {
        let doc_number = self.doc_number.as_ref().map(ToString::to_string);
        let case_number = self.case_number.as_ref().map(ToString::to_string);
        let numbers: Vec<_> = doc_number.into_iter().chain(case_number).collect();
        numbers.join("\n")
    }

    /// Everything that is searched, in one text; no match crosses from one line to the next.
    pub(super) fn whole(&self) -> String {
        format!("{}\n{}\n{}", self.title, self.numbers(), self.body)
    }

    /// Bytes of what is searched.
    pub(super) fn bytes(&self) -> usize {
        self.title.len() + self.body.len()
    }
}

/// What is true: the texts as they are compared.
pub(super) struct Truth(Vec<[String; 4]>);

impl Truth {
    pub(super) fn of(texts: &[Text]) -> Self {
        let folded = |text: &Text| {
            let number = |number: Option<String>| number.unwrap_or_default();
            [
                text.title.clone(),
                number(text.doc_number.as_ref().map(ToString::to_string)),
                number(text.case_number.as_ref().map(ToString::to_string)),
                text.body.clone(),
            ]
            .map(|text| wenshu_index::folded(&text))
        };
        Self(texts.iter().map(folded).collect())
    }

    /// The places of all texts that hold what was typed, letter by letter.
    pub(super) fn holding(&self, typed: &str) -> HashSet<usize> {
        let sought = wenshu_index::folded(bare(typed));
        let holds = |texts: &[String; 4]| texts.iter().any(|text| text.contains(&sought));
        let places = (0..).zip(&self.0);
        places
            .filter(|(_, texts)| holds(texts))
            .map(|(place, _)| place)
            .collect()
    }
}

fn typed(list: &[Sought]) -> Vec<String> {
    list.iter().map(|sought| sought.query.clone()).collect()
}

/// The term itself: what is searched here has no other syntax than quotation marks.
pub(super) fn bare(typed: &str) -> &str {
    typed.trim_matches('"')
}

/// The same number in the brackets and digits that another keyboard has.
fn otherwise(number: &str) -> String {
    number.chars().map(other_form).collect()
}

fn other_form(c: char) -> char {
    match c {
        '〔' | '（' => '[',
        '〕' | '）' => ']',
        '0'..='9' => char::from_u32(u32::from(c) - u32::from('0') + u32::from('０')).unwrap_or(c),
        other => other,
    }
}

fn lines_if_any<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    if path.exists() {
        lines(path)
    } else {
        Ok(Vec::new())
    }
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, String> {
    let text = fs::read_to_string(path)
        .map_err(|error| format!("{} 无法读取：{}", path.display(), told(&error)))?;
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line)
                .map_err(|error| format!("{} 第 {number} 行：{error}", path.display()))
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::cli::bench::search) fn text(name: &str, title: &str, body: &str) -> Text {
        Text {
            name: name.to_owned(),
            title: title.to_owned(),
            doc_number: None,
            case_number: None,
            dated_on: None,
            body: body.to_owned(),
        }
    }

    #[test]
    fn truth_is_letter_by_letter_but_for_the_folding() {
        let mut numbered = text("b", "通知", "税\n务");
        numbered.doc_number = "国办发〔2004〕7号".parse().ok();
        let truth = Truth::of(&[text("a", "行政复议", "甲"), numbered]);
        let holding = |typed| {
            let mut places: Vec<_> = truth.holding(typed).into_iter().collect();
            places.sort_unstable();
            places
        };
        assert_eq!(holding("\"行政複議\""), [0]);
        assert_eq!(holding("税务"), [1]);
        assert_eq!(holding("国办发[２００４]7号"), [1]);
        assert_eq!(holding("复议甲"), [0_usize; 0]);
    }

    #[test]
    fn a_number_is_typed_otherwise_and_stays_the_same() {
        let typed = otherwise("国办发〔2004〕7号");
        assert_eq!(typed, "国办发[２００４]７号");
        let folded = wenshu_index::folded;
        assert_eq!(folded(&typed), folded("国办发〔2004〕7号"));
    }

    #[test]
    fn a_broken_line_is_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text);
        assert!(Corpus::read(dir.path(), str::to_owned).is_ok_and(|read| read.is_none()));
        write(
            "corpus.jsonl",
            "{\"id\":\"a\",\"title\":\"甲\",\"text\":\"乙\"}\n\n{}\n",
        )
        .expect("written");
        let fault = Corpus::read(dir.path(), str::to_owned).err();
        assert!(fault.is_some_and(|fault| fault.contains("第 3 行")));
    }
}
