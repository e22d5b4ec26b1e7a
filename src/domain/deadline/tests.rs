use std::sync::LazyLock;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::domain::Rules;

const MONTHS_2: Term = Term::Months(2);
const MONTHS_3: Term = Term::Months(3);

fn calendar() -> &'static Calendar {
    static RULES: LazyLock<Rules> = LazyLock::new(Rules::built_in);
    &RULES.calendar
}

fn rule(term: Option<Term>) -> DeadlineRule {
    DeadlineRule {
        code: "SJ-ZH".to_owned(),
        version: 3,
        name: "书面反馈".to_owned(),
        effective_from: date(2023, 11, 16),
        effective_to: None,
        anchor: Anchor::Signing,
        term,
        written: false,
        urgent: None,
        extra_urgent: None,
        notice_days: None,
        extension: None,
        ladder: "reply".to_owned(),
        basis: "某规定第八条".to_owned(),
        follow_up: String::new(),
    }
}

fn due(anchor: Date, term: Term) -> DueDate {
    rule(Some(term))
        .due(anchor, None, Urgency::Normal, calendar())
        .unwrap()
}

/// Received, term, end before rest days are looked at, due.
const WORKED_EXAMPLES: &str = "
    2025-12-31  2个月       2026-02-28  2026-02-28  没有三十一日；周六，但调休上班
    2026-07-20  2个月       2026-09-20  2026-09-20  周日，但调休上班
    2026-08-01  2个月       2026-10-01  2026-10-08  国庆节
    2025-12-15  2个月       2026-02-15  2026-02-24  春节
    2026-06-30  2个月       2026-08-30  2026-08-31  周日
    2023-12-29  2个月       2024-02-29  2024-02-29  闰年
    2024-12-31  2个月       2025-02-28  2025-02-28  没有三十一日
    2026-02-28  2个月       2026-04-28  2026-04-28  月末不变为月末
    2026-08-03  60日        2026-10-02  2026-10-08  按日，不按月
    2026-09-20  15日        2026-10-05  2026-10-08  国庆节
    2026-09-17  10个工作日  2026-10-08  2026-10-08  计入调休的周日，跳过中秋节、国庆节
    2026-02-12  5个工作日   2026-02-26  2026-02-26  计入调休的周六，跳过春节
    2026-04-30  7个工作日   2026-05-13  2026-05-13  计入调休的周六
    2026-06-18  10个工作日  2026-07-03  2026-07-03  端午节
    2026-01-31  1个月       2026-02-28  2026-02-28  周六，但调休上班
    2026-11-30  3个月       2027-02-28  2027-03-01  暂定：2027年尚未公布
";

fn term(text: &str) -> Term {
    let count = |unit| text.strip_suffix(unit).and_then(|count| count.parse().ok());
    let days = || {
        count("个工作日")
            .map(Term::WorkingDays)
            .or(count("日").map(Term::Days))
    };
    let term = count("个月").map(Term::Months).or_else(days).unwrap();
    assert_eq!(term.to_string(), text);
    term
}

#[test]
fn the_worked_examples_come_out() {
    for line in WORKED_EXAMPLES.lines().filter(|line| !line.is_empty()) {
        let columns: Vec<_> = line.split_whitespace().collect();
        let found = due(columns[0].parse().unwrap(), term(columns[1]));
        let (raw_end, due_on) = (found.raw_end_on.to_string(), found.due_on.to_string());
        assert_eq!(
            (raw_end.as_str(), due_on.as_str()),
            (columns[2], columns[3]),
            "{line}"
        );
        assert_eq!(found.provisional, columns[4].starts_with("暂定"), "{line}");
    }
}

#[test]
fn a_due_date_tells_its_derivation() {
    let found = due(date(2026, 8, 1), MONTHS_2);
    let steps: Vec<_> = found
        .steps
        .iter()
        .map(|step| format!("{} {}", step.date, step.text))
        .collect();
    assert_eq!(
        steps,
        [
            "2026-08-02 签收日为 2026-08-01，当日不计入，自 2026-08-02 起算\
             （参照《民法典》第二百零一条、《民事诉讼法》第八十五条）",
            "2026-10-01 规定的期限为2个月，届满日为到期月的对应日 2026-10-01（《民法典》第二百零二条）",
            "2026-10-08 2026-10-01 为节假日，顺延至其后第一个工作日 2026-10-08\
             （《民法典》第二百零三条，参照《民事诉讼法》第八十五条）",
        ]
    );
    assert_eq!((found.rule_code.as_str(), found.rule_version), ("SJ-ZH", 3));
    assert_eq!(
        (found.basis.as_str(), found.years_used),
        ("某规定第八条", vec![2026])
    );
}

