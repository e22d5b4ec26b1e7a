//! The box of a unit, page by page. Whatever it is filtered by, an index leads to the rows in
//! their order, so that a page costs the same however much has come in.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    super::{Result, tx::on_either, values::ms},
    Deliveries, Row,
};
use crate::domain::{
    BoxCount, BoxPlace, Delivery, DeliveryBox, DeliveryFilter, DeliveryState, RecipientRole,
    UnitId, Urgency,
};

/// The most deliveries that a box is counted to.
const COUNTED: i64 = 999;

/// How many rows are read at once where one criterion leads and others are looked at.
const STRIDE: i64 = 500;

/// The most rows that are looked at for one page. What fits may be rare among them: the page is
/// then shorter than asked for and says where to go on.
const LOOKED_AT: i64 = 4 * STRIDE;

/// A page of what lies in `$1`'s box before `($2, $3)` and not before `$4`.
macro_rules! box_of_unit {
    () => {
        concat!(
            "SELECT ",
            delivery_columns!(),
            "  FROM deliveries v ",
            with_forwarder!(),
            " WHERE v.unit_id = $1 AND (v.sent_at, v.id) < ($2, $3) AND v.sent_at >= $4 "
        )
    };
}

/// Newest first, `$5` rows.
macro_rules! newest_first {
    () => {
        " ORDER BY v.sent_at DESC, v.id DESC LIMIT $5"
    };
}

const ALL: &str = concat!(box_of_unit!(), newest_first!());
const BY_BOX: &str = concat!(box_of_unit!(), "AND v.box = $6", newest_first!());
const BY_STATE: &str = concat!(box_of_unit!(), "AND v.state = $6", newest_first!());
const BY_KIND: &str = concat!(box_of_unit!(), "AND v.kind_code = $6", newest_first!());
const BY_ROLE: &str = concat!(box_of_unit!(), "AND v.role = $6", newest_first!());
const BY_URGENCY: &str = concat!(box_of_unit!(), "AND v.urgency = $6", newest_first!());
const BY_SENDER: &str = concat!(box_of_unit!(), "AND v.sender_id = $6", newest_first!());

/// What a person handles is in their own order, which is that of the box.
const BY_HANDLER: &str = concat!(
    "SELECT ",
    delivery_columns!(),
    "  FROM assignments g
       JOIN deliveries v ON v.id = g.delivery_id ",
    with_forwarder!(),
    " WHERE g.unit_id = $1 AND g.user_id = $6 AND g.replaced_at IS NULL
        AND (g.sent_at, g.delivery_id) < ($2, $3) AND g.sent_at >= $4
      ORDER BY g.sent_at DESC, g.delivery_id DESC
      LIMIT $5"
);

/// The criterion whose index leads through the box.
enum Lead<'f> {
    None,
    Code(&'static str, &'f str),
    Id(&'static str, Uuid),
}

impl<'f> Lead<'f> {
    /// The narrowest first.
    fn of(filter: &'f DeliveryFilter) -> Self {
        if let Some(user) = filter.assigned_to {
            return Self::Id(BY_HANDLER, user.0);
        }
        let codes = [
            (BY_KIND, filter.kind.as_deref()),
            (BY_STATE, filter.state.map(DeliveryState::code)),
            (BY_BOX, filter.folder.map(DeliveryBox::code)),
            (BY_URGENCY, filter.urgency.map(Urgency::code)),
            (BY_ROLE, filter.role.map(RecipientRole::code)),
        ];
        if let (Some(sender), None) = (filter.sender, &filter.kind) {
            return Self::Id(BY_SENDER, sender.0);
        }
        let given = codes
            .into_iter()
            .find_map(|(statement, code)| Some((statement, code?)));
        given.map_or(Self::None, |(statement, code)| Self::Code(statement, code))
    }
}

/// How many criteria there are.
fn criteria(filter: &DeliveryFilter) -> usize {
    [
        filter.folder.is_some(),
        filter.state.is_some(),
        filter.kind.is_some(),
        filter.sender.is_some(),
        filter.role.is_some(),
        filter.urgency.is_some(),
        filter.assigned_to.is_some(),
    ]
    .into_iter()
    .filter(|given| *given)
    .count()
}

fn place(delivery: &Delivery) -> BoxPlace {
    (delivery.sent_at, delivery.id)
}

