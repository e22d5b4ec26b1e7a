//! The change feed of each unit: written with the change log and under its lock, read by the
//! unit alone. `docs/adr/0008-a-feed-for-each-unit.md` says why there is one for each.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    tx::on_either,
    values::{count, instant, parsed},
};
use crate::domain::{
    Audience, Change, DeliveryId, EventType, FeedEvent, FeedLine, FeedPlace, ObligationId, Subject,
    UnitId,
};

/// The audience of what everybody is told.
const EVERYBODY: Uuid = Uuid::nil();

/// The feeds of the units, for reading. Committing fills them.
pub struct Feed<'t>(&'t mut Tx);

impl Tx {
    /// The feeds of the units.
    pub fn feed(&mut self) -> Feed<'_> {
        Feed(self)
    }
}

/// Tells a change to those whose business it is, as access stands when it is committed. The
/// caller holds the lock that hands out the numbers of the log.
pub(super) async fn tell(tx: &mut Tx, number: i64, change: &Change) -> Result<()> {
    let Ok(kind) = change.what.parse::<EventType>() else {
        return Ok(());
    };
    match (kind.audience(), change.subject) {
        (Audience::Everybody, _) => tell_everybody(tx, number).await,
        (audience, Subject::Document) => {
            let open = matches!(audience, Audience::Viewers | Audience::Delivered);
            let shared = open && change.party.is_none();
            let party = change.party.filter(|_| audience != Audience::Issuers);
            tell_units(tx, number, change.id, party, shared).await?;
            if audience == Audience::Delivered {
                tell_former_viewers(tx, number, change.id).await?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

async fn tell_units(
    tx: &mut Tx,
    number: i64,
    document: Uuid,
    party: Option<UnitId>,
    shared: bool,
) -> Result<()> {
    on_either!(tx, |conn| {
        sqlx::query(
            "INSERT INTO feed (audience, position, number, shared, since)
             SELECT a.unit_id,
                    1 + COALESCE((SELECT MAX(f.position)
                                    FROM feed f
                                   WHERE f.audience = a.unit_id), 0),
                    $1, $2, a.since
               FROM access a
              WHERE a.document_id = $3
                AND ($2 = TRUE OR a.unit_id = $4 OR a.basis IN ('issuer', 'joint'))",
        )
        .bind(number)
        .bind(shared)
        .bind(document)
        .bind(party.map(|unit| unit.0))
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Tells the units to which a document was delivered and which may not see it any more.
async fn tell_former_viewers(tx: &mut Tx, number: i64, document: Uuid) -> Result<()> {
    on_either!(tx, |conn| {
        sqlx::query(
            "INSERT INTO feed (audience, position, number, shared, since)
             SELECT v.unit_id,
                    1 + COALESCE((SELECT MAX(f.position)
                                    FROM feed f
                                   WHERE f.audience = v.unit_id), 0),
                    $1, TRUE, v.sent_at
               FROM deliveries v
              WHERE v.document_id = $2
                AND NOT EXISTS (SELECT 1
                                  FROM access a
                                 WHERE a.document_id = v.document_id
                                   AND a.unit_id = v.unit_id)",
        )
        .bind(number)
        .bind(document)
        .execute(conn)
        .await?;
    });
    Ok(())
}

async fn tell_everybody(tx: &mut Tx, number: i64) -> Result<()> {
    on_either!(tx, |conn| {
        sqlx::query(
            "INSERT INTO feed (audience, position, number, shared, since)
             VALUES ($1, 1 + COALESCE((SELECT MAX(f.position)
                                         FROM feed f
                                        WHERE f.audience = $1), 0), $2, TRUE, 0)",
        )
        .bind(EVERYBODY)
        .bind(number)
        .execute(conn)
        .await?;
    });
    Ok(())
}

#[derive(FromRow)]
struct Row {
    position: i64,
    number: i64,
    at: i64,
    subject: String,
    subject_id: Uuid,
    what: String,
    party_id: Option<Uuid>,
    delivery_id: Option<Uuid>,
    obligation_id: Option<Uuid>,
    seen_by: Option<Uuid>,
}

impl TryFrom<Row> for FeedLine {
    type Error = super::StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let event = match row.seen_by {
            None => None,
            Some(_) => Some(FeedEvent {
                kind: parsed(&row.what)?,
                at: instant(row.at)?,
                subject: parsed(&row.subject)?,
                id: row.subject_id,
                party: row.party_id.map(UnitId),
                delivery: row.delivery_id.map(DeliveryId),
                obligation: row.obligation_id.map(ObligationId),
            }),
        };
        Ok(Self {
            position: count(row.position)?,
            number: count(row.number)?,
            event,
        })
    }
}

impl Feed<'_> {
    /// The next `limit` lines of a unit's own feed. What it may not see any more has no event:
    /// what it was told under an access that has ended since, or as an issuer that it is no more.
    /// That a document was recalled it is told all the same, as its own delivery says it too.
    pub async fn of(&mut self, unit: UnitId, after: u64, limit: i64) -> Result<Vec<FeedLine>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT f.position, f.number, c.at, c.subject, c.subject_id, c.what, c.party_id,
                        v.id AS delivery_id, o.id AS obligation_id,
                        COALESCE(a.unit_id,
                                 CASE WHEN c.what = 'document.recall' AND v.state = 'recalled'
                                      THEN v.unit_id END) AS seen_by
                   FROM feed f
                   JOIN changes c ON c.number = f.number
                   LEFT JOIN access a ON a.unit_id = $1
                                     AND a.document_id = c.subject_id
                                     AND a.since <= f.since
                                     AND (f.shared = TRUE OR c.party_id = $1
                                          OR a.basis IN ('issuer', 'joint'))
                   LEFT JOIN deliveries v ON v.document_id = c.subject_id
                                         AND v.unit_id = COALESCE(c.party_id, $1)
                   LEFT JOIN obligations o ON o.delivery_id = v.id
                                          AND (o.debtor_id = $1 OR o.creditor_id = $1)
                  WHERE f.audience = $1 AND f.position > $2
                  ORDER BY f.position
                  LIMIT $3",
            )
            .bind(unit.0)
            .bind(after.cast_signed())
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The next `limit` lines of what everybody is told.
    pub async fn of_registry(&mut self, after: u64, limit: i64) -> Result<Vec<FeedLine>> {
        let rows: Vec<Row> = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT f.position, f.number, c.at, c.subject, c.subject_id, c.what, c.party_id,
                        NULL AS delivery_id, NULL AS obligation_id, f.audience AS seen_by
                   FROM feed f
                   JOIN changes c ON c.number = f.number
                  WHERE f.audience = $1 AND f.position > $2
                  ORDER BY f.position
                  LIMIT $3",
            )
            .bind(EVERYBODY)
            .bind(after.cast_signed())
            .bind(limit)
            .fetch_all(conn)
            .await?
        });
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// The place behind everything that a unit has been told.
    pub async fn newest(&mut self, unit: UnitId) -> Result<FeedPlace> {
        let (own, registry): (i64, i64) = on_either!(self.0, |conn| {
            sqlx::query_as(
                "SELECT COALESCE((SELECT MAX(f.position)
                                    FROM feed f
                                   WHERE f.audience = $1), 0),
                        COALESCE((SELECT MAX(f.position)
                                    FROM feed f
                                   WHERE f.audience = $2), 0)",
            )
            .bind(unit.0)
            .bind(EVERYBODY)
            .fetch_one(conn)
            .await?
        });
        Ok(FeedPlace {
            own: count(own)?,
            registry: count(registry)?,
        })
    }

    /// Who was told something by the changes after `number`; none stands for everybody. At most
    /// `limit` lines are looked at.
    pub async fn told_after(&mut self, number: u64, limit: i64) -> Result<Vec<Option<UnitId>>> {
        let audiences: Vec<Uuid> = on_either!(self.0, |conn| {
            sqlx::query_scalar("SELECT audience FROM feed WHERE number > $1 LIMIT $2")
                .bind(number.cast_signed())
                .bind(limit)
                .fetch_all(conn)
                .await?
        });
        let unit = |audience: Uuid| (audience != EVERYBODY).then_some(UnitId(audience));
        Ok(audiences.into_iter().map(unit).collect())
    }
}
