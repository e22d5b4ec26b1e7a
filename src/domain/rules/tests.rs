use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::domain::{Duty, Genre, Term};

/// The shipped files with one place changed, and what is said of it.
fn fault_after(file: &str, old: &str, new: &str) -> String {
    let texts = [
        ("kinds.toml", KINDS),
        ("deadlines.toml", DEADLINES),
        ("2026.toml", YEARS[3]),
    ];
    let [kinds, deadlines, year] = texts.map(|(name, text)| {
        if name == file {
            assert!(text.contains(old), "{old} is not in {file}");
            text.replacen(old, new, 1)
        } else {
            text.to_owned()
        }
    });
    Rules::from_toml(&kinds, &deadlines, &[&year])
        .unwrap_err()
        .to_string()
}

#[test]
fn the_shipped_rules_are_sound() {
    let rules = Rules::built_in();
    assert_eq!(
        rules
            .calendar
            .years()
            .map(|year| year.year)
            .collect::<Vec<_>>(),
        [2023, 2024, 2025, 2026]
    );
    let genres: BTreeSet<_> = rules.kinds.iter().filter_map(|kind| kind.genre).collect();
    assert_eq!(genres.len(), Genre::ALL.len());
}

#[test]
fn every_row_of_the_table_of_deadlines_is_shipped() {
    use Term::{Days, Months, WorkingDays};
    let rules = Rules::built_in();
    let table = [
        ("SJ-ZH", Some(Months(2))),
        ("SJ-GF", Some(Days(60))),
        ("SJ-CF", None),
        ("SJ-QT", Some(Months(2))),
        ("JC-SH", Some(Months(2))),
        ("JC-GY", Some(Months(2))),
        ("JC-GY-JJ", Some(Days(15))),
        ("JC-QT", Some(Months(2))),
        ("JC-ZS", Some(Months(3))),
        ("JC-JS", Some(Months(1))),
        ("JC-JZ", Some(Months(3))),
        ("JC-TZ", None),
        ("JC-TZ-FC", Some(Days(7))),
        ("FY-YJ", Some(Days(60))),
        ("FY-JY", None),
        ("FY-DF", Some(WorkingDays(10))),
        ("FY-DF-JY", Some(WorkingDays(5))),
        ("FY-ZS", Some(Days(60))),
        ("YS-DB", Some(Days(15))),
        ("YS-CT", None),
        ("GW-ZQ", Some(WorkingDays(7))),
        ("GW-BL", Some(WorkingDays(10))),
        ("FG-TB", Some(WorkingDays(3))),
        ("JJ", None),
        ("LX-YD", None),
        ("LX-BS", Some(WorkingDays(10))),
    ];
    for (code, term) in table {
        let rule = rules.deadline_rule(code, date(2026, 9, 1)).unwrap();
        assert_eq!(rule.term, term, "{code}");
    }
    assert_eq!(rules.deadline_rules.len(), table.len());
}

#[test]
fn an_upward_document_names_who_signed_it() {
    let rules = Rules::built_in();
    for kind in rules
        .kinds
        .iter()
        .filter(|kind| kind.genre.is_some_and(Genre::goes_upward))
    {
        assert!(
            kind.field("signer").is_some_and(|field| field.required),
            "{}",
            kind.code
        );
    }
}

#[test]
fn what_is_switched_off_is_not_offered_but_still_known() {
    let rules = Rules::built_in();
    let today = date(2026, 9, 1);
    assert!(
        rules
            .kinds_for(Branch::Other, today)
            .all(|kind| kind.code != "JJ")
    );
    assert_eq!(rules.kind("JJ", today).unwrap().name, "监察建议书");
    let of_court: Vec<_> = rules
        .kinds_for(Branch::Court, today)
        .map(|kind| &kind.code)
        .collect();
    assert!(of_court.iter().any(|code| *code == "SJ-ZH"));
    assert!(of_court.iter().all(|code| !code.starts_with("JC-")));
}

#[test]
fn a_rule_is_known_only_from_its_first_day() {
    let rules = Rules::built_in();
    assert_eq!(rules.kind("SJ-ZH", date(2023, 11, 15)), None);
    assert!(rules.kind("SJ-ZH", date(2023, 11, 16)).is_some());
    assert_eq!(rules.deadline_rule("SJ-ZH", date(2023, 11, 15)), None);
}