impl Deliveries<'_> {
    /// A page of a unit's box, newest first, and where to go on if there is more. A page for
    /// several criteria may be shorter than asked for although there is more.
    pub async fn inbox(
        &mut self,
        unit: UnitId,
        filter: &DeliveryFilter,
        limit: usize,
    ) -> Result<(Vec<Delivery>, Option<BoxPlace>)> {
        let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let stride = if criteria(filter) > 1 {
            STRIDE.max(one_more)
        } else {
            one_more
        };
        let (mut found, mut after, mut looked_at) = (Vec::new(), filter.after, 0);
        loop {
            let rows = self.stretch(unit, filter, after, stride).await?;
            let whole = rows.len() < usize::try_from(stride).unwrap_or(usize::MAX);
            after = rows.last().map(place).or(after);
            found.extend(rows.into_iter().filter(|delivery| filter.fits(delivery)));
            looked_at += stride;
            if found.len() > limit {
                found.truncate(limit);
                let next = found.last().map(place);
                return Ok((found, next));
            }
            if whole {
                return Ok((found, None));
            }
            if looked_at >= LOOKED_AT {
                return Ok((found, after));
            }
        }
    }

    /// So many rows along the leading index, whether they fit the other criteria or not.
    async fn stretch(
        &mut self,
        unit: UnitId,
        filter: &DeliveryFilter,
        after: Option<BoxPlace>,
        rows: i64,
    ) -> Result<Vec<Delivery>> {
        let before = after.map_or((i64::MAX, Uuid::max()), |(at, id)| (ms(at), id.0));
        // Nothing is sent before its own instant: the least id of `until` comes after none.
        let until = filter.until.map_or(before, |at| (ms(at), Uuid::nil()));
        let (before, before_id) = before.min(until);
        let since = filter.since.map_or(i64::MIN, ms);
        let rows: Vec<Row> = match Lead::of(filter) {
            Lead::None => on_either!(self.0, |conn| {
                sqlx::query_as(ALL)
                    .bind(unit.0)
                    .bind(before)
                    .bind(before_id)
                    .bind(since)
                    .bind(rows)
                    .fetch_all(conn)
                    .await?
            }),
            Lead::Code(statement, code) => on_either!(self.0, |conn| {
                sqlx::query_as(statement)
                    .bind(unit.0)
                    .bind(before)
                    .bind(before_id)
                    .bind(since)
                    .bind(rows)
                    .bind(code)
                    .fetch_all(conn)
                    .await?
            }),
            Lead::Id(statement, id) => on_either!(self.0, |conn| {
                sqlx::query_as(statement)
                    .bind(unit.0)
                    .bind(before)
                    .bind(before_id)
                    .bind(since)
                    .bind(rows)
                    .bind(id)
                    .fetch_all(conn)
                    .await?
            }),
        };
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// How many deliveries lie in each box of a unit, up to 999: what it costs does not grow
    /// with the archive, and nothing has to be kept in step.
    pub async fn counts(&mut self, unit: UnitId) -> Result<Vec<BoxCount>> {
        let mut counts = Vec::new();
        for folder in DeliveryBox::ALL {
            let counted: i64 = on_either!(self.0, |conn| {
                sqlx::query_scalar(
                    "SELECT COUNT(*)
                       FROM (SELECT 1
                               FROM deliveries v
                              WHERE v.unit_id = $1 AND v.box = $2
                              LIMIT $3) counted",
                )
                .bind(unit.0)
                .bind(folder.code())
                .bind(COUNTED + 1)
                .fetch_one(conn)
                .await?
            });
            counts.push(BoxCount {
                folder: *folder,
                count: u64::try_from(counted.min(COUNTED)).unwrap_or_default(),
                more: counted > COUNTED,
            });
        }
        Ok(counts)
    }

    /// What arrived before `before` and waits for a signature, oldest first; what was put back
    /// after a return waits since then.
    pub async fn unsigned_since(
        &mut self,
        before: Timestamp,
        after: Option<BoxPlace>,
        limit: i64,
    ) -> Result<Vec<Delivery>> {
        let after = after.map_or((i64::MIN, Uuid::nil()), |(at, id)| (ms(at), id.0));
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(concat!(
                "SELECT ",
                delivery_columns!(),
                "  FROM deliveries v ",
                with_forwarder!(),
                "  LEFT JOIN delivery_returns r ON r.delivery_id = v.id AND r.round = v.round
                  WHERE v.state IN ('arrived', 'read')
                    AND v.arrived_at < $1 AND (v.arrived_at, v.id) > ($2, $3)
                    AND (r.decided_at < $1 OR r.decided_at IS NULL)
                  ORDER BY v.arrived_at, v.id
                  LIMIT $4"
            ))
            .bind(ms(before))
            .bind(after.0)
            .bind(after.1)
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }
}