#[test]
fn a_worked_saturday_is_said_to_be_one() {
    let found = due(date(2025, 12, 31), MONTHS_2);
    assert!(
        found.steps[1].text.contains("没有对应日"),
        "{:?}",
        found.steps
    );
    assert!(
        found.steps[2].text.contains("调休上班日"),
        "{:?}",
        found.steps
    );
}

#[test]
fn a_date_at_the_end_of_december_waits_for_the_next_notice() {
    let found = due(date(2026, 10, 30), MONTHS_2);
    assert_eq!(
        (found.due_on, found.provisional),
        (date(2026, 12, 30), true)
    );
    assert_eq!(found.years_used, [2026, 2027]);
    assert!(
        found
            .steps
            .last()
            .unwrap()
            .text
            .starts_with("2027 年的放假安排尚未公布")
    );

    let settled = due(date(2025, 10, 30), MONTHS_2);
    assert!(!settled.provisional);
}

#[test]
fn what_is_written_in_the_document_wins() {
    let calendar = calendar();
    let rule = rule(Some(MONTHS_2));
    let anchor = date(2026, 9, 1);
    let ask = |written| {
        rule.due(anchor, written, Urgency::Normal, calendar)
            .unwrap()
    };

    let on_a_holiday = ask(Some(Written::On(date(2026, 10, 3))));
    assert_eq!(on_a_holiday.due_on, date(2026, 10, 3));
    assert!(on_a_holiday.steps[0].text.contains("不顺延"));
    assert!(!on_a_holiday.provisional);

    let within = ask(Some(Term::Days(32).into()));
    assert_eq!(
        (within.raw_end_on, within.due_on),
        (date(2026, 10, 3), date(2026, 10, 8))
    );
    assert!(within.steps[1].text.starts_with("文书写明的期限为32日"));
}

#[test]
fn without_a_term_only_a_written_limit_counts() {
    let calendar = calendar();
    let open = rule(None);
    let anchor = date(2026, 9, 1);
    assert_eq!(open.due(anchor, None, Urgency::Normal, calendar), None);
    let written = open.due(
        anchor,
        Some(date(2026, 9, 30).into()),
        Urgency::Normal,
        calendar,
    );
    assert_eq!(written.unwrap().due_on, date(2026, 9, 30));
}

#[test]
fn urgency_shortens_the_term_or_asks_the_issuer() {
    let calendar = calendar();
    let rule = DeadlineRule {
        urgent: Some(Haste {
            term: Some(Term::WorkingDays(3)),
            written: false,
        }),
        extra_urgent: Some(Haste {
            term: None,
            written: true,
        }),
        ..rule(Some(Term::WorkingDays(10)))
    };
    let ask = |urgency| {
        rule.due(date(2026, 3, 2), None, urgency, calendar)
            .unwrap()
            .due_on
    };
    assert_eq!(ask(Urgency::Normal), date(2026, 3, 16));
    assert_eq!(ask(Urgency::Urgent), date(2026, 3, 5));
    assert_eq!(
        ask(Urgency::ExtraUrgent),
        date(2026, 3, 16),
        "nothing written: the ordinary term"
    );
    assert!(rule.needs_written(Urgency::ExtraUrgent));
    assert!(!rule.needs_written(Urgency::Urgent));
}

#[test]
fn an_extension_ends_at_its_cap() {
    let calendar = calendar();
    let by = ExtensionBy::RecipientPresident;
    let rule = DeadlineRule {
        extension: Some(Extension {
            by,
            max: Some(Term::Months(1)),
        }),
        ..rule(Some(MONTHS_3))
    };
    let original = rule
        .due(date(2026, 5, 30), None, Urgency::Normal, calendar)
        .unwrap();
    assert_eq!(
        (original.raw_end_on, original.due_on),
        (date(2026, 8, 30), date(2026, 8, 31))
    );
    let ask = |new| rule.check_extension(&original, original.due_on, new, calendar);

    assert_eq!(ask(date(2026, 9, 30)), Ok(()));
    let latest = date(2026, 9, 30);
    let too_far = ExtensionFault::TooFar {
        max: Term::Months(1),
        latest,
    };
    assert_eq!(ask(date(2026, 10, 1)), Err(too_far));
    assert_eq!(
        ask(original.due_on),
        Err(ExtensionFault::NotLater(original.due_on))
    );
    let fixed = self::rule(Some(MONTHS_3));
    let refused = fixed.check_extension(&original, original.due_on, latest, calendar);
    assert_eq!(refused.unwrap_err().to_string(), "“书面反馈”的期限不能延长");
}

