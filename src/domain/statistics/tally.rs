use std::collections::BTreeMap;

use super::{Distribution, DutyFacts};
use crate::domain::labelled::labelled;

labelled! {
    /// The way of a duty from one step to the next, in calendar days.
    pub enum Span {
        /// From sending to signing.
        Signing = "signing", "发出到签收";
        /// From signing to registering.
        Registering = "registering", "签收到登记";
        /// From signing to the final reply.
        Replying = "replying", "签收到回复";
        /// From the reply to the evaluation.
        Evaluating = "evaluating", "回复到评价";
        /// From the evaluation to closing.
        Closing = "closing", "评价到销号";
    }
}

/// Days of several duties together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// Of how many duties.
    pub duties: u64,
    /// All of their days.
    pub total: i64,
    /// The most of one duty.
    pub most: i64,
}

impl Days {
    /// Tenths of a day on average, rounded half up; none where there is no duty.
    #[must_use]
    pub fn mean_tenths(self) -> Option<i64> {
        let duties = i64::try_from(self.duties).ok()?;
        let doubled = 20 * self.total + duties;
        (duties > 0).then(|| doubled.div_euclid(2 * duties))
    }

    fn add(&mut self, other: Self) {
        self.duties += other.duties;
        self.total += other.total;
        self.most = self.most.max(other.most);
    }
}

/// Duties of which the same is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    /// What is so.
    pub facts: DutyFacts,
    /// Of how many.
    pub duties: u64,
    /// How long each step took, in the order of [`Span::ALL`].
    pub spans: [Days; 5],
    /// How far they are past their terms, for what is overdue.
    pub late: Days,
}

/// What was counted of some duties.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    counts: BTreeMap<DutyFacts, u64>,
    spans: [Days; 5],
    late: Days,
    /// Days from signing to the final reply.
    pub handling: Distribution,
    /// The same in working days.
    pub working: Distribution,
}

impl Tally {
    /// Adds duties of which the same is so.
    pub fn add(&mut self, bucket: &Bucket) {
        *self.counts.entry(bucket.facts).or_default() += bucket.duties;
        for (sum, days) in self.spans.iter_mut().zip(bucket.spans) {
            sum.add(days);
        }
        if bucket.facts.has(DutyFacts::OVERDUE) {
            self.late.add(bucket.late);
        }
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (facts, duties) in &other.counts {
            *self.counts.entry(*facts).or_default() += duties;
        }
        for (sum, days) in self.spans.iter_mut().zip(other.spans) {
            sum.add(days);
        }
        self.late.add(other.late);
        self.handling.merge(&other.handling);
        self.working.merge(&other.working);
    }

    /// How many duties all of `wanted` is so of.
    #[must_use]
    pub fn count(&self, wanted: DutyFacts) -> u64 {
        let fits = self.counts.iter().filter(|(facts, _)| facts.has(wanted));
        fits.map(|(_, duties)| duties).sum()
    }

    /// How long a step took.
    #[must_use]
    pub fn span(&self, span: Span) -> Days {
        self.spans[span as usize]
    }

    /// How far the overdue ones are past their terms.
    #[must_use]
    pub fn late(&self) -> Days {
        self.late
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::statistics::Figure;

    #[test]
    fn what_is_counted_is_what_has_every_fact() {
        use DutyFacts as Is;
        let mut tally = Tally::default();
        let late = Days {
            duties: 2,
            total: 9,
            most: 7,
        };
        let groups = [
            (Is::SIGNED | Is::DUE | Is::REPLIED | Is::IN_TIME, 6),
            (Is::SIGNED | Is::DUE | Is::REPLIED, 1),
            (Is::SIGNED | Is::DUE | Is::OVERDUE, 2),
            (Is::SIGNED, 3),
            (Is::SENT, 4),
        ];
        for (facts, duties) in groups {
            tally.add(&Bucket {
                facts,
                duties,
                late,
                ..Bucket::default()
            });
        }
        let shown = [
            (Figure::Signing, "75.0%"),
            (Figure::Replying, "43.8%"),
            (Figure::RepliedOfDue, "77.8%"),
            (Figure::InTime, "66.7%"),
            (Figure::Overdue, "22.2%"),
            (Figure::Upheld, "—"),
        ];
        for (figure, text) in shown {
            assert_eq!(figure.of(&tally).to_string(), text, "{figure}");
        }
        assert_eq!(tally.late(), late, "only what is overdue is late");
        assert_eq!(tally.late().mean_tenths(), Some(45));
        let mut twice = tally.clone();
        twice.merge(&tally);
        assert_eq!(twice.count(Is::SENT), 32);
        assert_eq!(Figure::InTime.of(&twice).to_string(), "66.7%");
    }
}
