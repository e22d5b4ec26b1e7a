//! What a text of regulation is worth beside others, told from its title alone: the laws of the
//! country come before what was made to carry them out, and that before what one place rules.

/// Steps above anything else: 3 for a law of the country, 2 for an interpretation of a supreme
/// organ or a regulation for the whole country, 0 for all others.
pub(crate) fn authority(title: &str) -> u64 {
    let title = title.trim_start_matches(['《', ' ', '\u{3000}']);
    let ends_with = |endings: &[&str]| {
        // What follows is the year of a revision.
        let title = title.split_once('（').map_or(title, |(title, _)| title);
        let title = title.trim_end_matches(['》', ' ', '\u{3000}']);
        endings.iter().any(|ending| title.ends_with(ending))
    };
    if title.starts_with("中华人民共和国") {
        return match () {
            // A code may lie here in parts: 民法典 合同编.
            () if ends_with(&["法"]) || title.contains("法典") => 3,
            () if ends_with(&["条例", "实施细则", "办法"]) => 2,
            () => 1,
        };
    }
    let is_supreme = title.starts_with("最高人民法院") || title.starts_with("最高人民检察院");
    if is_supreme && ends_with(&["解释", "规定", "意见", "批复"]) {
        return 2;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::authority;

    #[test]
    fn the_laws_of_the_country_come_first() {
        assert_eq!(authority("中华人民共和国民法典"), 3);
        assert_eq!(authority("中华人民共和国民法典 合同编"), 3);
        assert_eq!(authority("《中华人民共和国行政诉讼法》（2017年修正）"), 3);
        assert_eq!(authority("中华人民共和国政府信息公开条例"), 2);
        assert_eq!(authority("最高人民法院关于适用担保制度的解释"), 2);
        assert_eq!(authority("青岛市海洋环境保护规定"), 0);
        assert_eq!(authority(""), 0);
    }
}
