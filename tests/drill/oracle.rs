//! The oracle: what was acknowledged is there, whole, and nothing is there by halves.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use sqlx::{PgPool, SqlitePool, sqlite::SqliteConnectOptions};
use uuid::Uuid;

use crate::{
    city::UNITS,
    hub::Site,
    index::differences,
    load::{Ack, WORD},
    people::{People, id},
    random::Random,
};

/// How long the index may take to be what the database is.
const INDEX_PATIENCE: Duration = Duration::from_secs(10);

/// The hub's database, read past the hub.
pub enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

macro_rules! rows {
    ($db:expr, $row:ty, $sql:literal) => {{
        let rows: Vec<$row> = match $db {
            Database::Sqlite(pool) => sqlx::query_as($sql).fetch_all(pool).await.unwrap(),
            Database::Postgres(pool) => sqlx::query_as($sql).fetch_all(pool).await.unwrap(),
        };
        rows
    }};
}

/// What the database is at one moment: the hub goes on writing while it is looked at.
enum Snapshot {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

macro_rules! rows_of {
    ($snapshot:expr, $row:ty, $sql:literal) => {{
        let rows: Vec<$row> = match &mut $snapshot {
            Snapshot::Sqlite(tx) => sqlx::query_as($sql).fetch_all(&mut **tx).await.unwrap(),
            Snapshot::Postgres(tx) => sqlx::query_as($sql).fetch_all(&mut **tx).await.unwrap(),
        };
        rows
    }};
}

/// Statements that find what must not be, each with what it would mean.
macro_rules! halves {
    ($db:expr, $losses:expr, $($what:literal: $sql:literal;)+) => {
        $(for (found,) in rows!($db, (String,), $sql) {
            $losses.push(format!("{}: {found}", $what));
        })+
    };
}

impl Database {
    /// Opens the file of an embedded database, or a server.
    pub async fn open(site: &Site, server: Option<&str>) -> Self {
        if let Some(url) = server {
            return Self::Postgres(PgPool::connect(url).await.unwrap());
        }
        let file = site.data().join("wenshu.db");
        let options = SqliteConnectOptions::new().filename(file);
        let options = options.busy_timeout(Duration::from_secs(10));
        Self::Sqlite(SqlitePool::connect_with(options).await.unwrap())
    }

    async fn snapshot(&self) -> Snapshot {
        match self {
            Self::Sqlite(pool) => Snapshot::Sqlite(pool.begin().await.unwrap()),
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
                Snapshot::Postgres(pool.begin_with(begin).await.unwrap())
            }
        }
    }

