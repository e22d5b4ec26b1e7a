//! Articles of laws in a query: `行政诉讼法第六十六条` and `行诉法66条` are the same. Both the law
//! itself is meant and whatever cites the article, in whichever way it is written there.

use chinese_number::{
    ChineseCase, ChineseCountMethod, ChineseToNumber, ChineseVariant, NumberToChinese,
};

use super::{Expr, Scope, Term};
use crate::law::{law_name, names_of};

/// How the name of a law or rule ends.
const ENDINGS: [&str; 13] = [
    "法", "法典", "条例", "规定", "办法", "解释", "细则", "决定", "规则", "规程", "通则", "意见",
    "批复",
];

/// What a number is written with.
const CHINESE: &str = "零〇一二三四五六七八九十百千";

/// What may follow upon the number of an article: its paragraph and its item.
const BEHIND: &str = "第款项目之()";

/// An article of a law, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cited {
    /// The name of the law, as titles of laws are compared.
    pub law: String,
    /// As it was typed.
    pub typed: Term,
    /// How else it may be cited.
    pub citations: Vec<Term>,
    /// What the law itself calls the article.
    pub headings: Vec<Term>,
}

impl Cited {
    /// Reads a word (folded) that names a law and an article of it.
    pub fn read(word: &str) -> Option<Self> {
        let (before, number, behind) = split(word)?;
        let typed_name = before.trim_end_matches('第');
        let name = law_name(typed_name);
        if !is_named_like_a_law(&name) {
            return None;
        }
        let names = names_of(&name);
        let spellings = spellings(number)?;
        let typed = Term::new(Scope::Anywhere, word);
        let mut citations = Vec::new();
        for name in &names {
            for joint in ["", "》"] {
                for spelling in &spellings {
                    let text = format!("{name}{joint}{spelling}{behind}");
                    let citation = Term::new(Scope::Anywhere, &text);
                    if citation.text != typed.text {
                        citations.push(citation);
                    }
                }
            }
        }
        let law = law_name(names.first()?);
        let headings = spellings.iter().map(|text| Term::new(Scope::Body, text));
        Some(Self {
            law,
            typed,
            citations,
            headings: headings.collect(),
        })
    }

    /// What is to be shown of a document with this title.
    pub fn sought(&self, title: &str) -> impl Iterator<Item = &Term> {
        let is_the_law = law_name(title) == self.law;
        let headings = self.headings.iter().filter(move |_| is_the_law);
        std::iter::once(&self.typed)
            .chain(&self.citations)
            .chain(headings)
    }
}

/// An article without its law: `66`, `第66条`, `第六十六条`, folded.
pub(super) fn numbered(word: &str) -> Option<Expr> {
    let number = word.strip_prefix('第').unwrap_or(word);
    let number = number.strip_suffix('条').unwrap_or(number);
    let spellings = spellings(number)?;
    let terms = spellings.iter().map(|text| Term::new(Scope::Body, text));
    Some(Expr::any(terms.map(Expr::Term).collect()))
}

/// The number that a line of a law begins with, as written: `第六十六条`, `第十条之一`. What goes
/// on directly is a sentence that cites an article.
pub(crate) fn heading_of_article(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('第')?.trim_start_matches(is_digit);
    let rest = rest.strip_prefix('条')?;
    let inserted = rest
        .strip_prefix('之')
        .map(|rest| rest.trim_start_matches(is_digit));
    let rest = inserted.unwrap_or(rest);
    let heading = line.strip_suffix(rest)?;
    let is_numbered = heading.chars().nth(1).is_some_and(is_digit);
    (is_numbered && rest.chars().next().is_none_or(char::is_whitespace)).then_some(heading)
}

