//! What the grammar makes of what people type, and of what nobody should.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Fresh, parse, saying, titled};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed},
};
use wenshu_index::{Entry, MAX_CHARS, MAX_DEPTH, MAX_TERMS, Problem, Query};

const NOBODY: [u128; 0] = [];

fn problem(typed: &str) -> Problem {
    Query::parse(typed).expect_err(typed).problem()
}

/// Milliseconds of a time of day in China.
fn china(time: &str) -> i64 {
    let time: jiff::Timestamp = format!("{time}+08:00").parse().unwrap();
    time.as_millisecond()
}

#[test]
fn wide_signs_mean_what_narrow_ones_do() {
    for (wide, narrow) in [
        ("行政复议　农业", "行政复议 农业"),
        ("“人民 法院”", "\"人民 法院\""),
        ("＂人民 法院＂", "\"人民 法院\""),
        ("“人民法院\"", "\"人民法院\""),
        ("title：复议", "title:复议"),
        ("ＴＩＴＬＥ：复议", "title:复议"),
        ("复议 －诉讼", "复议 -诉讼"),
        ("复议 ＯＲ 诉讼", "复议 OR 诉讼"),
        ("（复议 OR 诉讼） 农业", "(复议 OR 诉讼) 农业"),
        ("year：２０２４", "year:2024"),
        ("2024－01．．2024－06", "2024-01..2024-06"),
        ("复议 AND 诉讼", "复议 诉讼"),
        ("复议 NOT 诉讼", "复议 -诉讼"),
        ("复议 NOT(诉讼 OR 农业)", "复议 -(诉讼 OR 农业)"),
        ("title: 复议", "title:复议"),
        ("title:(复议)", "title:复议"),
        ("title:(复议 OR 诉讼)", "title:复议 OR title:诉讼"),
        ("农业 -(诉讼)", "农业 -诉讼"),
        ("农业 title:-诉讼", "农业 -title:诉讼"),
        ("行政\"人民 法院\"院长", "行政 人民法院 院长"),
    ] {
        assert_eq!(parse(wide), parse(narrow), "{wide}");
    }
}

#[test]
fn and_binds_closer_than_or_and_not_closest() {
    assert_eq!(parse("甲 乙 OR 丙 -丁"), parse("(甲 乙) OR (丙 -丁)"));
}

#[test]
fn a_parenthesis_in_a_word_or_around_one_word_is_text() {
    let fresh = Fresh::with([
        titled(1, "某条例（试行）"),
        titled(2, "某条例试行办法"),
        titled(3, "国发(2004)18号"),
        titled(4, "第（一）项、1)甲"),
    ]);
    assert_eq!(fresh.ids("（试行）"), [1]);
    assert_eq!(fresh.ids("( 试行 )"), [2, 1]);
    assert_eq!(fresh.ids("试行"), [2, 1]);
    assert_eq!(fresh.ids("(2004)"), [3]);
    assert_eq!(fresh.ids("(国发(2004)18号 OR 试行)"), [3, 2, 1]);
    assert_eq!(fresh.ids("1)甲"), [4]);
    assert_eq!(fresh.ids("第（一"), [4]);
}

#[test]
fn a_curly_quote_that_a_word_goes_on_behind_is_text() {
    let fresh = Fresh::with([titled(1, "深化“放管服”改革"), titled(2, "放管服改革")]);
    assert_eq!(fresh.ids("“放管服”改革"), [1]);
    assert_eq!(fresh.ids("深化“放管服”改革"), [1]);
    assert_eq!(fresh.ids("“放管服”"), [2, 1]);
}

#[test]
fn a_hyphen_inside_a_word_is_text() {
    let fresh = Fresh::with([titled(1, "GB/T 33190-2016"), titled(2, "GB/T 33190")]);
    assert_eq!(fresh.ids("33190-2016"), [1]);
    assert_eq!(fresh.ids("33190 -2016"), [2]);
}