    pub async fn close(self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// Does harm that no hub does.
    pub async fn harm(&self, sql: &'static str) {
        let Self::Sqlite(pool) = self else {
            panic!("harm is done to files only");
        };
        let mut connection = pool.acquire().await.unwrap();
        for statement in ["PRAGMA foreign_keys = OFF", sql] {
            sqlx::query(statement)
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    }

    /// The statements about a document, oldest first: receipt, event, unit, milliseconds.
    pub async fn statements_about(&self, document: Uuid) -> Vec<(Uuid, String, Uuid, i64)> {
        const SQL: &str = "SELECT id, event, party_id, at
                             FROM evidence
                            WHERE document_id = $1
                            ORDER BY at, id";
        match self {
            Self::Sqlite(pool) => sqlx::query_as(SQL).bind(document).fetch_all(pool).await,
            Self::Postgres(pool) => sqlx::query_as(SQL).bind(document).fetch_all(pool).await,
        }
        .unwrap()
    }

    /// The status and the body that are kept under a key.
    pub async fn answer_under(&self, key: &str) -> Option<(i64, String)> {
        const SQL: &str = "SELECT CAST(status AS BIGINT), COALESCE(body, '')
                             FROM idempotency
                            WHERE key = $1 AND status IS NOT NULL";
        match self {
            Self::Sqlite(pool) => sqlx::query_as(SQL).bind(key).fetch_optional(pool).await,
            Self::Postgres(pool) => sqlx::query_as(SQL).bind(key).fetch_optional(pool).await,
        }
        .unwrap()
    }

    /// Lets the hub forget what it has answered, as it does after some days.
    pub async fn forget_keys(&self) -> u64 {
        const SQL: &str = "DELETE FROM idempotency";
        match self {
            Self::Sqlite(pool) => sqlx::query(SQL)
                .execute(pool)
                .await
                .unwrap()
                .rows_affected(),
            Self::Postgres(pool) => sqlx::query(SQL)
                .execute(pool)
                .await
                .unwrap()
                .rows_affected(),
        }
    }
}

/// What was looked at.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Everything that is not as it should be.
    pub losses: Vec<String>,
    pub downloads: usize,
    /// How long the index took to be what the database is.
    pub index_took: Duration,
}

/// Looks at everything that was acknowledged; downloads what was acknowledged from `since` on,
/// and some of the rest.
pub async fn consult(
    site: &Site,
    db: &Database,
    people: &People,
    acks: &[Ack],
    since: usize,
    random: &mut Random,
) -> Verdict {
    let mut verdict = Verdict {
        losses: examine(site, db, acks).await,
        ..Verdict::default()
    };
    keys(db, people, acks, random, &mut verdict.losses).await;
    downloads(people, acks, since, random, &mut verdict).await;
    let began = Instant::now();
    index(db, people, &mut verdict).await;
    let wrong = differences(site, INDEX_PATIENCE).await;
    verdict.index_took = began.elapsed();
    verdict
        .losses
        .extend(wrong.map(|told| format!("the index is not the database: {told}")));
    verdict
}

/// Where the bytes of a file are.
pub fn blob(site: &Site, sha256: &str) -> PathBuf {
    let blobs = site.data().join("blobs/blobs");
    blobs.join(&sha256[..2]).join(&sha256[2..4]).join(sha256)
}

/// Looks at what the database and the folder of files hold, whether a hub runs or not.
pub async fn examine(site: &Site, db: &Database, acks: &[Ack]) -> Vec<String> {
    let mut losses = Vec::new();
    acknowledged(site, db, acks, &mut losses).await;
    by_halves(db, &mut losses).await;
    logs(db, &mut losses).await;
    losses
}

async fn acknowledged(site: &Site, db: &Database, acks: &[Ack], losses: &mut Vec<String>) {
    type Row = (
        Uuid,
        String,
        String,
        Option<String>,
        Option<i64>,
        Option<i64>,
        Option<Uuid>,
    );
    let documents: HashMap<Uuid, Row> = rows!(
        db,
        Row,
        "SELECT id, title, state, number_prefix, number_year, number_seq, in_reply_to
           FROM documents"
    )
    .into_iter()
    .map(|row| (row.0, row))
    .collect();
    let files: HashMap<Uuid, String> = rows!(db, (Uuid, String), "SELECT id, digest FROM files")
        .into_iter()
        .collect();
    let signed: HashSet<Uuid> = rows!(
        db,
        (Uuid,),
        "SELECT id FROM deliveries WHERE state IN ('signed', 'recalled') AND signed_at > 0"
    )
    .into_iter()
    .map(|row| row.0)
    .collect();
    let evidence: HashMap<Uuid, String> =
        rows!(db, (Uuid, String), "SELECT id, event FROM evidence")
            .into_iter()
            .collect();
    let read: HashSet<(Uuid, Uuid)> = rows!(
        db,
        (Uuid, Uuid),
        "SELECT document_id, user_id FROM read_marks"
    )
    .into_iter()
    .collect();
    let replies: HashMap<Uuid, Uuid> = rows!(
        db,
        (Uuid, Uuid),
        "SELECT reply_id, document_id FROM obligations WHERE reply_id IS NOT NULL"
    )
    .into_iter()
    .collect();
    let delivered: HashMap<Uuid, i64> = rows!(
        db,
        (Uuid, i64),
        "SELECT document_id, COUNT(*) FROM deliveries GROUP BY document_id"
    )
    .into_iter()
    .collect();
    for ack in acks {
        let kept = match ack {
            Ack::File { id, sha256 } => {
                files.get(id) == Some(sha256) && blob(site, sha256).is_file()
            }
            Ack::Draft { id, title, .. } => documents.get(id).is_some_and(|row| row.1 == *title),
            Ack::Issued { id, number } => documents.get(id).is_some_and(|row| {
                let (prefix, year, seq) = (row.3.as_deref(), row.4, row.5);
                let known = prefix.zip(year).zip(seq);
                known.is_some_and(|((p, y), s)| *number == format!("{p}〔{y}〕{s}号"))
            }),
            Ack::Sent { id, recipients } => {
                documents
                    .get(id)
                    .is_some_and(|row| ["sent", "recalled"].contains(&row.2.as_str()))
                    && delivered.get(id).copied() == i64::try_from(*recipients).ok()
            }
            Ack::Read { document, user } => read.contains(&(*document, *user)),
            Ack::Signed { delivery, receipt } => {
                signed.contains(delivery)
                    && evidence
                        .get(receipt)
                        .is_some_and(|event| event == "signing")
            }
            Ack::Replied { original, reply } => replies.get(reply) == Some(original),
            Ack::Held { .. } => true,
        };
        if !kept {
            losses.push(format!("acknowledged and lost: {ack:?}"));
        }
    }
}

async fn by_halves(db: &Database, losses: &mut Vec<String>) {
    halves! { db, losses,
        "a number without its document":
            "SELECT s.prefix FROM doc_number_series s
              WHERE s.last_seq <> (SELECT COUNT(*) FROM documents d
                                    WHERE d.unit_id = s.unit_id AND d.number_prefix = s.prefix
                                      AND d.number_year = s.year)";
        "issued without a number, an issuer or a time":
            "SELECT title FROM documents
              WHERE state NOT IN ('draft', 'in_review')
                AND (number_seq IS NULL OR issued_by IS NULL OR issued_at IS NULL)";
        "sent without its manifest":
            "SELECT title FROM documents
              WHERE state IN ('sent', 'recalled') AND (manifest IS NULL OR sent_at IS NULL OR sent_by IS NULL)";
        "sent and not delivered to everybody":
            "SELECT d.title FROM documents d
              WHERE d.state IN ('sent', 'recalled')
                AND (SELECT COUNT(*) FROM deliveries v WHERE v.document_id = d.id)
                 <> (SELECT COUNT(*) FROM document_recipients r WHERE r.document_id = d.id)";
        "delivered and not sent":
            "SELECT d.title FROM deliveries v JOIN documents d ON d.id = v.document_id
              WHERE d.state NOT IN ('sent', 'recalled')";
        "sent without evidence":
            "SELECT d.title FROM documents d
              WHERE d.state IN ('sent', 'recalled')
                AND NOT EXISTS (SELECT 1 FROM evidence e
                                 WHERE e.document_id = d.id AND e.event = 'submission')";
        "arrived without evidence":
            "SELECT d.title FROM deliveries v JOIN documents d ON d.id = v.document_id
              WHERE NOT EXISTS (SELECT 1 FROM evidence e
                                 WHERE e.document_id = v.document_id
                                   AND e.party_id = v.unit_id AND e.event = 'arrival')";
        "a reading or signature without evidence, or evidence without it":
            "SELECT d.title FROM deliveries v JOIN documents d ON d.id = v.document_id
              WHERE (v.signed_at IS NOT NULL)
                 <> EXISTS (SELECT 1 FROM evidence e
                             WHERE e.document_id = v.document_id
                               AND e.party_id = v.unit_id AND e.event = 'signing')
                 OR (v.first_read_at IS NOT NULL)
                 <> EXISTS (SELECT 1 FROM evidence e
                             WHERE e.document_id = v.document_id
                               AND e.party_id = v.unit_id AND e.event = 'reading')";
        "delivered and not to be seen":
            "SELECT d.title FROM deliveries v JOIN documents d ON d.id = v.document_id
              WHERE v.state <> 'recalled'
                AND NOT EXISTS (SELECT 1 FROM access a
                                 WHERE a.document_id = v.document_id AND a.unit_id = v.unit_id)";
        "a reply that was sent and answers nothing":
            "SELECT d.title FROM documents d
              WHERE d.state = 'sent' AND d.in_reply_to IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM obligations o WHERE o.reply_id = d.id)";
        "a file that nothing keeps for its document":
            "SELECT d.title FROM documents d
               JOIN document_files p ON p.document_id = d.id
               JOIN files f ON f.id = p.file_id
              WHERE d.state = 'sent' AND CAST(f.attached AS INTEGER) = 0";
        "a key without its answer":
            "SELECT route FROM idempotency WHERE status IS NULL OR body IS NULL";
        "two documents of one request":
            "SELECT title FROM documents GROUP BY title HAVING COUNT(*) > 1";
    }
}

