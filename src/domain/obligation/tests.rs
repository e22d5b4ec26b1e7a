use jiff::civil::date;
use serde_json::json;

use super::{DutyAct, Obligation, ObligationState as State, Part, Progress};
use crate::domain::{
    DeadlineRule, DeliveryId, DocumentId, DueDate, ObligationId, Role, Rules, UnitId, Urgency,
    deadline::{EscalationLevel, ExtensionBy},
};

/// Where a duty can stand, with the requests that wait.
const STANDINGS: [(&str, State, bool, bool, bool); 11] = [
    (
        "awaiting_signature",
        State::AwaitingSignature,
        false,
        false,
        false,
    ),
    (
        "awaiting_registration",
        State::AwaitingRegistration,
        false,
        false,
        false,
    ),
    ("in_progress", State::InProgress, false, false, false),
    ("extending", State::InProgress, true, false, false),
    ("objecting", State::InProgress, true, true, false),
    ("supplementing", State::InProgress, false, false, true),
    ("replied", State::Replied, false, true, false),
    ("evaluated", State::Evaluated, false, false, false),
    ("closed", State::Closed, false, false, false),
    ("suspended", State::Suspended, false, false, false),
    ("withdrawn", State::Withdrawn, false, false, false),
];

/// Every act in every standing: `+` can be done, `-` cannot. The columns are [`STANDINGS`].
const TABLE: [(DutyAct, &str); 13] = [
    //                            signature
    //                            | registration
    //                            | | in progress
    //                            | | | extending
    //                            | | | | objecting (and extending)
    //                            | | | | | supplementing
    //                            | | | | | | replied (an objection still waits)
    //                            | | | | | | | evaluated
    //                            | | | | | | | | closed
    //                            | | | | | | | | | suspended
    //                            | | | | | | | | | | withdrawn
    (DutyAct::Register, "- + + + + + - - - - -"),
    (DutyAct::AskExtension, "- + + - - - - - - - -"),
    (DutyAct::DecideExtension, "- - - + + - - - - - -"),
    (DutyAct::Object, "- + + + - + - - - - -"),
    (DutyAct::DecideObjection, "- - - - + - + - - - -"),
    (DutyAct::AskSupplement, "- - - - - - + - - - -"),
    (DutyAct::Evaluate, "- - - - - - + - - - -"),
    (DutyAct::Close, "- - - - - - - + - - -"),
    (DutyAct::SuggestClose, "- - - - - - + + - - -"),
    (DutyAct::Reopen, "- - - - - - - + + - -"),
    (DutyAct::Remind, "+ + + + + + - - - - -"),
    (DutyAct::Supervise, "+ + + + + + + + - - -"),
    (DutyAct::Escalate, "+ + + + + + + + - - -"),
];

fn duty(state: State, extending: bool, objecting: bool, supplement: bool) -> Obligation {
    let day = date(2026, 11, 2);
    Obligation {
        id: ObligationId::fresh(),
        delivery: DeliveryId::fresh(),
        document: DocumentId::fresh(),
        debtor: UnitId::fresh(),
        creditor: UnitId::fresh(),
        rule: ("SJ-ZH".to_owned(), 1),
        state,
        typed_due_on: None,
        urgency: Urgency::Normal,
        sign_by: None,
        anchor_on: Some(date(2026, 9, 2)),
        original_due_on: Some(day),
        due: Some(DueDate {
            anchor_on: date(2026, 9, 2),
            due_on: day,
            raw_end_on: day,
            provisional: false,
            years_used: vec![2026],
            steps: Vec::new(),
            basis: String::new(),
            rule_code: "SJ-ZH".to_owned(),
            rule_version: 1,
        }),
        reply: None,
        progress: Progress {
            extending,
            objecting,
            supplement_due_on: supplement.then(|| date(2026, 12, 1)),
            ..Progress::default()
        },
        created_at: jiff::Timestamp::UNIX_EPOCH,
        revision: 1,
    }
}

fn rule(code: &str) -> DeadlineRule {
    let rules = Rules::built_in();
    rules.deadline_rule_version(code, 1).unwrap().clone()
}

