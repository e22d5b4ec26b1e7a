use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::config::check::Check;

/// `[limits]`: how often and how much one may ask of one node.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Requests of one person a second.
    pub user_per_second: NonZeroU32,
    /// Requests of one unit a second.
    pub unit_per_second: NonZeroU32,
    /// Searches of one person a second.
    pub search_per_second: NonZeroU32,
    /// Logins that one address may try in a row.
    pub login_burst: NonZeroU32,
    /// Logins that one address may try a minute.
    pub login_per_minute: NonZeroU32,
    /// Archives of documents that are being put together at once.
    pub archives_at_once: u32,
    /// The most rows of a ledger that is exported.
    pub ledger_rows_max: u32,
    /// The most days of sending that one question for figures spans.
    pub statistics_days_max: u32,
    /// The most views of the ledger that a person keeps in a unit.
    pub ledger_views_max: u32,
    /// The most searches that a person keeps in a unit.
    pub saved_searches_max: u32,
    /// The most items of one page of a list.
    pub page_max: u32,
    /// The items of a page when nothing is asked for.
    pub page_default: u32,
    /// Days for which the answer to an idempotency key is kept.
    pub idempotency_keep_days: u32,
}

impl Default for Limits {
    fn default() -> Self {
        // Anything but zero; the fallback is never taken.
        let rate = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            user_per_second: rate(20),
            unit_per_second: rate(100),
            search_per_second: rate(5),
            login_burst: rate(3),
            login_per_minute: rate(3),
            archives_at_once: 8,
            ledger_rows_max: 100_000,
            statistics_days_max: 3660,
            ledger_views_max: 50,
            saved_searches_max: 50,
            page_max: 100,
            page_default: 50,
            idempotency_keep_days: 7,
        }
    }
}

impl Limits {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        check
            .within("user_per_second", self.user_per_second.get(), 1..=10_000)
            .within("unit_per_second", self.unit_per_second.get(), 1..=100_000)
            .within("search_per_second", self.search_per_second.get(), 1..=1000)
            .within("login_burst", self.login_burst.get(), 1..=1000)
            .within("login_per_minute", self.login_per_minute.get(), 1..=1000)
            .within("archives_at_once", self.archives_at_once, 1..=100)
            .within("ledger_rows_max", self.ledger_rows_max, 1..=1_000_000)
            .within("statistics_days_max", self.statistics_days_max, 31..=36_600)
            .within("ledger_views_max", self.ledger_views_max, 1..=200)
            .within("saved_searches_max", self.saved_searches_max, 1..=200)
            .within("page_max", self.page_max, 1..=1000)
            .within("page_default", self.page_default, 1..=1000)
            // The API promises at least seven days.
            .within("idempotency_keep_days", self.idempotency_keep_days, 7..=365)
            .agrees(
                "page_default",
                self.page_default <= self.page_max,
                "不得大于 limits.page_max",
            );
    }
}
