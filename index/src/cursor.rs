//! Where a page of results ended, as a word that a client carries to the next page.

use std::{fmt, str::FromStr};

use crate::rank::{Key, Order};

/// The place after the last hit of a page. It names that hit's place in the order, which
/// comes from the query and the hit alone, so it tells nothing about other documents, and
/// stays good when documents come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) order: Order,
    pub(crate) after: Key,
}

/// The text is not one that [`Cursor`] writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("翻页标记无法识别，请从第一页重新检索")]
pub struct CursorError;

/// Hexadecimal digits of points, time and id.
const POINTS: usize = 4;
const TIME: usize = 16;
const ID: usize = 32;

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let order = match self.order {
            Order::Relevance => 'r',
            Order::Newest => 'n',
            Order::Oldest => 'o',
        };
        let Key {
            points,
            sent_at,
            id,
        } = self.after;
        write!(out, "{order}{points:0POINTS$x}{sent_at:0TIME$x}{id:0ID$x}")
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let is_written_so = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase();
        if text.len() != 1 + POINTS + TIME + ID || !text.chars().all(is_written_so) {
            return Err(CursorError);
        }
        let (order, rest) = text.split_at(1);
        let (points, rest) = rest.split_at(POINTS);
        let (sent_at, id) = rest.split_at(TIME);
        let order = match order {
            "r" => Order::Relevance,
            "n" => Order::Newest,
            "o" => Order::Oldest,
            _ => return Err(CursorError),
        };
        let points = u16::from_str_radix(points, 16).map_err(|_| CursorError)?;
        let sent_at = u64::from_str_radix(sent_at, 16)
            .map_err(|_| CursorError)?
            .cast_signed();
        let id = u128::from_str_radix(id, 16).map_err(|_| CursorError)?;
        Ok(Self {
            order,
            after: Key {
                points,
                sent_at,
                id,
            },
        })
    }
}
