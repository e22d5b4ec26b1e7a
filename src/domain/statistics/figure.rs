//! The measures. Each has a 口径 id, so that two units cannot quote different numbers under one
//! name: whoever changes what is counted gives it a new one.

use super::{DutyFacts, Tally};
use crate::domain::labelled::labelled;

labelled! {
    /// A measure that is a share of something.
    pub enum Figure {
        /// Signed for, of what was sent.
        Signing = "signing", "签收率";
        /// Signed for promptly, of what was sent.
        PromptSigning = "prompt_signing", "及时签收率";
        /// Answered, of what was sent.
        Replying = "replying", "回复率";
        /// Answered, of what is due.
        RepliedOfDue = "replied_of_due", "到期回复率";
        /// Answered in time, of what is due.
        InTime = "in_time", "按期回复率";
        /// Answered within the term as it was before extensions, of what was due then.
        InOriginalTime = "in_original_time", "按原期限回复率";
        /// Overdue, of what is due.
        Overdue = "overdue", "逾期率";
        /// Followed, of what was sent.
        AdoptedOfSent = "adopted_of_sent", "采纳率（按提出）";
        /// Followed, of what was answered.
        AdoptedOfReplied = "adopted_of_replied", "采纳率（按回复）";
        /// Closed, of what was sent.
        ClosedOfSent = "closed_of_sent", "办结率（按提出）";
        /// Closed, of what was answered.
        ClosedOfReplied = "closed_of_replied", "办结率（按回复）";
        /// Put right, of what was answered.
        Rectified = "rectified", "整改完成率";
        /// Objected to, of what was sent.
        Objecting = "objecting", "异议率";
        /// Objected to with right, of what was objected to.
        Upheld = "upheld", "异议成立率";
    }
}

labelled! {
    /// The two counts that a share is made of.
    pub enum FigurePart {
        /// What fulfils the measure.
        Numerator = "numerator", "分子";
        /// What could.
        Denominator = "denominator", "分母";
    }
}

/// What is counted, in facts and in words.
struct Definition {
    basis: &'static str,
    numerator: (DutyFacts, &'static str),
    denominator: (DutyFacts, &'static str),
    note: &'static str,
}

const SENT: (DutyFacts, &str) = (DutyFacts::SENT, "期间内发出、未撤回的件数");
const REPLIED: (DutyFacts, &str) = (DutyFacts::REPLIED, "其中已作最终回复的件数");
const DUE: (DutyFacts, &str) = (DutyFacts::DUE, "其中现行期限在统计日当日或者以前届满的件数");

impl Figure {
    fn definition(self) -> Definition {
        use DutyFacts as Is;
        let (basis, wanted, counted, denominator, note) = match self {
            Self::Signing => (
                "TJ-01-1",
                Is::SIGNED,
                "其中已签收（含视为签收）的件数",
                SENT,
                "",
            ),
            Self::PromptSigning => (
                "TJ-02-1",
                Is::SIGNED_PROMPTLY,
                "其中在约定的工作日内签收的件数",
                SENT,
                "约定的工作日数见配置 deadlines.prompt_signing_workdays，以发出时的为准",
            ),
            Self::Replying => ("TJ-03-1", Is::REPLIED, REPLIED.1, SENT, "即反馈率"),
            Self::RepliedOfDue => (
                "TJ-04-1",
                Is::REPLIED,
                "其中已作最终回复的件数",
                DUE,
                "不计尚未到期的",
            ),
            Self::InTime => (
                "TJ-05-1",
                Is::IN_TIME,
                "其中在现行期限内作最终回复的件数",
                DUE,
                "经批准延期的按延长后的期限",
            ),
            Self::InOriginalTime => (
                "TJ-06-1",
                Is::IN_ORIGINAL_TIME,
                "其中在原期限内作最终回复的件数",
                (
                    Is::ORIGINALLY_DUE,
                    "其中原期限在统计日当日或者以前届满的件数",
                ),
                "不计延期，与按期回复率之差即延期的影响",
            ),
            Self::Overdue => (
                "TJ-07-1",
                Is::OVERDUE,
                "其中现行期限已过、未回复也未办结的件数",
                DUE,
                "期限当日不算逾期；逾期后已回复的不在内",
            ),
            Self::AdoptedOfSent => ("TJ-08-1", Is::FOLLOWED, ADOPTED, SENT, ""),
            Self::AdoptedOfReplied => ("TJ-09-1", Is::FOLLOWED, ADOPTED, REPLIED, ""),
            Self::ClosedOfSent => ("TJ-10-1", Is::CLOSED, "其中已办结（销号）的件数", SENT, ""),
            Self::ClosedOfReplied => (
                "TJ-11-1",
                Is::CLOSED,
                "其中已办结（销号）的件数",
                REPLIED,
                "",
            ),
            Self::Rectified => (
                "TJ-12-1",
                Is::RECTIFIED,
                "其中评价时注明整改已完成的件数",
                REPLIED,
                "",
            ),
            Self::Objecting => (
                "TJ-13-1",
                Is::OBJECTED,
                "其中提出过异议的件数",
                SENT,
                "一件多次提出的计一件",
            ),
            Self::Upheld => (
                "TJ-14-1",
                Is::UPHELD,
                "其中异议成立或者部分成立的件数",
                (Is::OBJECTED, "提出过异议的件数"),
                "",
            ),
        };
        Definition {
            basis,
            numerator: (wanted | denominator.0, counted),
            denominator,
            note,
        }
    }

    /// The 口径 id.
    #[must_use]
    pub fn basis(self) -> &'static str {
        self.definition().basis
    }

    /// What must be so of a duty to be counted.
    #[must_use]
    pub fn counts(self, part: FigurePart) -> DutyFacts {
        let definition = self.definition();
        match part {
            FigurePart::Numerator => definition.numerator.0,
            FigurePart::Denominator => definition.denominator.0,
        }
    }

    /// The same in words.
    #[must_use]
    pub fn words(self, part: FigurePart) -> &'static str {
        let definition = self.definition();
        match part {
            FigurePart::Numerator => definition.numerator.1,
            FigurePart::Denominator => definition.denominator.1,
        }
    }

