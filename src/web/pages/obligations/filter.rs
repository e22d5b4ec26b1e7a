//! The form above the ledger: what can be asked, and what was.

use jiff::civil::Date;
use serde::Deserialize;
use uuid::Uuid;

use super::super::{given, read};
use crate::{
    app::{Directory, Error},
    domain::{Duty, LedgerCriteria, LedgerOrder, ObligationState, Rules, Side, UnitId},
};

/// What a form or a link asks for; what is left empty does not matter.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Asked {
    side: String,
    view: String,
    sort: String,
    state: String,
    kind: String,
    debtor: String,
    creditor: String,
    overdue: String,
    due_from: String,
    due_until: String,
    since: String,
    until: String,
    cursor: String,
}

/// A field of the form.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) value: String,
    /// What there is to choose from; nothing for a day.
    pub(super) choices: Vec<(String, String)>,
}

impl Asked {
    /// The view that was chosen.
    pub(super) fn view(&self) -> Option<&str> {
        given(&self.view)
    }

    /// Where to go on.
    pub(super) fn cursor(&self) -> Option<&str> {
        given(&self.cursor)
    }

    /// What was asked for.
    pub(super) fn criteria(&self) -> Result<LedgerCriteria, Error> {
        let unit = |name, text| Ok::<_, Error>(read::<Uuid>(name, text)?.map(UnitId));
        Ok(LedgerCriteria {
            side: read("side", &self.side)?,
            order: read::<LedgerOrder>("sort", &self.sort)?,
            state: read::<ObligationState>("state", &self.state)?,
            kind: given(&self.kind).map(ToOwned::to_owned),
            debtor: unit("debtor", &self.debtor)?,
            creditor: unit("creditor", &self.creditor)?,
            overdue: read("overdue", &self.overdue)?,
            due_from: read("due_from", &self.due_from)?,
            due_until: read("due_until", &self.due_until)?,
            since: read("since", &self.since)?,
            until: read("until", &self.until)?,
        })
    }
}

/// Criteria as names and values, the way that the page and the interface are asked.
pub(super) fn pairs(criteria: &LedgerCriteria) -> Vec<(&'static str, String)> {
    let unit = |unit: Option<UnitId>| unit.map(|unit| unit.to_string());
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    let order = criteria.order.filter(|order| *order != LedgerOrder::Newest);
    let all = [
        ("side", Some(criteria.side().code().to_owned())),
        ("sort", order.map(|order| order.code().to_owned())),
        ("state", criteria.state.map(|state| state.code().to_owned())),
        ("kind", criteria.kind.clone()),
        ("debtor", unit(criteria.debtor)),
        ("creditor", unit(criteria.creditor)),
        (
            "overdue",
            criteria.overdue.map(|overdue| overdue.to_string()),
        ),
        ("due_from", day(criteria.due_from)),
        ("due_until", day(criteria.due_until)),
        ("since", day(criteria.since)),
        ("until", day(criteria.until)),
    ];
    let given = all.into_iter();
    given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// The fields of the form, filled in as was asked.
pub(super) fn fields(
    criteria: &LedgerCriteria,
    names: &Directory,
    rules: &Rules,
    today: Date,
) -> Vec<Field> {
    let pairs = pairs(criteria);
    let value = |name| {
        let found = pairs.iter().find(|(given, _)| *given == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let field = |name, label, choices| Field {
        name,
        label,
        value: value(name),
        choices,
    };
    let mut fields = vec![
        field("state", "状态", states()),
        field("overdue", "逾期", lateness()),
        field("kind", "种类", kinds(rules, today)),
    ];
    if criteria.side() != Side::Owed {
        fields.push(field("debtor", "应回复单位", units(names)));
    }
    if criteria.side() != Side::Due {
        fields.push(field("creditor", "发文单位", units(names)));
    }
    fields.extend([
        field("due_from", "期限不早于", Vec::new()),
        field("due_until", "期限不晚于", Vec::new()),
        field("since", "产生不早于", Vec::new()),
        field("until", "产生不晚于", Vec::new()),
        field("sort", "排序", orders()),
    ]);
    fields
}

fn choice(code: impl Into<String>, label: impl Into<String>) -> (String, String) {
    (code.into(), label.into())
}

fn states() -> Vec<(String, String)> {
    let states = ObligationState::ALL.iter();
    let states = states.map(|state| choice(state.code(), state.label()));
    [choice("", "不限")].into_iter().chain(states).collect()
}

fn lateness() -> Vec<(String, String)> {
    vec![
        choice("", "不限"),
        choice("true", "逾期的（含逾期回复）"),
        choice("false", "没有逾期的"),
    ]
}

/// The kinds that a reply may be owed to.
fn kinds(rules: &Rules, today: Date) -> Vec<(String, String)> {
    let kinds = rules.kinds_on(today);
    let kinds = kinds.filter(|kind| kind.duty != Duty::SignOnly);
    let kinds = kinds.map(|kind| choice(kind.code.clone(), kind.name.clone()));
    [choice("", "不限")].into_iter().chain(kinds).collect()
}

fn units(names: &Directory) -> Vec<(String, String)> {
    let units = names.units();
    let mut units: Vec<_> = units
        .map(|(id, unit)| choice(id.to_string(), unit.short_name.clone()))
        .collect();
    units.sort_by(|one, other| one.1.cmp(&other.1));
    units.insert(0, choice("", "不限"));
    units
}

fn orders() -> Vec<(String, String)> {
    let orders = LedgerOrder::ALL.iter();
    let code = |order: &LedgerOrder| match order {
        LedgerOrder::Newest => "",
        order => order.code(),
    };
    orders
        .map(|order| choice(code(order), order.label()))
        .collect()
}
