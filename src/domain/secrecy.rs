//! State secrets do not belong on this exchange: 保守国家秘密法 forbids keeping them in a system
//! that is not classified. A document that bears a mark of classification is refused.
//!
//! A mark is looked for where marks stand, at the head of a line, in the forms `机密★1年`,
//! `密级：秘密`, and the bare word on the first lines of a document. The words 机密 and 秘密 in a
//! sentence, or in the name of a law, mean nothing.

use std::fmt;

use super::{
    FileText,
    fold::{is_blank, narrow},
    labelled::labelled,
};

/// Among so many first lines that are not blank, the bare word 机密 is a mark.
const HEAD_LINES: usize = 5;
/// As much of a line as can hold a mark and tell it from a sentence.
const LINE_CHARS: usize = 48;
/// The longest term that follows the star, `2027年12月31日解密前`, with room for a word of urgency.
const TERM_CHARS: usize = 14;

labelled! {
    /// The three classes of state secrets. No document of this exchange has one.
    pub enum SecretClass {
        /// 绝密
        TopSecret = "top_secret", "绝密";
        /// 机密
        Secret = "secret", "机密";
        /// 秘密
        Confidential = "confidential", "秘密";
    }
}

labelled! {
    /// How far a document may be known; the only classes that this exchange carries.
    pub enum Sensitivity {
        /// Anybody may know it.
        Public = "public", "公开";
        /// For the units it is sent to.
        Internal = "internal", "内部";
        /// A 工作秘密; only where the operator has switched it on.
        WorkSecret = "work_secret", "工作秘密";
    }
}

/// A mark of classification that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretMark {
    /// The class that it names.
    pub class: SecretClass,
    /// The line on which it stands, from 1.
    pub line: usize,
}

impl fmt::Display for SecretMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, line } = self;
        write!(
            f,
            "第 {line} 行有“{class}”密级标志。本系统不得存储、处理国家秘密，\
             请通过机要渠道办理；如系误标，请按规定更正后再提交"
        )
    }
}

/// Finds the first mark of classification in a text. A line ends at a line or page break.
#[must_use]
pub fn refuse_marks(text: &str) -> Option<SecretMark> {
    find(text, true)
}

/// Finds the first mark of classification in a file, given part by part. What is found destroys
/// the file, so the bare word counts on the first page alone, or where there are no pages: on
/// later ones it is a cell of a table more often than a mark.
#[must_use]
pub fn refuse_marks_in(text: &FileText) -> Option<SecretMark> {
    text.parts
        .iter()
        .find_map(|part| find(&part.text, part.page.is_none_or(|page| page == 1)))
}

fn find(text: &str, has_head: bool) -> Option<SecretMark> {
    let mut head_lines = 0;
    let (mut bare, mut is_list) = (None::<SecretMark>, false);
    for (number, line) in text.split(is_break).enumerate() {
        let line = compact(line);
        if line.is_empty() {
            continue;
        }
        head_lines += 1;
        let in_head = has_head && head_lines <= HEAD_LINES;
        let Some((class, is_sure)) = mark_of(&line, in_head) else {
            continue;
        };
        let mark = SecretMark {
            class,
            line: number + 1,
        };
        if is_sure {
            return Some(mark);
        }
        // One above the other, the words are choices of a form.
        is_list |= bare.as_ref().is_some_and(|bare| bare.class != class);
        bare = bare.or(Some(mark));
    }
    bare.filter(|_| !is_list)
}

/// CR alone is not a break, so that lines are counted as an editor counts them.
fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// The beginning of a line without its spaces, in plain width.
fn compact(line: &str) -> String {
    line.chars()
        .filter(|c| !is_blank(*c))
        .take(LINE_CHARS)
        .map(narrow)
        .collect()
}

/// The class that a line marks, and whether the line can be nothing but a mark.
fn mark_of(line: &str, in_head: bool) -> Option<(SecretClass, bool)> {
    let line = line.trim_start_matches(is_opening);
    let (labelled, line) = after_label(skip_number_and_urgency(line));
    let (class, rest) = after_class(line.trim_start_matches(is_opening))?;
    let stars = rest.trim_start_matches(is_star);
    if stars.len() < rest.len() {
        return is_term(stars).then_some((class, true));
    }
    if let Some(term) = rest.strip_prefix('*') {
        let is_mark = term.starts_with(|c: char| c.is_ascii_digit()) && is_term(term);
        return is_mark.then_some((class, true));
    }
    let rest = rest.trim_start_matches(is_closing);
    (rest.is_empty() && (labelled || in_head)).then_some((class, labelled))
}

/// On the first page the 份号 and the 紧急程度 may share the line with the mark.
fn skip_number_and_urgency(line: &str) -> &str {
    let mut rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    for word in ["特急", "加急", "特提", "平急", "急件"] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    rest
}

/// Skips `密级：` and its like; whether there was one.
fn after_label(line: &str) -> (bool, &str) {
    [
        "密级和保密期限",
        "密级及保密期限",
        "保密等级",
        "秘密等级",
        "密级",
    ]
    .iter()
    .find_map(|label| line.strip_prefix(label)?.strip_prefix([':', '|']))
    .map_or((false, line), |rest| (true, rest))
}

fn after_class(line: &str) -> Option<(SecretClass, &str)> {
    use SecretClass::{Confidential, Secret, TopSecret};
    [
        ("绝密", TopSecret),
        ("絕密", TopSecret),
        ("机密", Secret),
        ("機密", Secret),
        ("秘密", Confidential),
        ("祕密", Confidential),
    ]
    .into_iter()
    .find_map(|(word, class)| Some((class, line.strip_prefix(word)?)))
}