    /// What else there is to know of it; often nothing.
    #[must_use]
    pub fn note(self) -> &'static str {
        self.definition().note
    }

    /// Its two counts.
    #[must_use]
    pub fn of(self, tally: &Tally) -> Rate {
        Rate {
            numerator: tally.count(self.counts(FigurePart::Numerator)),
            denominator: tally.count(self.counts(FigurePart::Denominator)),
        }
    }
}

const ADOPTED: &str = "其中评价为采纳或者部分采纳的件数";

/// A share, by its two counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// What fulfils the measure.
    pub numerator: u64,
    /// What could.
    pub denominator: u64,
}

impl Rate {
    /// Tenths of a percent, rounded half up; none where nothing could be counted, for that is
    /// not 0%.
    #[must_use]
    pub fn per_mille(self) -> Option<u64> {
        let doubled = 2000 * self.numerator + self.denominator;
        doubled.checked_div(2 * self.denominator)
    }

    /// The same in percent, for machines.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        let tenths = u32::try_from(self.per_mille()?).ok()?;
        Some(f64::from(tenths) / 10.0)
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.per_mille() {
            Some(tenths) => write!(f, "{}.{}%", tenths / 10, tenths % 10),
            None => f.write_str("—"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_share_is_rounded_and_nothing_is_not_zero() {
        let shown = [
            (105, 123, "85.4%"),
            (192_939, 277_482, "69.5%"),
            (208_438, 252_966, "82.4%"),
            (1, 2000, "0.1%"),
            (1, 2001, "0.0%"),
            (3, 3, "100.0%"),
            (0, 7, "0.0%"),
            (0, 0, "—"),
        ];
        for (numerator, denominator, text) in shown {
            let rate = Rate {
                numerator,
                denominator,
            };
            assert_eq!(rate.to_string(), text, "{numerator}/{denominator}");
        }
    }

    #[test]
    fn every_measure_has_a_basis_of_its_own_and_counts_among_its_denominator() {
        let bases: BTreeSet<_> = Figure::ALL.iter().map(|figure| figure.basis()).collect();
        assert_eq!(bases.len(), Figure::ALL.len());
        for figure in Figure::ALL {
            let numerator = figure.counts(FigurePart::Numerator);
            assert!(numerator.has(figure.counts(FigurePart::Denominator)));
            assert_ne!(numerator, figure.counts(FigurePart::Denominator));
            assert!(!figure.words(FigurePart::Numerator).is_empty());
            assert!(!figure.words(FigurePart::Denominator).is_empty());
        }
    }
}
