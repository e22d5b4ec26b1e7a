//! Searches for what was sent, as each unit that has signed for it.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde::Deserialize;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{
    carry::{Carried, Carrier, finding},
    progress::Progress,
    report::Report,
    session::Recipient,
};
use crate::cli::client::{http::Ask, trouble::Trouble};

/// The rest between two rounds.
const REST: Duration = Duration::from_millis(300);
/// How many pages of namesakes are looked through.
const PAGES: usize = 10;

#[derive(Deserialize)]
struct Hits {
    items: Vec<Hit>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Hit {
    document: Document,
}

#[derive(Deserialize)]
struct Document {
    id: Uuid,
}

/// Searches until every document is found by every recipient, or nothing more has been found
/// for `timeout`.
#[expect(
    clippy::similar_names,
    reason = "who carries and what was carried are the two sides of one act"
)]
pub(super) async fn find_all(
    carrier: &Carrier<'_>,
    carried: Vec<Carried>,
    timeout: Duration,
    progress: &Progress,
    report: &mut Report,
) -> Result<(), String> {
    let recipients = carrier.party.recipients();
    progress.begin("检索", carried.len() * recipients.len());
    let seekers = recipients.iter().map(|recipient| {
        let seeker = Seeker {
            carrier,
            recipient,
            timeout,
            progress,
        };
        seeker.find(&carried)
    });
    let mut missing: Vec<Vec<&str>> = carried.iter().map(|_| Vec::new()).collect();
    let mut rounds = stream::iter(seekers).buffer_unordered(recipients.len().max(1));
    while let Some(lost) = rounds.next().await {
        let (unit, lost) = lost?;
        for place in lost {
            missing[place].push(unit);
        }
    }
    for (one, units) in carried.iter().zip(&missing) {
        if units.is_empty() {
            report.found += 1;
        } else {
            report.missing.push((one.title.clone(), units.join("、")));
        }
    }
    Ok(())
}

/// Searches as one unit.
struct Seeker<'a> {
    carrier: &'a Carrier<'a>,
    recipient: &'a Recipient,
    timeout: Duration,
    progress: &'a Progress,
}

impl<'a> Seeker<'a> {
    /// The places of those that were not found.
    async fn find(self, carried: &[Carried]) -> Result<(&'a str, Vec<usize>), String> {
        let journal = self.carrier.journal;
        let step = finding(self.recipient);
        let mut left: Vec<usize> = (0..carried.len()).collect();
        let mut last_found = Instant::now();
        loop {
            let mut lost = Vec::new();
            for place in left {
                let one = &carried[place];
                if journal.done(&one.mark, &step).is_none() {
                    if !self.finds(one).await? {
                        lost.push(place);
                        continue;
                    }
                    journal.note(&one.mark, &step, "").await?;
                }
                last_found = Instant::now();
                self.progress.step();
            }
            left = lost;
            if left.is_empty() || last_found.elapsed() > self.timeout {
                return Ok((&self.recipient.unit.name, left));
            }
            sleep(REST).await;
        }
    }

    async fn finds(&self, one: &Carried) -> Result<bool, String> {
        let mut cursor = None::<String>;
        for _ in 0..PAGES {
            let mut ask = Ask::get("search")
                .with("q", query(&one.title))
                .with("limit", "100");
            ask = ask.with("sort", "newest");
            if let Some(cursor) = &cursor {
                ask = ask.with("cursor", cursor);
            }
            let hits: Hits = match self.carrier.client.ask(&self.recipient.clerk, ask).await {
                Ok(hits) => hits,
                // A title without a single word cannot be searched for.
                Err(Trouble::Refused(refusal)) if refusal.slug == "unreadable-query" => {
                    return Ok(false);
                }
                Err(trouble) => return Err(trouble.told()),
            };
            if hits.items.iter().any(|hit| hit.document.id == one.document) {
                return Ok(true);
            }
            cursor = hits.next_cursor;
            if cursor.is_none() {
                return Ok(false);
            }
        }
        Ok(false)
    }
}

/// The title as a phrase. Straight quotes would end it, so the longest piece without them is
/// searched for.
fn query(title: &str) -> String {
    let pieces = title.split(['"', '＂']);
    let longest = pieces
        .max_by_key(|piece| piece.trim().chars().count())
        .unwrap_or(title);
    format!("title:\"{}\"", longest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_searched_for_as_one_phrase() {
        let table = [
            (
                "关于“放管服”的通知（2024-01-01）",
                "title:\"关于“放管服”的通知（2024-01-01）\"",
            ),
            ("甲 \"乙丙丁\" 戊", "title:\"乙丙丁\""),
        ];
        for (title, expected) in table {
            assert_eq!(query(title), expected);
        }
    }
}
