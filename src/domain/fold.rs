//! What people mean when they type a number: width and spacing carry nothing.

/// Turns full-width letters, digits and brackets into their plain form and drops every space,
/// visible or not.
pub(super) fn fold(text: &str) -> String {
    text.chars().filter(|c| !is_blank(*c)).map(narrow).collect()
}

/// The plain form of a full-width character.
pub(super) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// White space, and the marks of no width that word processors leave behind.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// A Chinese character; `〇` is one in numbers.
pub(super) fn is_han(c: char) -> bool {
    matches!(c,
        '〇' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Reads a positive number of at most six digits; leading zeros carry nothing.
pub(super) fn sequence(digits: &str) -> Option<u32> {
    let significant = digits.trim_start_matches('0');
    let plain = significant.bytes().all(|b| b.is_ascii_digit());
    (plain && (1..=6).contains(&significant.len()))
        .then(|| significant.parse().ok())
        .flatten()
}

/// Reads a year as documents are dated since 1949.
pub(super) fn year(digits: &str) -> Option<u16> {
    let digits: String = digits.chars().map(plain_digit).collect();
    let plain = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|year| (1949..=2099).contains(year))
}

/// A Chinese digit as years are written with, `二〇二六`, in its plain form.
fn plain_digit(c: char) -> char {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let value = DIGITS.iter().position(|digit| *digit == c);
    let value = value.or((c == '零').then_some(0));
    value
        .and_then(|value| u32::try_from(value).ok())
        .and_then(|value| char::from_digit(value, 10))
        .unwrap_or(c)
}