#[test]
fn every_act_is_possible_exactly_where_the_table_says() {
    let rule = rule("SJ-ZH");
    assert_eq!(
        TABLE.map(|(act, _)| act),
        *DutyAct::ALL,
        "every act has a row"
    );
    for (act, cells) in TABLE {
        let cells: Vec<_> = cells.split(' ').collect();
        assert_eq!(cells.len(), STANDINGS.len(), "{act:?}");
        for (cell, (name, state, extending, objecting, supplement)) in cells.iter().zip(STANDINGS) {
            let duty = duty(state, extending, objecting, supplement);
            let can = act.obstacle(&duty, &rule).is_none();
            assert_eq!(can, *cell == "+", "{act:?} when {name}");
        }
    }
}

#[test]
fn what_waits_for_a_decision_is_shown_and_the_clock_runs_on() {
    for (name, state, extending, objecting, supplement) in STANDINGS {
        let duty = duty(state, extending, objecting, supplement);
        assert_eq!(duty.standing().code(), name);
        let waits = duty.is_running() && !supplement;
        let late = duty.days_overdue(date(2026, 11, 5), None);
        assert_eq!(late, waits.then_some(3), "{name}");
    }
    let shown: Vec<_> = STANDINGS.iter().map(|standing| standing.0).collect();
    for state in State::ALL {
        assert!(shown.contains(&state.code()), "{state:?}");
    }
    let stored = serde_json::to_value(State::Supplementing).unwrap();
    assert_eq!(stored, json!("supplementing"));
}

#[test]
fn what_completes_an_answer_is_late_by_its_own_day() {
    let waiting = duty(State::InProgress, false, false, true);
    assert_eq!(waiting.days_overdue(date(2026, 12, 1), None), None);
    assert_eq!(
        waiting.days_overdue(date(2026, 12, 3), Some(date(2026, 11, 9))),
        Some(2)
    );
    let answered = duty(State::Replied, false, false, false);
    let replied_on = Some(date(2026, 11, 9));
    assert_eq!(answered.days_overdue(date(2027, 1, 1), replied_on), Some(7));
}

#[test]
fn only_the_issuer_judges_and_the_office_only_suggests() {
    let rule = rule("SJ-ZH");
    let of = |part: Part| -> Vec<DutyAct> {
        let has = |act: &&DutyAct| act.rights(&rule).iter().any(|(who, _)| *who == part);
        DutyAct::ALL.iter().filter(has).copied().collect()
    };
    assert_eq!(
        of(Part::Debtor),
        [DutyAct::Register, DutyAct::AskExtension, DutyAct::Object]
    );
    assert_eq!(
        of(Part::Office),
        [DutyAct::SuggestClose, DutyAct::Remind, DutyAct::Supervise]
    );
    assert_eq!(
        of(Part::Creditor),
        [
            DutyAct::DecideExtension,
            DutyAct::DecideObjection,
            DutyAct::AskSupplement,
            DutyAct::Evaluate,
            DutyAct::Close,
            DutyAct::Reopen,
            DutyAct::Remind,
            DutyAct::Escalate,
        ]
    );
}

#[test]
fn the_rule_says_who_decides_on_more_time() {
    let cases = [
        ("SJ-ZH", Some((Part::Creditor, ExtensionBy::Issuer))),
        ("YS-DB", Some((Part::Creditor, ExtensionBy::Court))),
        (
            "JC-JZ",
            Some((Part::Debtor, ExtensionBy::RecipientPresident)),
        ),
        ("LX-YD", Some((Part::Office, ExtensionBy::Office))),
        ("JC-GY", None),
        ("SJ-GF", None),
    ];
    for (code, decides) in cases {
        let rule = rule(code);
        assert_eq!(
            rule.extension.map(|one| one.by),
            decides.map(|one| one.1),
            "{code}"
        );
        let rights = DutyAct::DecideExtension.rights(&rule);
        assert_eq!(
            rights.first().map(|one| one.0),
            decides.map(|one| one.0),
            "{code}"
        );
        let running = duty(State::InProgress, false, false, false);
        let asked = DutyAct::AskExtension.obstacle(&running, &rule);
        assert_eq!(asked.is_none(), decides.is_some(), "{code}");
    }
    let signers = DutyAct::DecideExtension.rights(&rule("SJ-ZH"))[0].1;
    assert_eq!(signers, [Role::Signer]);
    assert!(EscalationLevel::Superior > EscalationLevel::Supervision);
}
