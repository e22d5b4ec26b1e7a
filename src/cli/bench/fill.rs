//! Fills a hub with years of exchange by bulk statements: what these rows are is what sending,
//! reading and signing would have written, without asking anybody.

use indicatif::ProgressBar;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    city::{City, Office},
    lives::a_life,
    random::Random,
    share::Share,
};
use crate::{
    cli::told,
    domain::{
        Change, Delivery, DeliveryState, Document, DocumentId, DocumentState, Event, Evidence,
        EvidenceId, Obligation, ObligationId, ObligationState, Openness, Progress, Recipient,
        RecipientRole, Subject, UnitId, Urgency, UserId, legal_day,
    },
    store::{Basis, Result, Store, Tx},
};

/// Deliveries that are written with one statement.
const AT_ONCE: usize = 1_000;
/// One in so many documents is of a rare kind.
const RARE: u64 = 2_000;
/// One in so many documents was never sent.
const UNSENT: u64 = 200;
/// The kinds: what is frequent, and what a unit sees once in a while.
const KINDS: [&str; 2] = ["GW-HAN", "GW-TONGZHI"];
/// The kinds of recommendations.
const DUTY_KINDS: [&str; 3] = ["SJ-ZH", "JC-SH", "JC-GY"];
/// The kind that is rare.
pub(super) const RARE_KIND: &str = "SJ-ZH";

/// What a hub is filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Documents of all kinds, some of which want a reply.
    Exchange,
    /// Recommendations: each main recipient owes a reply and has come some way with it.
    Duties,
}

/// Fills a hub, further each time it is asked.
pub(super) struct Filler<'a> {
    store: &'a Store,
    /// Units that exchange; the first of them most.
    offices: &'a [Office],
    /// A key name for evidence that nobody has signed.
    key_id: String,
    next: Random,
    documents: u64,
    deliveries: usize,
    began: Timestamp,
    content: Content,
}

/// What is written with the next statements.
#[derive(Default)]
struct Batch {
    deliveries: Vec<Delivery>,
    duties: Vec<Obligation>,
    evidence: Vec<Evidence>,
}

impl<'a> Filler<'a> {
    /// A filler that lets `busy` of the units exchange. What it writes is of the years before
    /// this one, so that the numbers of documents that are issued later are free.
    pub(super) fn new(
        store: &'a Store,
        city: &'a City,
        busy: usize,
        now: Timestamp,
        content: Content,
    ) -> Self {
        Self {
            store,
            offices: &city.offices[..busy],
            key_id: "bench".to_owned(),
            next: Random(20_240_430),
            documents: 0,
            deliveries: 0,
            began: years_ago(now, content.years()),
            content,
        }
    }

    /// Goes on until there are `target` deliveries.
    pub(super) async fn up_to(&mut self, target: usize, bar: &ProgressBar) -> Result<(), String> {
        while self.deliveries < target {
            let mut tx = self.store.write().await.map_err(|error| told(&error))?;
            for _ in 0..10 {
                self.write_some(&mut tx, target)
                    .await
                    .map_err(|error| told(&error))?;
            }
            tx.commit().await.map_err(|error| told(&error))?;
            bar.set_position(self.deliveries as u64);
        }
        Ok(())
    }

    async fn write_some(&mut self, tx: &mut Tx, target: usize) -> Result<()> {
        let mut batch = Batch::default();
        while batch.deliveries.len() < AT_ONCE && self.deliveries < target {
            self.write_document(tx, target, &mut batch).await?;
        }
        tx.deliveries().insert_all(&batch.deliveries).await?;
        tx.obligations().insert_all(&batch.duties).await?;
        tx.evidence().insert_all(&batch.evidence).await?;
        Ok(())
    }