/// The change log and the audit have no gaps, and their heads are right.
async fn logs(db: &Database, losses: &mut Vec<String>) {
    let mut moment = db.snapshot().await;
    let heads = rows_of!(
        moment,
        (i64, i64, String),
        "SELECT changes, audits, audit_hash FROM log_head"
    );
    let (changes, audits, hash) = &heads[0];
    let numbers = rows_of!(moment, (i64,), "SELECT number FROM changes ORDER BY number");
    if !numbers.iter().map(|row| row.0).eq(1..=*changes) {
        losses.push(format!(
            "the change log has gaps: {} of {changes}",
            numbers.len()
        ));
    }
    let lines = rows_of!(
        moment,
        (i64, String, String),
        "SELECT number, previous, hash FROM audits ORDER BY number"
    );
    if !lines.iter().map(|line| line.0).eq(1..=*audits) {
        losses.push(format!("the audit has gaps: {} of {audits}", lines.len()));
    }
    if !lines.windows(2).all(|pair| pair[0].2 == pair[1].1) {
        losses.push("the chain of the audit is broken".to_owned());
    }
    if lines.last().is_some_and(|line| line.2 != *hash) {
        losses.push("the head of the audit is not its last line".to_owned());
    }
    if let Database::Sqlite(pool) = db {
        let sound: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check")
            .fetch_all(pool)
            .await
            .unwrap();
        if sound != [("ok".to_owned(),)] {
            losses.push(format!("the database is not sound: {sound:?}"));
        }
        let strays = sqlx::query("PRAGMA foreign_key_check")
            .fetch_all(pool)
            .await
            .unwrap();
        if !strays.is_empty() {
            losses.push(format!("{} references lead nowhere", strays.len()));
        }
    }
}