#[test]
fn a_hearing_is_notified_three_days_before() {
    let rule = DeadlineRule {
        notice_days: Some(3),
        ..rule(None)
    };
    assert_eq!(rule.notify_by(date(2026, 9, 10)), Some(date(2026, 9, 7)));
}

fn days_of(circumstances: &Circumstances) -> Vec<String> {
    let rules = Rules::built_in();
    let ladder = rules.ladder("reply").unwrap();
    ladder
        .schedule(circumstances, &rules.calendar)
        .into_iter()
        .map(|(step, date)| format!("{} {}", step.code, date.strftime("%m-%d")))
        .collect()
}

#[test]
fn a_long_term_is_counted_down_and_a_short_one_halved() {
    let mut of = Circumstances {
        arrived_on: date(2026, 3, 2),
        signed_on: Some(date(2026, 3, 2)),
        anchor_on: Some(date(2026, 3, 2)),
        due_on: Some(date(2026, 5, 6)),
    };
    assert_eq!(
        days_of(&of),
        [
            "arrival 03-02",
            "t-15 04-21",
            "t-7 04-29",
            "t-3 05-03",
            "t-1 05-05",
            "t-0 05-06",
            "overdue-1 05-07",
            "overdue-7 05-13",
            "overdue-15 05-21",
        ]
    );
    of.due_on = Some(date(2026, 3, 12));
    assert_eq!(
        days_of(&of),
        [
            "arrival 03-02",
            "half-time 03-07",
            "t-1 03-11",
            "t-0 03-12",
            "overdue-1 03-13",
            "overdue-7 03-19",
            "overdue-15 03-27",
        ]
    );
}

#[test]
fn only_the_unsigned_are_asked_to_sign() {
    let mut of = Circumstances {
        arrived_on: date(2026, 3, 6),
        signed_on: None,
        anchor_on: None,
        due_on: None,
    };
    assert_eq!(
        days_of(&of),
        ["arrival 03-06", "unsigned-1 03-09", "unsigned-2 03-10"]
    );
    of.signed_on = Some(date(2026, 3, 10));
    assert_eq!(days_of(&of), ["arrival 03-06", "unsigned-1 03-09"]);
}

fn any_day() -> impl Strategy<Value = Date> {
    (0..2_200i64).prop_map(|days| date(2022, 11, 1).saturating_add(jiff::Span::new().days(days)))
}

fn any_term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (0..13u16).prop_map(Term::Months),
        (0..200u16).prop_map(Term::Days),
        (0..60u16).prop_map(Term::WorkingDays),
    ]
}

proptest! {
    #[test]
    fn a_due_date_is_a_working_day_and_the_first_from_the_raw_end(
        anchor in any_day(), term in any_term(),
    ) {
        let calendar = calendar();
        let found = due(anchor, term);
        prop_assert!(anchor <= found.raw_end_on && found.raw_end_on <= found.due_on);
        prop_assert!(calendar.is_working_day(found.due_on));
        prop_assert_eq!(found.due_on, calendar.next_working_day_on_or_after(found.raw_end_on));
    }

    #[test]
    fn who_receives_later_answers_no_earlier(
        one in any_day(), other in any_day(), term in any_term(),
    ) {
        let (early, late) = (one.min(other), one.max(other));
        prop_assert!(due(early, term).due_on <= due(late, term).due_on);
    }

    #[test]
    fn a_longer_term_ends_no_earlier(anchor in any_day(), days in 0..200u16) {
        for term in [Term::Days, Term::WorkingDays, Term::Months] {
            prop_assert!(due(anchor, term(days)).due_on <= due(anchor, term(days + 1)).due_on);
        }
    }

    #[test]
    fn working_days_are_counted_as_they_are_added(anchor in any_day(), days in 0..60u16) {
        let calendar = calendar();
        let end = calendar.add_working_days(anchor, days);
        prop_assert_eq!(calendar.working_days_between(anchor, end), u32::from(days));
        prop_assert_eq!(calendar.add_working_days(anchor, 0), anchor);
    }

    #[test]
    fn a_date_is_provisional_exactly_when_a_year_it_rests_on_is_unpublished(
        anchor in any_day(), term in any_term(),
    ) {
        let calendar = calendar();
        let found = due(anchor, term);
        let unpublished = found.years_used.iter().any(|year| !calendar.is_published(*year));
        prop_assert_eq!(found.provisional, unpublished);
        if !found.provisional {
            prop_assert!(calendar.is_settled(found.due_on));
        }
    }
}