/// What stands before the number of the article, the number, and what follows upon its 条.
fn split(word: &str) -> Option<(&str, &str, &str)> {
    let (head, behind) = word.rsplit_once('条')?;
    let is_of_the_article = |c: char| BEHIND.contains(c) || is_digit(c);
    if !behind.chars().all(is_of_the_article) {
        return None;
    }
    let before = head.trim_end_matches(is_digit);
    let number = head.strip_prefix(before)?;
    (!number.is_empty()).then_some((before, number, behind))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || CHINESE.contains(c)
}

fn is_named_like_a_law(name: &str) -> bool {
    // 解释（一）: the number of the text belongs to its name.
    let name = name.trim_end_matches(|c| CHINESE.contains(c));
    name.chars().nth(1).is_some() && ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// How an article of this number is written: 第六十六条, 第66条, and without the 第.
fn spellings(number: &str) -> Option<Vec<String>> {
    let value: u16 = if number.bytes().all(|byte| byte.is_ascii_digit()) {
        number.parse().ok()?
    } else {
        number.to_number(ChineseCountMethod::TenThousand).ok()?
    };
    if value == 0 {
        return None;
    }
    let method = ChineseCountMethod::TenThousand;
    let chinese = value.to_chinese(ChineseVariant::Simple, ChineseCase::Lower, method);
    let chinese = chinese.ok()?;
    let mut numbers = vec![chinese.clone(), value.to_string()];
    if chinese.contains('零') {
        numbers.push(chinese.replace('零', "〇"));
    }
    Some(
        numbers
            .iter()
            .map(|number| format!("第{number}条"))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(terms: &[Term]) -> Vec<String> {
        terms
            .iter()
            .map(|term| term.text.iter().collect())
            .collect()
    }

    #[test]
    fn an_article_is_read_in_every_style() {
        for word in [
            "行政诉讼法第六十六条",
            "行诉法第66条",
            "行诉法66条",
            "《行政诉讼法》第六十六条",
            "中华人民共和国行政诉讼法第六十六条",
        ] {
            let cited = Cited::read(word).unwrap_or_else(|| panic!("{word}"));
            assert_eq!(cited.law, "行政诉讼法", "{word}");
            assert_eq!(told(&cited.headings), ["第六十六条", "第66条"], "{word}");
            let mut citations = told(&cited.citations);
            citations.push(word.to_owned());
            for citation in [
                "行政诉讼法第66条",
                "行政诉讼法》第六十六条",
                "行诉法第六十六条",
            ] {
                assert!(
                    citations.contains(&citation.to_owned()),
                    "{word}: {citation}"
                );
            }
        }
        let cited = Cited::read("民法典第一百零三条第二款").unwrap();
        assert_eq!(
            told(&cited.headings),
            ["第一百零三条", "第103条", "第一百〇三条"]
        );
        assert!(told(&cited.citations).contains(&"民法典第103条第二款".to_owned()));
        let cited = Cited::read("关于审理劳动争议案件适用法律问题的解释一第十五条").unwrap();
        assert_eq!(cited.law, "关于审理劳动争议案件适用法律问题的解释一");
    }

    #[test]
    fn a_line_that_begins_an_article_is_told_from_one_that_cites_it() {
        assert_eq!(
            heading_of_article("第六十六条 人民法院"),
            Some("第六十六条")
        );
        assert_eq!(heading_of_article("第66条\u{3000}人民法院"), Some("第66条"));
        assert_eq!(heading_of_article("第十条之一 增加"), Some("第十条之一"));
        assert_eq!(heading_of_article("第十条"), Some("第十条"));
        for other in [
            "第十条规定的",
            "第条 甲",
            "十条",
            "",
            "第一章 总则",
            "第十条之一规定",
        ] {
            assert_eq!(heading_of_article(other), None, "{other}");
        }
    }

    #[test]
    fn other_words_are_left_as_they_are() {
        for word in [
            "第六十六条",
            "行政诉讼法",
            "法第一条",
            "一百条",
            "行诉法第条",
            "面条",
            "依法严惩三条措施",
        ] {
            assert_eq!(Cited::read(word), None, "{word}");
        }
    }
}
