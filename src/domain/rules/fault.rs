//! Telling an operator which line of a rule file to mend.

use std::fmt;

/// What is wrong with the rule files, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesFault {
    /// The file, such as `kinds.toml`.
    pub file: String,
    /// The table within it, such as `[[kind]] SJ-ZH（第 1 版）`; empty for the file as a whole.
    pub section: String,
    /// The key; empty for the table as a whole.
    pub key: String,
    /// What is wrong, in Chinese.
    pub detail: String,
}

impl std::error::Error for RulesFault {}

impl fmt::Display for RulesFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for part in [&self.section, &self.key] {
            if !part.is_empty() {
                write!(f, " · {part}")?;
            }
        }
        write!(f, "：{}", self.detail)
    }
}

impl RulesFault {
    /// Says where the parser stopped, in the words of the file.
    pub(super) fn unreadable(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start.min(text.len()));
        let before = text.get(..at).unwrap_or_default();
        let line = before.lines().count().max(1);
        let key = key_at(text, at);
        let detail = format!("第 {line} 行{}", in_chinese(error.message()));
        Self {
            file: file.to_owned(),
            section: section_at(before, text, at),
            key,
            detail,
        }
    }
}

/// The heading of the table that holds the place, with its code if it has told it already.
fn section_at(before: &str, text: &str, at: usize) -> String {
    let own_line = text
        .get(at..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let mut code = "";
    for line in std::iter::once(own_line).chain(before.lines().rev()) {
        let line = line.trim();
        if line.starts_with('[') && line.ends_with(']') && !line.contains(['"', ',', '=']) {
            return format!("{line} {code}").trim_end().to_owned();
        }
        if let Some(value) = value_of(line, "code").filter(|_| code.is_empty()) {
            code = value;
        }
    }
    String::new()
}

/// The key on the line of the place.
fn key_at(text: &str, at: usize) -> String {
    let start = text
        .get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |end| end + 1);
    let line = text
        .get(start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or_default();
    let key = line.split_once('=').map_or("", |(key, _)| key.trim());
    let plain = key
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if plain { key.to_owned() } else { String::new() }
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (name, value) = line.split_once('=')?;
    (name.trim() == key).then(|| value.trim().trim_matches('"'))
}

/// The parser speaks English; its common complaints are put into Chinese.
fn in_chinese(message: &str) -> String {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("unknown field") {
        format!("有不认识的键“{quoted}”")
    } else if message.starts_with("missing field") {
        format!("所在的段落缺少键“{quoted}”")
    } else if message.starts_with("unknown variant") {
        let known: Vec<_> = message.split('`').skip(3).step_by(2).collect();
        format!("的“{quoted}”不在可选的值之中：{}", known.join("、"))
    } else if message.starts_with("duplicate key") {
        "重复写了同一个键".to_owned()
    } else if message.starts_with("invalid type") {
        format!("的值类型不对（{message}）")
    } else {
        format!("无法读取（{message}）")
    }
}