#[test]
fn dates_are_days_in_china() {
    let sent = |id, time| Entry {
        sent_at: china(time),
        ..titled(id, "函")
    };
    let fresh = Fresh::with([
        sent(1, "2023-12-31T23:59:59.999"),
        sent(2, "2024-01-01T00:00:00"),
        sent(3, "2024-06-30T23:59:59.999"),
        sent(4, "2024-07-01T00:00:00"),
    ]);
    assert_eq!(fresh.ids("2024-01..2024-06"), [3, 2]);
    assert_eq!(fresh.ids("2024-1-1..2024-1-1"), [2]);
    assert_eq!(fresh.ids("2024..2024"), [4, 3, 2]);
    assert_eq!(fresh.ids("函 ..2023"), [1]);
    assert_eq!(fresh.ids("函 2024-07.."), [4]);
    assert_eq!(fresh.ids("函 -2024.."), [1]);
}

#[test]
fn a_date_alone_or_in_quotes_is_text() {
    let fresh = Fresh::with([titled(1, "2024-01..2024-06"), titled(2, "2024-01-05")]);
    assert_eq!(fresh.ids("\"2024-01..2024-06\""), [1]);
    assert_eq!(fresh.ids("2024-01-05"), [2]);
    assert_eq!(fresh.ids("1..5"), NOBODY);
}

#[test]
fn a_kind_is_asked_for_by_code_or_name_and_a_year_by_number() {
    let kind = |id, code: &str, label: &str, year| Entry {
        kind: code.into(),
        kind_label: label.into(),
        year,
        ..titled(id, "某文")
    };
    let fresh = Fresh::with([
        kind(1, "letter", "函", 2023),
        kind(2, "judicial_advice", "司法建议书", 2024),
    ]);
    assert_eq!(fresh.ids("kind:letter"), [1]);
    assert_eq!(fresh.ids("kind:lett"), NOBODY);
    assert_eq!(fresh.ids("kind:司法建议"), [2]);
    assert_eq!(fresh.ids("KIND:\"Judicial_Advice\""), [2]);
    assert_eq!(fresh.ids("year:2023"), [1]);
    assert_eq!(fresh.ids("year:2023..2024"), [2, 1]);
    assert_eq!(fresh.ids("某文 -year:..2023"), [2]);
    assert!(fresh.hits("year:2023")[0].snippets[0].highlights.is_empty());
}

