//! Names of laws: what is one name however it is written.

use std::{collections::HashMap, sync::LazyLock};

use crate::fold::folded;

/// What stands before the name of each law of the country, and is left out when it is cited.
const COUNTRY: &str = "中华人民共和国";

/// Words behind which brackets at the end say which text of the law it is, not what it is called.
const EDITION: [&str; 4] = ["修正", "修订", "修改", "年"];

static NAMES: LazyLock<Names> = LazyLock::new(Names::read);

/// Names by which laws are cited, one to the other.
struct Names {
    long: HashMap<&'static str, &'static str>,
    short: HashMap<&'static str, Vec<&'static str>>,
}

impl Names {
    fn read() -> Self {
        let mut names = Self {
            long: HashMap::new(),
            short: HashMap::new(),
        };
        for line in include_str!("../dict/laws.txt").lines() {
            let mut words = line.split_whitespace();
            let Some(long) = words.next() else {
                continue;
            };
            for short in words {
                names.long.insert(short, long);
                names.short.entry(long).or_default().push(short);
            }
        }
        names
    }
}

/// What the title of a law is compared by: without its brackets and signs, without the country
/// and without the year of a revision. The name in a citation is read in the same way.
pub(crate) fn law_name(title: &str) -> String {
    let folded = folded(title);
    let name = without_edition(&folded);
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.replace(COUNTRY, "")
}

fn without_edition(title: &str) -> &str {
    let Some((name, edition)) = title
        .strip_suffix(')')
        .and_then(|title| title.rsplit_once('('))
    else {
        return title;
    };
    if EDITION.iter().any(|word| edition.contains(word)) {
        name
    } else {
        title
    }
}

/// The names that mean the law called so: its full one first, then those that are its short ones.
pub(crate) fn names_of(name: &str) -> Vec<&str> {
    let full = NAMES.long.get(name).copied().unwrap_or(name);
    let short = NAMES.short.get(full).into_iter().flatten().copied();
    std::iter::once(full).chain(short).collect()
}

/// The laws that have short names, by their full ones.
pub(crate) fn known() -> impl Iterator<Item = &'static str> {
    NAMES.short.keys().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        for title in [
            "中华人民共和国行政诉讼法",
            "《中华人民共和国行政诉讼法》（2017年修正）",
            "行政诉讼法(2017修正)",
            "中華人民共和國行政訴訟法",
        ] {
            assert_eq!(law_name(title), "行政诉讼法", "{title}");
        }
        assert_eq!(
            law_name("河南省实施《中华人民共和国水土保持法》办法"),
            "河南省实施水土保持法办法"
        );
        assert_eq!(
            law_name("关于审理劳动争议案件适用法律问题的解释（一）"),
            "关于审理劳动争议案件适用法律问题的解释一"
        );
        assert_eq!(law_name(""), "");
    }

    #[test]
    fn short_names_lead_to_the_full_one_and_back() {
        assert_eq!(names_of("行诉法")[0], "行政诉讼法");
        assert!(names_of("行政诉讼法").contains(&"行诉法"));
        assert_eq!(names_of("台州市文明行为促进条例").len(), 1);
    }
}
