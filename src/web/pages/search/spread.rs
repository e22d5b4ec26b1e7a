//! How the results are spread, as links that narrow the search.

use super::{Link, href};
use crate::{
    app::{Directory, Spread},
    domain::{Rules, SearchCriteria},
};

/// How many values of a group are shown.
const SHOWN: usize = 12;

/// How many months are drawn at most, the latest.
const MONTHS: usize = 60;

/// The width of a month and the height of the fullest one, in the drawing's own measure.
const WIDTH: u64 = 10;
const HEIGHT: u64 = 40;

/// What the results can be narrowed by.
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) links: Vec<Link>,
}

/// A month in the drawing.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) height: u64,
}

/// A group for each thing in which the results differ, or by which they are narrowed.
pub(super) fn groups(
    spread: &Spread,
    criteria: &SearchCriteria,
    names: &Directory,
    rules: &Rules,
) -> Vec<Group> {
    let kind = |code: &String| rules.kind_name(code).to_owned();
    let unit = |id| {
        let unit = names.unit(id);
        unit.map(|unit| unit.short_name.clone()).unwrap_or_default()
    };
    let groups = [
        group(
            "种类",
            &spread.kinds,
            criteria.kind.as_ref(),
            kind,
            |kind| SearchCriteria {
                kind: kind.cloned(),
                ..criteria.clone()
            },
        ),
        group(
            "发文系统",
            &spread.branches,
            criteria.branch.as_ref(),
            |branch| branch.label().to_owned(),
            |branch| SearchCriteria {
                branch: branch.copied(),
                issuer: None,
                ..criteria.clone()
            },
        ),
        group(
            "发文单位",
            &spread.issuers,
            criteria.issuer.as_ref(),
            |id| unit(*id),
            |issuer| SearchCriteria {
                issuer: issuer.copied(),
                ..criteria.clone()
            },
        ),
        group(
            "年份",
            &spread.years,
            criteria.year.map(i32::from).as_ref(),
            |year| format!("{year}年"),
            |year| SearchCriteria {
                year: year.and_then(|year| i16::try_from(*year).ok()),
                ..criteria.clone()
            },
        ),
        group(
            "状态",
            &spread.states,
            criteria.state.as_ref(),
            |state| state.label().to_owned(),
            |state| SearchCriteria {
                state: state.copied(),
                ..criteria.clone()
            },
        ),
    ];
    groups.into_iter().flatten().collect()
}

/// `chosen` is what the search is narrowed to; its link leads back.
fn group<T: PartialEq>(
    title: &'static str,
    counts: &[(T, u64)],
    chosen: Option<&T>,
    name: impl Fn(&T) -> String,
    narrowed: impl Fn(Option<&T>) -> SearchCriteria,
) -> Option<Group> {
    let is_a_choice = counts.len() > 1 || chosen.is_some();
    let links = counts.iter().take(SHOWN).map(|(value, count)| {
        let is_chosen = chosen == Some(value);
        Link {
            label: format!("{} {count}", name(value)),
            href: href(&narrowed(Some(value).filter(|_| !is_chosen))),
            chosen: is_chosen,
        }
    });
    is_a_choice.then(|| Group {
        title,
        links: links.collect(),
    })
}

/// The months in which the results were sent, drawn side by side; nothing for a single one.
pub(super) fn bars(spread: &Spread, criteria: &SearchCriteria) -> Vec<Bar> {
    let months = &spread.months[spread.months.len().saturating_sub(MONTHS)..];
    let most = months.iter().map(|(_, count)| *count).max().unwrap_or(1);
    if months.len() < 2 {
        return Vec::new();
    }
    let bar = |(at, &((year, month), count)): (u64, &((i16, i8), u64))| {
        let height = (count * HEIGHT).div_ceil(most);
        let month_of = format!("{year:04}-{month:02}");
        Bar {
            label: format!("{year}年{month}月 {count}件"),
            href: href(&SearchCriteria {
                q: format!("({}) {month_of}..{month_of}", criteria.q),
                ..criteria.clone()
            }),
            x: at * WIDTH,
            y: HEIGHT - height,
            height,
        }
    };
    (0..).zip(months).map(bar).collect()
}