/// Every key stands for one document, and asked for again gives it again.
async fn keys(
    db: &Database,
    people: &People,
    acks: &[Ack],
    random: &mut Random,
    losses: &mut Vec<String>,
) {
    let kept: HashMap<String, String> = rows!(
        db,
        (String, String),
        "SELECT key, body FROM idempotency WHERE route LIKE 'POST /api/v1/documents %'"
    )
    .into_iter()
    .collect();
    let drafts: Vec<_> = acks
        .iter()
        .filter_map(|ack| match ack {
            Ack::Draft {
                id,
                key,
                login,
                body,
                ..
            } => Some((*id, key, login, body)),
            _ => None,
        })
        .collect();
    for (document, key, _, _) in &drafts {
        let answer = kept
            .get(*key)
            .map(|body| serde_json::from_str(body).unwrap());
        let known = answer.map(|answer: serde_json::Value| id(&answer["id"]));
        if known != Some(*document) {
            losses.push(format!("key {key} stands for {known:?}, not {document}"));
        }
    }
    for _ in 0..drafts.len().min(5) {
        let (document, key, login, body) = drafts[random.place(drafts.len())];
        let (unit, post) = login.split_once('.').unwrap();
        let request = people.get(unit, post).asks("POST", "documents");
        let answer = request
            .header("idempotency-key", key)
            .json(body)
            .send()
            .await
            .unwrap();
        let answer: serde_json::Value = answer.json().await.unwrap();
        if answer["id"].as_str() != Some(&document.to_string()) {
            losses.push(format!("asked for {document} again, got {answer}"));
        }
    }
}

async fn downloads(
    people: &People,
    acks: &[Ack],
    since: usize,
    random: &mut Random,
    verdict: &mut Verdict,
) {
    let mut wanted: Vec<&Ack> = acks[since..].iter().collect();
    wanted.extend((0..20.min(since)).map(|_| &acks[random.place(since)]));
    let held = wanted.into_iter().filter_map(|ack| match ack {
        Ack::Held {
            document,
            file,
            sha256,
            unit,
        } => Some((document, file, sha256, unit)),
        _ => None,
    });
    let checks = held.map(async |(document, file, sha256, unit)| {
        let path = format!("documents/{document}/files/{file}");
        let answer = people
            .of_unit(*unit, "clerk")
            .asks("GET", &path)
            .send()
            .await
            .unwrap();
        let bytes = answer.bytes().await.unwrap_or_default();
        (hex::encode(Sha256::digest(&bytes)) == *sha256, path)
    });
    let mut checks = stream::iter(checks).buffer_unordered(8);
    while let Some((right, path)) = checks.next().await {
        verdict.downloads += 1;
        if !right {
            verdict
                .losses
                .push(format!("{path} is not what was uploaded"));
        }
    }
}

async fn index(db: &Database, people: &People, verdict: &mut Verdict) {
    let began = Instant::now();
    let expected: HashMap<Uuid, i64> = rows!(
        db,
        (Uuid, i64),
        "SELECT a.unit_id, COUNT(*)
           FROM access a JOIN documents d ON d.id = a.document_id
          WHERE d.state = 'sent'
          GROUP BY a.unit_id"
    )
    .into_iter()
    .collect();
    for unit in UNITS {
        let clerk = people.get(unit, "clerk");
        let wanted = u64::try_from(expected.get(&clerk.unit).copied().unwrap_or(0)).unwrap();
        loop {
            let found = clerk.finds(&format!("title:{WORD}")).await;
            if found == wanted {
                break;
            }
            if began.elapsed() > INDEX_PATIENCE {
                verdict
                    .losses
                    .push(format!("{unit}: {found} in the index, {wanted} are there"));
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
