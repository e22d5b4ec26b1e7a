//! Whether a term may be extended, by whom and how far.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DeadlineRule, DueDate, Term};
use crate::domain::{Calendar, labelled::labelled};

labelled! {
    /// Who decides on an extension.
    pub enum ExtensionBy {
        /// The unit that issued the document.
        Issuer = "issuer", "发文单位同意";
        /// The president of the court that has to answer.
        RecipientPresident = "recipient_president", "收文法院院长批准";
        /// The court that hears the case.
        Court = "court", "审理法院准许";
        /// The office of the joint conference.
        Office = "office", "联席会议办公室同意";
    }
}

/// How a term may be extended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Who decides.
    pub by: ExtensionBy,
    /// How far at most, counted on from the end of the original term; no cap without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Term>,
}

/// Why a term cannot be extended to the day that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionFault {
    /// The rule knows no extension.
    #[error("“{0}”的期限不能延长")]
    NotAllowed(String),
    /// The day asked for is not later than the present one.
    #[error("延期后的日期应当晚于现在的期限 {0}")]
    NotLater(Date),
    /// The day asked for lies beyond the cap.
    #[error("最多可以延长{max}，即延至 {latest}")]
    TooFar {
        /// The cap.
        max: Term,
        /// The last day that the cap allows.
        latest: Date,
    },
}

impl DeadlineRule {
    /// Whether what was originally due on `original` and now is due on `current` may become due
    /// on `new`.
    pub fn check_extension(
        &self,
        original: &DueDate,
        current: Date,
        new: Date,
        calendar: &Calendar,
    ) -> Result<(), ExtensionFault> {
        let Some(extension) = self.extension else {
            return Err(ExtensionFault::NotAllowed(self.name.clone()));
        };
        if new <= current {
            return Err(ExtensionFault::NotLater(current));
        }
        let Some(max) = extension.max else {
            return Ok(());
        };
        let end = max.end(original.raw_end_on, calendar);
        let latest = calendar.next_working_day_on_or_after(end);
        if new > latest {
            Err(ExtensionFault::TooFar { max, latest })
        } else {
            Ok(())
        }
    }
}
