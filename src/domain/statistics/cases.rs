//! What courts and the organ of administrative review report about cases, quarter by quarter
//! (domain rules, 8.7). A duty to reply does not tell it.

use std::{collections::BTreeMap, str::FromStr};

use jiff::{Timestamp, civil::Date};

use super::Rate;
use crate::domain::{UnitId, UserId, labelled::labelled};

/// The most cases of one kind that a quarter may have: more is a slip of the pen.
const CASES_MAX: u64 = 1_000_000;

labelled! {
    /// What is counted of the cases in which a unit is the defendant.
    pub enum CaseCount {
        /// Heard in court; once for each instance, however many hearings there were.
        Heard = "heard", "开庭审理的案件";
        /// Of these, where the court had notified the head to appear.
        ShouldAppear = "should_appear", "法院通知负责人出庭的案件";
        /// Of these, where a head who qualifies appeared.
        Appeared = "appeared", "负责人出庭的案件";
        /// Ended.
        Ended = "ended", "审结的案件";
        /// Ended by a judgment.
        Judged = "judged", "判决结案的案件";
        /// Lost: revoked, altered, found unlawful or void, ordered to act or to pay.
        Lost = "lost", "败诉的案件";
        /// Withdrawn after the dispute was settled.
        Settled = "settled", "协调撤诉的案件";
        /// Ended in the first instance and open to appeal.
        Appealable = "appealable", "可以上诉的一审结案";
        /// Appealed.
        Appealed = "appealed", "提起上诉的案件";
        /// In force.
        Effective = "effective", "生效的案件";
        /// Opened for retrial.
        Retried = "retried", "启动再审的案件";
        /// Reviews that ended.
        ReviewsEnded = "reviews_ended", "审结的行政复议案件";
        /// Reviews that corrected the unit.
        ReviewsCorrected = "reviews_corrected", "纠错的行政复议案件";
    }
}

labelled! {
    /// A measure of cases.
    pub enum CaseFigure {
        /// Heads who appeared, of what was heard.
        Appearing = "appearing", "负责人出庭应诉率";
        /// Heads who appeared, of whom the court had notified.
        AppearingNotified = "appearing_notified", "负责人出庭应诉率（按法院通知）";
        /// Lost, of what ended.
        Losing = "losing", "行政机关败诉率（按审结）";
        /// Lost, of what ended by a judgment.
        LosingJudged = "losing_judged", "行政机关败诉率（按判决结案）";
        /// Settled, of what ended.
        Settling = "settling", "协调撤诉率";
        /// Appealed, of what could be.
        Appealing = "appealing", "上诉率";
        /// Retried, of what is in force.
        Retrying = "retrying", "再审率";
        /// Corrected, of the reviews that ended.
        Correcting = "correcting", "行政复议纠错率";
    }
}

/// How many cases of each kind; what was not reported is not there.
pub type CaseCounts = BTreeMap<CaseCount, u64>;

impl CaseCount {
    /// Whether the organ of review reports it, and not a court.
    #[must_use]
    pub fn is_of_reviews(self) -> bool {
        matches!(self, Self::ReviewsEnded | Self::ReviewsCorrected)
    }
}

impl CaseFigure {
    /// The 口径 id.
    #[must_use]
    pub fn basis(self) -> &'static str {
        match self {
            Self::Appearing => "TJ-31-1",
            Self::AppearingNotified => "TJ-32-1",
            Self::Losing => "TJ-33-1",
            Self::LosingJudged => "TJ-34-1",
            Self::Settling => "TJ-35-1",
            Self::Appealing => "TJ-36-1",
            Self::Retrying => "TJ-37-1",
            Self::Correcting => "TJ-38-1",
        }
    }

    /// The numerator and the denominator.
    #[must_use]
    pub fn parts(self) -> (CaseCount, CaseCount) {
        match self {
            Self::Appearing => (CaseCount::Appeared, CaseCount::Heard),
            Self::AppearingNotified => (CaseCount::Appeared, CaseCount::ShouldAppear),
            Self::Losing => (CaseCount::Lost, CaseCount::Ended),
            Self::LosingJudged => (CaseCount::Lost, CaseCount::Judged),
            Self::Settling => (CaseCount::Settled, CaseCount::Ended),
            Self::Appealing => (CaseCount::Appealed, CaseCount::Appealable),
            Self::Retrying => (CaseCount::Retried, CaseCount::Effective),
            Self::Correcting => (CaseCount::ReviewsCorrected, CaseCount::ReviewsEnded),
        }
    }

    /// The share over some reports. A report that lacks one of the two counts is left out of
    /// both.
    #[must_use]
    pub fn of<'a>(self, reports: impl IntoIterator<Item = &'a CaseCounts>) -> Rate {
        let (numerator, denominator) = self.parts();
        let both = reports
            .into_iter()
            .filter_map(|counts| Some((counts.get(&numerator)?, counts.get(&denominator)?)));
        let (numerator, denominator) = both.fold((0, 0), |(some, all), (part, whole)| {
            (some + part, all + whole)
        });
        Rate {
            numerator,
            denominator,
        }
    }
}