#[test]
fn a_new_version_takes_over_on_its_day() {
    let closed = "code = \"FG-TB\"\nversion = 1\neffective_to = \"2026-12-31\"";
    let deadlines = DEADLINES.replacen("code = \"FG-TB\"\nversion = 1", closed, 1);
    let newer = "[[rule]]\ncode = \"FG-TB\"\nversion = 2\nname = \"签收\"\nanchor = \"arrival\"\n\
                 effective_from = \"2027-01-01\"\nterm = { working_days = 5 }\n\
                 ladder = \"sign\"\nbasis = \"新规定\"\n";
    let deadlines = format!("{deadlines}\n{newer}");
    let rules = Rules::from_toml(KINDS, &deadlines, &[]).unwrap();
    let version = |on| rules.deadline_rule("FG-TB", on).map(|rule| rule.version);
    assert_eq!(version(date(2026, 12, 31)), Some(1));
    assert_eq!(version(date(2027, 1, 1)), Some(2));
    assert_eq!(
        rules.deadline_rule_version("FG-TB", 1).unwrap().term,
        Some(Term::WorkingDays(3))
    );
}

#[test]
fn every_field_of_the_dictionary_is_used() {
    let rules = Rules::built_in();
    let used: BTreeSet<_> = rules
        .kinds
        .iter()
        .flat_map(|kind| kind.fields.iter().map(|field| field.name.as_str()))
        .collect();
    let defined = KINDS
        .lines()
        .filter_map(|line| line.strip_prefix("[fields.")?.strip_suffix(']'));
    assert_eq!(
        defined
            .filter(|name| !used.contains(name))
            .collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn every_demand_for_an_answer_leads_to_a_form_that_a_clerk_can_fill() {
    let rules = Rules::built_in();
    for kind in rules
        .kinds
        .iter()
        .filter(|kind| kind.duty != Duty::SignOnly)
    {
        let required = kind.fields.iter().filter(|field| field.required).count();
        assert!(required <= 12, "{} demands {required} fields", kind.code);
    }
}

/// File, what stands in it, what is written instead, what is said of it.
const SLIPS: &str = r#"
kinds.toml | deadline_rule = "SJ-ZH" | deadline_rule = "SJ-XX" | kinds.toml · [[kind]] SJ-ZH（第 1 版） · deadline_rule：没有名为“SJ-XX”的期限规则
kinds.toml | required = [\n    "problems" | required = [\n    "problem" | kinds.toml · [[kind]] SJ-ZH（第 1 版） · required：[fields] 中没有定义“problem”
kinds.toml | duty = "reply" | duty = "answer" | kinds.toml · [[kind]] SJ-ZH · duty：第
kinds.toml | reply_kinds = ["HF"] | reply_kinds = ["SJ-QT"] | reply_kinds：没有名为“SJ-QT”的回复类文书种类
kinds.toml | reply_kinds = ["HF"] | reply_kinds = ["HF-YJ"] | reply_kinds：政府收到后没有可用的回复文书种类
kinds.toml | code = "SJ-GF" | code = "SJ-ZH" | 同一代码、同一版本出现了两次
kinds.toml | code = "SJ-GF"\nversion = 1 | code = "SJ-ZH"\nversion = 2 | effective_from：与第 1 版的施行期间重叠
kinds.toml | is = "true" | is = "yes" | deadline_choices：字段“emergency”不会有“yes”这个值
kinds.toml | effective_from = "2023-11-16" | effective_from = "2023-11-15" | 在 2023-11-15 没有施行中的版本
kinds.toml | itemised = "suggestions" | itemised = "signer" | itemised：“signer”应当是本种类的逐条文字字段
deadlines.toml | term = { months = 2 } | term = { month = 2 } | deadlines.toml · [[rule]] SJ-ZH · term：第
deadlines.toml | term = { months = 2 } | term = { months = 200 } | [[rule]] SJ-ZH（第 1 版） · term：期限的数目
deadlines.toml | term = { months = 2 } | terms = { months = 2 } | [[rule]] SJ-ZH · terms：第
deadlines.toml | term = { months = 2 } | terms = { months = 2 } | 有不认识的键“terms”
deadlines.toml | basis = | # basis = | 缺少键“basis”
deadlines.toml | urgent = { written = true } | urgent = { } | urgent：应当写明 term 或者 written = true
deadlines.toml | ladder = "reply" | ladder = "replies" | ladder：没有名为“replies”的 [[ladder]]
deadlines.toml | code = "unsigned-1" | code = "arrival" | [[ladder]] reply · steps：步骤“arrival”出现了两次
deadlines.toml | effective_from = "2023-11-16" | effective_from = "2023-11-31" | deadlines.toml · [[rule]] SJ-ZH · effective_from：第
2026.toml | "2026-01-04" | "2026-01-05" | workdays/2026.toml：2026 年的放假安排把 2026-01-05
2026.toml | year = 2026 | yaer = 2026 | 有不认识的键“yaer”
"#;

#[test]
fn a_slip_is_reported_with_file_section_and_key() {
    for line in SLIPS.lines().filter(|line| !line.is_empty()) {
        let line = line.replace("\\n", "\n");
        let columns: Vec<_> = line.split(" | ").collect();
        let said = fault_after(columns[0], columns[1], columns[2]);
        assert!(said.contains(columns[3]), "{line}\n said: {said}");
    }
}