fn is_star(c: char) -> bool {
    matches!(
        c,
        '★' | '☆' | '✩' | '✭' | '✮' | '✯' | '⭐' | '🌟' | '\u{fe0f}'
    )
}

fn is_opening(c: char) -> bool {
    matches!(c, '【' | '〔' | '[' | '(' | '|' | '<' | '\u{fe0f}') || is_star(c)
}

fn is_closing(c: char) -> bool {
    matches!(c, '】' | '〕' | ']' | ')' | '|' | '>')
}

/// What follows the star is a term or nothing; a sentence about marks goes on.
fn is_term(rest: &str) -> bool {
    const SENTENCE: &str = "，。；、“”‘’\"'《》：:,;的是为等";
    rest.chars().count() <= TERM_CHARS && !rest.contains(|c| SENTENCE.contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TextPart;

    fn class(text: &str) -> Option<SecretClass> {
        refuse_marks(text).map(|mark| mark.class)
    }

    #[test]
    fn marks_are_found_wherever_marks_stand() {
        use SecretClass::{Confidential, Secret, TopSecret};
        let table = [
            ("绝密★", TopSecret),
            ("绝密★启用前", TopSecret),
            ("机密★1年", Secret),
            ("机 密 ★ 1 年", Secret),
            ("\u{3000}\u{3000}机密★长期\n某市人民政府文件", Secret),
            ("000001\n机密★１年\n特急", Secret),
            ("000001 机密★1年", Secret),
            ("特急  秘密★6个月", Confidential),
            ("秘密★10年  加急", Confidential),
            ("秘密☆", Confidential),
            ("秘密*5年", Confidential),
            ("【机密】", Secret),
            ("【机密★1年】", Secret),
            ("機密★3年", Secret),
            ("密级：秘密", Confidential),
            ("密级和保密期限：机密★5年", Secret),
            ("某市人民检察院\n检察建议书\n绝密", TopSecret),
            ("机密★2027年12月31日前", Secret),
            ("★机密★", Secret),
            ("绝密★30年", TopSecret),
            ("机密★长期 特急", Secret),
            ("秘密★ 3年", Confidential),
            ("〔秘密〕", Confidential),
            ("<机密>", Secret),
            ("000123 特急 机密★5年", Secret),
            ("密级及保密期限：秘密★1年", Confidential),
            ("保密等级:机密", Secret),
            ("某市文件\n\n\n\n机密☆1年", Secret),
        ];
        for (text, expected) in table {
            assert_eq!(class(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_mark_at_the_head_of_a_later_page_is_found_with_its_line() {
        let text = format!("{}\u{c}秘密★1年\n附件", "正文\n".repeat(40));
        assert_eq!(
            refuse_marks(&text),
            Some(SecretMark {
                class: SecretClass::Confidential,
                line: 42
            })
        );
    }

    #[test]
    fn words_in_sentences_and_titles_are_no_marks() {
        for innocent in [
            "",
            "机密文件应当按照规定保管。",
            "秘密级国家秘密是一般的国家秘密。",
            "《中华人民共和国保守国家秘密法》",
            "关于学习保守国家秘密法的通知",
            "涉及商业秘密、国家秘密的，不予公开。",
            "纸介质文件应当在首页标注“机密★1年”字样。",
            "机密★1年”字样应当标注在首页左上角。",
            "机密★1年是国家秘密标志的一种写法",
            "密级：公开",
            "密级：无",
            "密级：",
            "密级： 机密级文件不得在本系统传输",
            "秘密*",
            "★★★优秀单位",
            "秘密投票办法",
            "国家秘密的密级分为绝密、机密、秘密三级。",
            "机密、秘密级文件由专人保管",
            "秘密侦查措施的适用",
            "（一）绝密级国家秘密载体",
            "机密级",
            "商业秘密",
            "密级：内部",
            "保密期限：长期",
            "标有“秘密★”字样的文件不得带出",
            "关于印发《机密文件管理办法》的通知",
        ] {
            assert_eq!(refuse_marks(innocent), None, "{innocent}");
        }
    }

    #[test]
    fn the_bare_word_is_a_mark_on_the_first_page_alone() {
        let page = "国家秘密事项一览\n秘密\n二十年";
        let on = |page: Option<u32>, text: &str| {
            let text = text.to_owned();
            let (engine, parts) = (String::new(), vec![TextPart { page, text }]);
            refuse_marks_in(&FileText { engine, parts }).is_some()
        };
        assert!(on(Some(1), page) && on(None, page));
        assert!(!on(Some(2), page));
        assert!(on(Some(2), "机密★1年\n附件二"));
        assert!(on(Some(2), "密级：机密\n附件二"));
    }

    #[test]
    fn words_one_above_the_other_are_choices() {
        assert_eq!(refuse_marks("密级\n绝密\n机密\n秘密\n填表人"), None);
        assert!(refuse_marks("机密\n某市人民政府\n机密").is_some());
        assert!(refuse_marks("绝密\n机密\n秘密★1年").is_some());
    }

    #[test]
    fn a_line_broken_in_the_middle_of_a_sentence_is_no_mark() {
        let text = format!(
            "{}不得泄露国家\n秘密\n和商业秘密。",
            "前文如下。\n".repeat(6)
        );
        assert_eq!(refuse_marks(&text), None);
    }

    #[test]
    fn the_message_says_where_and_what_to_do() {
        let said = refuse_marks("磐石市\n机密★1年").unwrap().to_string();
        assert!(said.starts_with("第 2 行有“机密”密级标志"), "{said}");
        assert!(said.contains("机要渠道"), "{said}");
    }
}