    async fn write_document(
        &mut self,
        tx: &mut Tx,
        target: usize,
        batch: &mut Batch,
    ) -> Result<()> {
        self.documents += 1;
        let at = self.began
            + SignedDuration::from_millis(self.documents.cast_signed() * self.content.pace_ms());
        let share = Share::of(self.documents);
        let sender = match share {
            Share::Sent | Share::Drafted => &self.offices[0],
            Share::Received => &self.offices[1 + self.next.below(self.offices.len() - 1)],
            Share::Any => &self.offices[self.next.mostly_first(self.offices.len())],
        };
        let mut document = draft(sender, at, &mut self.next, self.content);
        if share != Share::Any && self.content == Content::Exchange && self.documents % 20 < 2 {
            RARE_KIND.clone_into(&mut document.kind);
        }
        document.recipients = self.recipients(sender, share, target - self.deliveries);
        tx.documents().insert(&document).await?;
        let recipients = &document.recipients;
        tx.documents()
            .set_recipients(document.id, recipients)
            .await?;
        let mut viewers = vec![(sender.unit, Basis::Issuer)];
        let unsent = share == Share::Drafted || self.next.one_in(UNSENT);
        if self.content == Content::Exchange && unsent {
            return tx.access().grant_all(document.id, &viewers, at).await;
        }
        let number = format!(
            "{}〔{}〕{}号",
            sender.prefix,
            legal_day(at).year(),
            self.documents
        );
        document.number = number.parse().ok();
        document.state = DocumentState::Sent;
        document.issued = Some((sender.signer, at));
        document.sent = Some((sender.clerk, at));
        document.manifest = Some(document.digest_of_content());
        document.revision += 1;
        tx.documents().update(&document).await?;
        viewers.extend(document.recipients.iter().map(|one| match one.role {
            RecipientRole::Main => (one.unit, Basis::Main),
            RecipientRole::Copy => (one.unit, Basis::Copy),
            RecipientRole::Forward => (one.unit, Basis::Forward),
        }));
        tx.access().grant_all(document.id, &viewers, at).await?;
        tx.happened(Change {
            at,
            subject: Subject::Document,
            id: document.id.0,
            what: "document.send",
            party: None,
        });
        self.deliver(&document, batch);
        Ok(())
    }

    /// One to twenty units, most of them the busy ones.
    fn recipients(&mut self, sender: &Office, share: Share, at_most: usize) -> Vec<Recipient> {
        let wanted = self.next.below(20) + 1;
        let mut recipients: Vec<Recipient> = Vec::with_capacity(wanted);
        for place in 0..wanted.min(at_most.max(1)) {
            let office = match share {
                Share::Received if place == 0 => 0,
                _ => self.next.mostly_first(self.offices.len()),
            };
            let unit = self.offices[office].unit;
            if unit == sender.unit || recipients.iter().any(|one| one.unit == unit) {
                continue;
            }
            let role = if self.content == Content::Exchange && self.next.one_in(3) {
                RecipientRole::Copy
            } else {
                RecipientRole::Main
            };
            recipients.push(Recipient { unit, role });
        }
        recipients
    }

    fn deliver(&mut self, document: &Document, batch: &mut Batch) {
        let Some((_, at)) = document.sent else { return };
        if self.content == Content::Exchange {
            let submission = self.statement(document, document.unit, Event::Submission, at);
            batch.evidence.push(submission);
        }
        for recipient in &document.recipients {
            self.deliveries += 1;
            let clerk = self.clerk_of(recipient);
            let (read, signed) = match self.next.below(20) {
                0..2 => (None, None),
                2..4 => (Some(clerk), None),
                _ => (Some(clerk), Some(clerk)),
            };
            let delivery = Delivery {
                state: match (read, signed) {
                    (None, _) => DeliveryState::Arrived,
                    (Some(_), None) => DeliveryState::Read,
                    (Some(_), Some(_)) => DeliveryState::Signed,
                },
                first_read: read.map(|by| (by, at + SignedDuration::from_hours(1))),
                signed: signed.map(|by| (by, at + SignedDuration::from_hours(2))),
                ..Delivery::arriving(document, recipient.unit, recipient.role, at)
            };
            let mut events = vec![Event::Arrival];
            events.extend(read.map(|_| Event::Reading));
            events.extend(signed.map(|_| Event::Signing));
            // The figures of duties look at none.
            let stated = self.content == Content::Exchange;
            for event in events.into_iter().filter(|_| stated) {
                let statement = self.statement(document, recipient.unit, event, at);
                batch.evidence.push(statement);
            }
            match self.content {
                Content::Duties => {
                    batch
                        .duties
                        .push(a_life(document, &delivery, &mut self.next));
                }
                Content::Exchange => {
                    let owes = document.reply_due_on.is_some();
                    if owes && recipient.role == RecipientRole::Main {
                        batch.duties.push(duty(document, &delivery, at));
                    }
                }
            }
            batch.deliveries.push(delivery);
        }
    }

