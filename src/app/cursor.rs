//! Places in lists: opaque to those who page, and right while rows are added.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Error, Result};
use crate::domain::{LedgerOrder, LedgerPlace, ObligationId};

/// A place in a list that is ordered by an instant.
#[must_use]
pub fn cursor(at: Timestamp, id: Uuid) -> String {
    encode(&format!("{}.{}", at.as_millisecond(), id.simple()))
}

/// The place that [`cursor`] wrote.
pub fn place(cursor: Option<&str>) -> Result<Option<(Timestamp, Uuid)>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let text = decode(cursor)?;
    let place = text.split_once('.').and_then(|(at, id)| {
        let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
        Some((at, Uuid::try_parse(id).ok()?))
    });
    place.map(Some).ok_or_else(malformed)
}

/// A place in a list that is ordered by one key.
#[must_use]
pub fn key_cursor(key: impl std::fmt::Display) -> String {
    encode(&key.to_string())
}

/// The key that [`key_cursor`] wrote.
pub fn key<T: std::str::FromStr>(cursor: Option<&str>) -> Result<Option<T>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    decode(cursor)?.parse().map(Some).map_err(|_| malformed())
}

/// A place in the ledger, which is one in this order alone.
#[must_use]
pub fn ledger_cursor(place: &LedgerPlace, order: LedgerOrder) -> String {
    let (at, id) = (place.arose_at.as_millisecond(), place.id.0.simple());
    let day = place.awaited_by.map(|day| day.to_string());
    let day = day.unwrap_or_default();
    encode(&format!("{}.{at}.{day}.{id}", order.code()))
}

/// The place that [`ledger_cursor`] wrote, for who goes on in the same order.
pub fn ledger_place(cursor: Option<&str>, order: LedgerOrder) -> Result<Option<LedgerPlace>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let text = decode(cursor)?;
    let parts: Vec<_> = text.split('.').collect();
    let &[code, at, day, id] = &parts[..] else {
        return Err(malformed());
    };
    if code.parse() != Ok(order) {
        let detail = "翻页位置属于另一种排序，请用原来的 sort，或从第一页开始";
        return Err(Error::invalid("cursor", "other_order", detail));
    }
    let place = || {
        let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
        let day = Some(day).filter(|day| !day.is_empty());
        Some(LedgerPlace {
            arose_at: at,
            awaited_by: day.map(str::parse).transpose().ok()?,
            id: ObligationId(Uuid::try_parse(id).ok()?),
        })
    };
    place().map(Some).ok_or_else(malformed)
}

fn encode(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn decode(cursor: &str) -> Result<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(cursor)
        .map_err(|_| malformed())?;
    String::from_utf8(bytes).map_err(|_| malformed())
}

fn malformed() -> Error {
    Error::invalid("cursor", "malformed", "翻页位置无效，请从第一页开始")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_place_in_the_ledger_is_one_in_its_order_alone() {
        for awaited_by in [None, Some(date(2026, 11, 24))] {
            let place = LedgerPlace {
                arose_at: Timestamp::UNIX_EPOCH,
                awaited_by,
                id: ObligationId::fresh(),
            };
            for order in LedgerOrder::ALL {
                let cursor = ledger_cursor(&place, *order);
                for other in LedgerOrder::ALL {
                    let found = ledger_place(Some(&cursor), *other);
                    if order == other {
                        assert_eq!(found.unwrap(), Some(place));
                    } else {
                        let Err(Error::Invalid(faults)) = found else {
                            panic!("{order:?} goes on as {other:?}")
                        };
                        assert_eq!(faults[0].code, "other_order");
                    }
                }
            }
        }
        assert_eq!(ledger_place(None, LedgerOrder::Newest).unwrap(), None);
    }
}
