//! The change feed: what a unit is told of, from any position on, in an order that never changes.

mod bells;
mod position;

pub(super) use bells::Bells;
pub use position::Position;

use super::{Caller, Error, Hub, Result, Shown};
use crate::domain::{FeedEvent, FeedLine, FeedPlace, UnitId};

/// How many stretches are read for one page, where much of them may not be seen any more. The
/// page is then shorter and the next one goes on behind it.
const STRETCHES: usize = 5;

/// A page of a unit's feed.
#[derive(Debug, Clone)]
pub struct EventPage {
    /// What happened, each with the position behind it.
    pub events: Vec<(Position, FeedEvent)>,
    /// Where to go on, also when there is nothing yet.
    pub next: Position,
    /// Whether there is more at present.
    pub more: bool,
}

impl Hub {
    /// The position that a caller names: their unit's own one, `latest`, or the beginning.
    /// `pointer` is where they wrote it.
    pub async fn position(
        &self,
        caller: &Caller,
        named: Option<&str>,
        pointer: &'static str,
    ) -> Result<Position> {
        let unit = caller.unit()?;
        let Some(named) = named else {
            return Ok(Position::beginning(unit));
        };
        let newest = self.store().read().await?.feed().newest(unit).await?;
        if named == "latest" {
            return Ok(Position::of(unit, newest));
        }
        let place = Position::parse(unit, named, pointer)?;
        if place.place().own > newest.own || place.place().registry > newest.registry {
            return Err(Error::invalid(
                pointer,
                "ahead",
                "此位置在现有事件之后，数据可能已从备份恢复；请从头读取",
            ));
        }
        Ok(place)
    }

    /// At most `limit` of the events behind a position that the caller's unit may see now.
    pub async fn events(
        &self,
        caller: &Caller,
        after: Position,
        limit: usize,
    ) -> Result<Shown<EventPage>> {
        let unit = caller.unit()?;
        let mut tx = self.store().read().await?;
        let mut place = after.place();
        let mut page = EventPage {
            events: Vec::new(),
            next: after,
            more: true,
        };
        for _ in 0..STRETCHES {
            let left = limit - page.events.len();
            // One more than is wanted tells whether there is more.
            let rows = i64::try_from(left).unwrap_or(i64::MAX).saturating_add(1);
            let own = tx.feed().of(unit, place.own, rows).await?;
            let registry = tx.feed().of_registry(place.registry, rows).await?;
            page.more = own.len() + registry.len() > left;
            take(unit, &mut place, (own, registry), left, &mut page.events);
            if !page.more || page.events.len() == limit {
                break;
            }
        }
        page.next = Position::of(unit, place);
        self.shown(&mut tx, page).await
    }
}

/// Takes the first `count` lines of both feeds in the order in which they happened, and moves the
/// place behind them.
fn take(
    unit: UnitId,
    place: &mut FeedPlace,
    (own, registry): (Vec<FeedLine>, Vec<FeedLine>),
    count: usize,
    events: &mut Vec<(Position, FeedEvent)>,
) {
    let own = own.into_iter().map(|line| (true, line));
    let registry = registry.into_iter().map(|line| (false, line));
    let mut lines: Vec<_> = own.chain(registry).collect();
    lines.sort_by_key(|(_, line)| line.number);
    for (is_own, line) in lines.into_iter().take(count) {
        let counter = if is_own {
            &mut place.own
        } else {
            &mut place.registry
        };
        *counter = line.position;
        events.extend(line.event.map(|event| (Position::of(unit, *place), event)));
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{EventType, Subject};

    fn line(position: u64, number: u64, is_seen: bool) -> FeedLine {
        let event = FeedEvent {
            kind: EventType::Send,
            at: Timestamp::UNIX_EPOCH,
            subject: Subject::Document,
            id: Uuid::from_u128(number.into()),
            party: None,
            delivery: None,
            obligation: None,
        };
        FeedLine {
            position,
            number,
            event: is_seen.then_some(event),
        }
    }

    #[test]
    fn two_feeds_become_one_in_the_order_of_the_log() {
        let unit = UnitId::fresh();
        let mut place = FeedPlace::default();
        let own = vec![line(1, 10, true), line(2, 30, false), line(3, 40, true)];
        let registry = vec![line(1, 20, true), line(2, 50, true)];
        let mut events = Vec::new();
        take(unit, &mut place, (own, registry), 4, &mut events);
        let seen: Vec<_> = events
            .iter()
            .map(|(position, event)| (position.place(), event.id.as_u128()))
            .collect();
        let at = |own, registry| FeedPlace { own, registry };
        assert_eq!(seen, [(at(1, 0), 10), (at(1, 1), 20), (at(3, 1), 40)]);
        assert_eq!(place, at(3, 1), "what cannot be seen is passed over");
    }
}