/// What is wrong with counts: which of them, and why.
#[must_use]
pub fn fault_of(counts: &CaseCounts) -> Option<(CaseCount, String)> {
    if let Some((count, _)) = counts.iter().find(|(_, number)| **number > CASES_MAX) {
        return Some((*count, format!("最多 {CASES_MAX} 件")));
    }
    CaseFigure::ALL.iter().find_map(|figure| {
        let (part, whole) = figure.parts();
        let (some, all) = (counts.get(&part)?, counts.get(&whole)?);
        (some > all).then(|| (part, format!("不能多于{}", whole.label())))
    })
}

/// A quarter, counted from the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter(pub i64);

/// A text names no quarter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("季度写作 2026Q1")]
pub struct InvalidQuarter;

impl Quarter {
    /// The quarter in which a day lies.
    #[must_use]
    pub fn of(day: Date) -> Self {
        Self(super::month_number(day).div_euclid(3))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i64 {
        self.0.div_euclid(4)
    }
}

impl std::fmt::Display for Quarter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}Q{}", self.year(), self.0.rem_euclid(4) + 1)
    }
}

impl FromStr for Quarter {
    type Err = InvalidQuarter;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, quarter) = text.split_once('Q').ok_or(InvalidQuarter)?;
        let digits = |text: &str, length| {
            let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            fits.then(|| text.parse::<i64>().ok()).flatten()
        };
        let (year, quarter) = digits(year, 4)
            .zip(digits(quarter, 1))
            .ok_or(InvalidQuarter)?;
        if !(2000..=2100).contains(&year) || !(1..=4).contains(&quarter) {
            return Err(InvalidQuarter);
        }
        Ok(Self(4 * year + quarter - 1))
    }
}

/// What one unit has reported about another for a quarter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseReport {
    /// The court, or the organ of review.
    pub reporter: UnitId,
    /// The defendant.
    pub unit: UnitId,
    /// When the cases were.
    pub quarter: Quarter,
    /// How many.
    pub counts: CaseCounts,
    /// Counts the corrections, from 1.
    pub version: i64,
    /// Who has reported it, and when.
    pub reported: (UserId, Timestamp),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts<const N: usize>(counts: [(CaseCount, u64); N]) -> CaseCounts {
        CaseCounts::from(counts)
    }

    #[test]
    fn a_share_is_of_those_who_reported_both() {
        // 南阳 2015: 228 lost of 962.
        let reports = [
            counts([(CaseCount::Lost, 200), (CaseCount::Ended, 900)]),
            counts([(CaseCount::Lost, 28), (CaseCount::Ended, 62)]),
            counts([(CaseCount::Ended, 1000)]),
        ];
        assert_eq!(CaseFigure::Losing.of(&reports).to_string(), "23.7%");
        assert_eq!(CaseFigure::LosingJudged.of(&reports).to_string(), "—");
    }

    #[test]
    fn a_part_is_not_more_than_its_whole() {
        let table = [
            (
                counts([(CaseCount::Appeared, 4), (CaseCount::Heard, 4)]),
                None,
            ),
            (
                counts([(CaseCount::Appeared, 5), (CaseCount::Heard, 4)]),
                Some(CaseCount::Appeared),
            ),
            (
                counts([
                    (CaseCount::Lost, 5),
                    (CaseCount::Ended, 9),
                    (CaseCount::Judged, 4),
                ]),
                Some(CaseCount::Lost),
            ),
            (counts([(CaseCount::Lost, 5)]), None),
            (
                counts([(CaseCount::Heard, 1_000_001)]),
                Some(CaseCount::Heard),
            ),
        ];
        for (counts, wrong) in table {
            let found = fault_of(&counts).map(|(count, _)| count);
            assert_eq!(found, wrong, "{counts:?}");
        }
    }

    #[test]
    fn a_quarter_is_written_in_one_way() {
        let quarter: Quarter = "2026Q4".parse().unwrap();
        assert_eq!(quarter, Quarter::of(jiff::civil::date(2026, 11, 24)));
        assert_eq!(quarter.to_string(), "2026Q4");
        for wrong in [
            "2026", "2026Q5", "2026Q0", "26Q1", "2026q1", "+026Q1", "1999Q4",
        ] {
            assert_eq!(wrong.parse::<Quarter>(), Err(InvalidQuarter), "{wrong}");
        }
    }
}
