//! Numbers of documents and cases in a query, which go on over the spaces typed in them:
//! `国发〔2004〕 18 号`.

use crate::fold::folded;

/// Whether these characters begin with a year in brackets of any kind.
pub(super) fn starts_with_year(chars: &[char]) -> bool {
    fold(chars)
        .strip_prefix('(')
        .is_some_and(starts_within_year)
}

/// Whether `word` is a number that is not finished, and `rest`, behind a space, goes on with it.
pub(super) fn goes_on(word: &[char], rest: &[char]) -> bool {
    let (word, rest) = (fold(word), fold(rest));
    let before_digits = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - before_digits.len();
    if ends_with_year(before_digits) {
        // Behind the year come digits, and behind those 号.
        return rest.starts_with(|c: char| {
            if digits == 0 {
                c.is_ascii_digit()
            } else {
                c == '号'
            }
        });
    }
    // Spaces inside the brackets themselves.
    before_digits.ends_with('(')
        && match digits {
            0 => starts_within_year(&rest),
            4 => rest.starts_with(')'),
            _ => false,
        }
}

fn fold(chars: &[char]) -> String {
    folded(&chars.iter().collect::<String>())
}

/// Four digits and a closing bracket.
fn starts_within_year(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.len() - after.len() == 4 && after.starts_with(')')
}

fn ends_with_year(text: &str) -> bool {
    text.strip_suffix(')').is_some_and(|text| {
        let before = text.trim_end_matches(|c: char| c.is_ascii_digit());
        text.len() - before.len() == 4 && before.ends_with('(')
    })
}