    fn clerk_of(&self, recipient: &Recipient) -> UserId {
        let mut offices = self.offices.iter();
        let office = offices.find(|office| office.unit == recipient.unit);
        office.unwrap_or(&self.offices[0]).clerk
    }

    /// A row as long as a true one; nobody has signed it.
    fn statement(
        &self,
        document: &Document,
        party: UnitId,
        event: Event,
        at: Timestamp,
    ) -> Evidence {
        let id = EvidenceId::fresh();
        Evidence {
            id,
            document: document.id,
            party,
            event,
            round: 1,
            at,
            statement: format!("{{\"bench\":\"{id}\",\"padding\":\"{:0>760}\"}}", ""),
            signature: "A".repeat(86),
            key_id: self.key_id.clone(),
        }
    }
}

impl Content {
    /// The years over which it is spread.
    fn years(self) -> i16 {
        match self {
            Self::Exchange => 3,
            Self::Duties => 5,
        }
    }

    /// The milliseconds between two documents: a hundred thousand of them take two years, or
    /// nearly five.
    fn pace_ms(self) -> i64 {
        match self {
            Self::Exchange => 600_000,
            Self::Duties => 1_450_000,
        }
    }
}

/// A draft of some kind.
pub(super) fn draft(
    sender: &Office,
    at: Timestamp,
    next: &mut Random,
    content: Content,
) -> Document {
    let kind = if content == Content::Duties {
        DUTY_KINDS[next.below(DUTY_KINDS.len())]
    } else if next.one_in(RARE) {
        RARE_KIND
    } else {
        KINDS[next.below(KINDS.len())]
    };
    let due = next
        .one_in(3)
        .then(|| legal_day(at + SignedDuration::from_hours(30 * 24)));
    Document {
        id: DocumentId::fresh(),
        unit: sender.unit,
        kind: kind.to_owned(),
        kind_version: 1,
        version: 1,
        replaces: None,
        title: format!("关于第{}项工作安排的文书", Uuid::new_v4().simple()),
        state: DocumentState::Draft,
        urgency: Urgency::Normal,
        openness: Openness::NotPublic,
        dated_on: None,
        number: None,
        case_number: None,
        reply_due_on: due,
        fields: Map::from_iter([("signer".to_owned(), Value::from("测速"))]),
        in_reply_to: None,
        drafted: (sender.clerk, at),
        updated_at: at,
        submitted: None,
        review: None,
        issued: None,
        sent: None,
        amendment: None,
        superseded_at: None,
        recalled: None,
        archived: None,
        manifest: None,
        quarantined_at: None,
        revision: 1,
        files: Vec::new(),
        recipients: Vec::new(),
        groups: Vec::new(),
        joint_issuers: Vec::new(),
    }
}

/// A duty that has just arisen.
pub(super) fn duty(document: &Document, delivery: &Delivery, at: Timestamp) -> Obligation {
    Obligation {
        id: ObligationId::fresh(),
        delivery: delivery.id,
        document: document.id,
        debtor: delivery.unit,
        creditor: document.unit,
        rule: ("GW-BL".to_owned(), 1),
        state: match delivery.signed {
            Some(_) => ObligationState::InProgress,
            None => ObligationState::AwaitingSignature,
        },
        typed_due_on: document.reply_due_on,
        urgency: document.urgency,
        sign_by: None,
        anchor_on: None,
        original_due_on: None,
        due: None,
        reply: None,
        progress: Progress::default(),
        created_at: at,
        revision: 1,
    }
}

/// The first of January so many years ago.
fn years_ago(now: Timestamp, years: i16) -> Timestamp {
    let first = format!("{}-01-01T00:00:00Z", legal_day(now).year() - years);
    first.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}
