//! What counts as the same text.

#[path = "common/oracle.rs"]
#[expect(dead_code, reason = "only its folding is of use here")]
mod oracle;

use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
use wenshu_index::folded;

#[test]
fn texts_that_mean_the_same_fold_to_the_same() {
    for (written, folds_to) in [
        ("ＡＢＣ１２３", "abc123"),
        ("Ａ", "a"),
        ("ΑΣς", "ασσ"),
        ("ДОГОВОР", "договор"),
        ("İ", "İ"),
        ("ẞ", "ß"),
        ("〔2020〕115号", "(2020)115号"),
        ("［2020］ 115 號", "(2020)115号"),
        ("【2020】", "(2020)"),
        ("﹝2020﹞", "(2020)"),
        ("（２０２０）", "(2020)"),
        ("㈠", "(一)"),
        ("①", "1"),
        ("№", "no"),
        ("ﬁ", "fi"),
        ("㎡", "m2"),
        ("ｶﾞ", "ガ"),
        ("e\u{301}", "é"),
        ("檢察院對訴訟", "检察院对诉讼"),
        ("裡面", "里面"),
        ("乾", "干"),
        ("薴", "苎"),
        ("\u{F9DC}", "隆"),
        ("行政\n复\u{3000}议\t\u{A0}", "行政复议"),
        ("行\u{200B}政\u{FEFF}复\u{AD}议\u{202E}", "行政复议"),
        ("葛\u{E0100}", "葛"),
        ("\u{0}", ""),
        ("，。；：", ",。;:"),
        ("《行政复议法》", "《行政复议法》"),
        ("“放管服”", "“放管服”"),
        ("\u{E004}", "\u{E004}"),
        ("𠀀", "𠀀"),
    ] {
        assert_eq!(folded(written), folds_to, "{written:?}");
    }
}

proptest! {
    #![proptest_config(Config {
        cases: 400,
        rng_seed: RngSeed::Fixed(9704),
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn folding_by_clusters_is_folding_the_whole(
        text in "[ -~\u{A0}-\u{AC}é\u{300}-\u{330}ᄀ-ᇿ가-각぀-ヿ㈀-㏿一-龥０-９ｦ-ﾟ\u{1D15E}-\u{1D16E}ﬀ-ﬆ]{0,40}",
    ) {
        // The oracle lowers İ to two characters; no letter above does so.
        prop_assert_eq!(folded(&text), oracle::fold(&text).into_iter().collect::<String>());
    }
}

#[test]
fn no_mark_is_overlooked_whatever_it_stands_behind() {
    // Every mark that composes with the letter before it must be seen to do so.
    for mark in ('\u{80}'..='\u{FFFF}').filter(|c| !c.is_control()) {
        for letter in ["e", "か", "\u{1100}"] {
            let text = format!("{letter}{mark}");
            let whole: String = oracle::fold(&text).into_iter().collect();
            if whole.chars().count() == 1 && oracle::fold(&mark.to_string()).len() == 1 {
                assert_eq!(folded(&text), whole, "{text:?}");
            }
        }
    }
}
