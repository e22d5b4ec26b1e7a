//! Makes text of any origin look alike: one kind of line end, no controls, one shape a character.

use unicode_normalization::UnicodeNormalization as _;

/// Radicals that fonts are mapped to in place of the character people mean, and that Unicode
/// itself does not fold: `人⺠法院` is not found by `人民法院`.
const RADICALS: &[(char, char)] = &[
    ('⺁', '厂'),
    ('⺎', '兀'),
    ('⺏', '尣'),
    ('⺟', '母'),
    ('⺠', '民'),
    ('⺫', '目'),
    ('⺼', '肉'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻑', '長'),
    ('⻒', '镸'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻧', '卤'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
];

/// Tidies `text`: lines end with `\n` and with no blanks before it, at most one line in a row
/// is empty, and characters that cannot be seen or typed are gone.
#[must_use]
pub fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty_lines = 0;
    for line in lines(text) {
        let start = tidied.len();
        line.chars()
            .filter(|c| !is_invisible(*c))
            .for_each(|c| tidied.extend(usual_shape(c)));
        tidied.truncate(start + tidied[start..].trim_end().len());
        empty_lines = if tidied.len() == start {
            empty_lines + 1
        } else {
            0
        };
        if empty_lines <= 1 {
            tidied.push('\n');
        }
    }
    tidied.trim_matches('\n').to_owned()
}

/// Splits at every line end that is in use: those of three systems, of word processors (line
/// and page breaks inside a paragraph) and of Unicode.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let separator = |c| {
        matches!(
            c,
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    text.split("\r\n")
        .flat_map(move |piece| piece.split(separator))
}

/// Controls, and the marks of width zero that some programs scatter between Chinese characters.
fn is_invisible(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// The character that is meant: radicals and compatibility forms become the unified character.
fn usual_shape(c: char) -> impl Iterator<Item = char> {
    let meant = RADICALS
        .iter()
        .find(|(radical, _)| *radical == c)
        .map_or(c, |(_, meant)| *meant);
    let folded = matches!(meant, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}');
    let shapes = folded.then(|| std::iter::once(meant).nfkc());
    let itself = shapes.is_none().then_some(meant);
    shapes.into_iter().flatten().chain(itself)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_system_end_alike() {
        assert_eq!(
            tidy("一\r\n二\r三\n四\u{2028}五\u{c}六"),
            "一\n二\n三\n四\n五\n六"
        );
    }

    #[test]
    fn what_cannot_be_seen_is_dropped_and_tabs_stay() {
        assert_eq!(tidy("\u{feff}县\0政\u{200b}府\u{7}\t一"), "县政府\t一");
    }

    #[test]
    fn a_page_of_blank_lines_becomes_one() {
        assert_eq!(tidy("\n\n上 \n \n\n\n　\n下\n\n"), "上\n\n下");
    }

    #[test]
    fn radicals_become_the_characters_people_search_for() {
        assert_eq!(tidy("⼈⺠法院⻓"), "人民法院长");
    }

    #[test]
    fn a_character_with_a_width_of_its_own_keeps_it() {
        assert_eq!(tidy("（２０２６）１号"), "（２０２６）１号");
    }
}