#[test]
fn an_unknown_field_is_text() {
    let fresh = Fresh::with([titled(1, "主送：市法院 http://example.cn")]);
    assert_eq!(fresh.ids("主送:市法院"), [1]);
    assert_eq!(fresh.ids("http://example"), [1]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (typed, expected, place) in [
        ("", Problem::Empty, 0),
        (" \u{3000}\n", Problem::Empty, 0),
        ("复议 \"诉讼", Problem::UnclosedQuote, 3),
        ("“", Problem::UnclosedQuote, 0),
        ("复议\"", Problem::UnclosedQuote, 2),
        ("\"\"", Problem::EmptyPhrase, 0),
        ("\" \u{200B}\"", Problem::EmptyPhrase, 0),
        ("复议 (诉讼 OR", Problem::UnclosedGroup, 3),
        ("(2020", Problem::UnclosedGroup, 0),
        ("复议 )", Problem::StrayParenthesis, 3),
        ("( )", Problem::EmptyGroup, 2),
        ("(复议 OR )", Problem::MissingOperand("OR"), 7),
        ("OR 复议", Problem::MissingOperand("OR"), 0),
        ("复议 OR", Problem::MissingOperand("OR"), 5),
        ("复议 OR OR 诉讼", Problem::MissingOperand("OR"), 6),
        ("AND 复议", Problem::MissingOperand("AND"), 0),
        ("复议 AND", Problem::MissingOperand("AND"), 6),
        ("复议 NOT", Problem::MissingOperand("NOT"), 3),
        ("- *", Problem::DanglingMinus, 0),
        ("复议 -", Problem::DanglingMinus, 3),
        ("title:", Problem::MissingValue("title"), 6),
        ("title: OR 复议", Problem::MissingValue("title"), 7),
        ("\u{0}\u{200B}", Problem::Invisible, 0),
        ("year:去年", Problem::BadYear, 5),
        ("2024-13..2024-14", Problem::BadDate, 0),
        ("函 2024-02-30..2024-03", Problem::BadDate, 2),
        ("2024..2023", Problem::ReversedRange, 0),
        ("year:2024..2020", Problem::ReversedRange, 5),
        ("-复议", Problem::OnlyNegative, 0),
        ("复议 OR -诉讼", Problem::OnlyNegative, 0),
        ("-(复议 诉讼)", Problem::OnlyNegative, 0),
    ] {
        let error = Query::parse(typed).expect_err(typed);
        assert_eq!(
            (error.problem(), error.place()),
            (expected, place),
            "{typed}"
        );
        assert!(error.to_string().contains(error.suggestion()), "{error}");
    }
}

#[test]
fn an_error_reads_as_a_sentence() {
    let error = Query::parse("复议 \"诉讼").unwrap_err();
    assert_eq!(
        error.to_string(),
        "第4个字处：引号没有成对。请补上另一半引号，或去掉这个引号。"
    );
}

#[test]
fn a_double_negation_asks_for_something() {
    assert_eq!(
        Fresh::with([saying(1, "复议"), saying(2, "诉讼")]).ids("--复议"),
        [1]
    );
}

#[test]
fn length_terms_and_depth_are_bounded() {
    assert!(Query::parse(&"法".repeat(MAX_CHARS)).is_ok());
    assert_eq!(problem(&"法".repeat(MAX_CHARS + 1)), Problem::TooLong);
    assert!(Query::parse(&"法 ".repeat(MAX_TERMS)).is_ok());
    assert_eq!(problem(&"法 ".repeat(MAX_TERMS + 1)), Problem::TooManyTerms);
    let nested = |depth| format!("{}甲 乙{}", "( ".repeat(depth), " )".repeat(depth));
    assert!(Query::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(problem(&nested(MAX_DEPTH + 1)), Problem::TooDeep);
    assert_eq!(
        problem(&format!("甲 {}乙", "-".repeat(MAX_DEPTH + 1))),
        Problem::TooDeep
    );
    assert_eq!(
        problem(&format!("甲 {}乙", "NOT ".repeat(MAX_DEPTH + 1))),
        Problem::TooDeep
    );
}

#[test]
fn queries_that_killed_other_engines_are_refused_or_answered() {
    let fresh = Fresh::with([saying(1, "-*\\^[]{}~/ 法")]);
    let parentheses = ["(", "（", "( ", "(a ", "-(", "title:("].map(|open| open.repeat(737));
    for typed in &parentheses {
        assert_eq!(problem(typed), Problem::TooLong);
        let short: String = typed.chars().take(MAX_CHARS).collect();
        assert!(Query::parse(&short).is_err());
    }
    for typed in [
        "*", "?", "[a TO b]", "法~2", "法^3", "/.*/", "title:*", "{", "\\", "*:*", "法*",
    ] {
        fresh.page(typed, common::VIEWER);
    }
    assert_eq!(fresh.ids("*"), [1]);
    assert_eq!(fresh.ids("法*"), NOBODY);
}

/// Signs of the grammar and a few words, so that random queries reach its corners.
const PIECES: &[&str] = &[
    "(",
    ")",
    "（",
    "）",
    "\"",
    "“",
    "”",
    "-",
    "－",
    " ",
    "　",
    "OR",
    "AND",
    "NOT",
    "title:",
    "year:",
    "kind：",
    "2024",
    "2024-01..",
    "..",
    "法",
    "院",
    "(2020)",
    "115",
    "号",
    "\u{0}",
    "\u{301}",
    "*",
    "〔",
];

proptest! {
    #![proptest_config(Config {
        cases: 4000,
        rng_seed: RngSeed::Fixed(9704),
        failure_persistence: None,
        ..Config::default()
    })]

    #[test]
    fn no_query_panics_and_every_error_lies_within_it(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
    ) {
        let typed = pieces.concat();
        if let Err(error) = Query::parse(&typed) {
            prop_assert!(error.place() <= typed.chars().count());
        }
    }

    #[test]
    fn any_text_in_quotes_is_a_query_unless_nothing_of_it_is_visible(text in "[^\"＂]{1,60}") {
        let is_visible = !wenshu_index::folded(&text).is_empty();
        prop_assert_eq!(Query::parse(&format!("\"{text}\"")).is_ok(), is_visible);
    }
}
