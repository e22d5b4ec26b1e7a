//! In random small worlds, a unit is shown something if and only if a row of `access` says so,
//! or it is a party to it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use wenshu::{
    domain::{
        Delivery, Document, DocumentFilter, DocumentId, DocumentState, Event, Evidence, FileId,
        FileRole, Forwarding, Obligation, RecipientRole, Return, ReturnReason, UnitId, UserId,
    },
    store::{Basis, Tx},
};

use crate::world::{World, a_delivery, a_document, a_file, a_statement, a_unit, an_obligation, at};

/// The same throws each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_of<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }

    /// One of few, so that some fall together.
    fn moment(&mut self) -> Timestamp {
        self.one_of(&[at(0), at(1), at(2)])
    }

    fn chance(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }
}

/// What was written down, as the oracle knows it.
#[derive(Default)]
struct Written {
    units: Vec<UnitId>,
    documents: Vec<Document>,
    /// The reason and the instant of each unit's access.
    access: BTreeMap<(UnitId, DocumentId), (Basis, Timestamp)>,
    files: Vec<(DocumentId, FileId)>,
    deliveries: Vec<Delivery>,
    returns: Vec<Return>,
    obligations: Vec<Obligation>,
    evidence: Vec<Evidence>,
}

async fn a_random_world(dice: &mut Dice, round: u64, world: &World, tx: &mut Tx) -> Written {
    let mut written = Written::default();
    for n in 0..4 {
        let unit = a_unit(&format!("第{round}轮单位{n}"));
        assert!(tx.units().insert(&unit).await.unwrap());
        written.units.push(unit.id);
    }
    for _ in 0..=dice.below(4) {
        let document = a_random_document(dice, world, tx, &written).await;
        for unit in written.units.clone() {
            if dice.chance(5) {
                let (basis, since) = (dice.one_of(Basis::ALL), dice.moment());
                if !may_be(basis, unit, &document) {
                    continue;
                }
                tx.access()
                    .grant(unit, document.id, basis, since)
                    .await
                    .unwrap();
                written.access.insert((unit, document.id), (basis, since));
            }
            if dice.chance(5) {
                let clerk = world.clerk;
                a_random_delivery(dice, tx, &mut written, document.id, unit, clerk).await;
            }
            for event in Event::ALL {
                if dice.chance(3) {
                    let one = a_statement(document.id, unit, *event);
                    assert!(tx.evidence().insert(&one).await.unwrap());
                    written.evidence.push(one);
                }
            }
        }
        let file = a_file(world.government, world.clerk, &format!("{}", document.id));
        tx.files().insert(&file).await.unwrap();
        tx.documents()
            .set_files(document.id, &[(file.id, FileRole::Main)])
            .await
            .unwrap();
        written.files.push((document.id, file.id));
        written.documents.push(document);
    }
    written
}

/// What lies in a drawer is seen by those alone who issue it.
fn may_be(basis: Basis, unit: UnitId, document: &Document) -> bool {
    use DocumentState::{Draft, InReview, Issued};
    match basis {
        _ if ![Draft, InReview, Issued].contains(&document.state) => true,
        Basis::Issuer => document.unit == unit,
        basis => basis == Basis::Joint,
    }
}

async fn a_random_document(
    dice: &mut Dice,
    world: &World,
    tx: &mut Tx,
    written: &Written,
) -> Document {
    let mut document = a_document(dice.one_of(&written.units), world.clerk);
    if let Some(earlier) = written.documents.last().filter(|_| dice.chance(6)) {
        document.in_reply_to = Some(earlier.id);
    }
    tx.documents().insert(&document).await.unwrap();
    document.state = dice.one_of(DocumentState::ALL);
    if document.state == DocumentState::Sent {
        document.sent = Some((world.clerk, dice.moment()));
    }
    document.revision += 1;
    assert!(tx.documents().update(&document).await.unwrap());
    document
}

async fn a_random_delivery(
    dice: &mut Dice,
    tx: &mut Tx,
    written: &mut Written,
    document: DocumentId,
    unit: UnitId,
    clerk: UserId,
) {
    let mut delivery = a_delivery(document, unit);
    let earlier = written
        .deliveries
        .iter()
        .rfind(|one| one.document == document);
    if let Some(from) = earlier.filter(|_| dice.chance(6)) {
        delivery.role = RecipientRole::Forward;
        delivery.forwarded = Some(Forwarding {
            from: from.id,
            unit: from.unit,
            by: clerk,
            note: None,
        });
    }
    assert!(tx.deliveries().insert(&delivery).await.unwrap());
    if dice.chance(5) {
        let one = Return {
            delivery: delivery.id,
            round: 1,
            reason: ReturnReason::Duplicate,
            note: None,
            returned: (clerk, at(9)),
            decision: None,
        };
        assert!(tx.returns().insert(&one).await.unwrap());
        written.returns.push(one);
    }
    if dice.chance(5) {
        let duty = an_obligation(&delivery, dice.one_of(&written.units));
        tx.obligations().insert(&duty).await.unwrap();
        written.obligations.push(duty);
    }
    written.deliveries.push(delivery);
}

impl Written {
    fn sees(&self, viewer: UnitId, document: DocumentId) -> bool {
        self.access.contains_key(&(viewer, document))
    }

    fn issues(&self, viewer: UnitId, document: DocumentId) -> bool {
        let basis = self.access.get(&(viewer, document)).map(|(basis, _)| basis);
        matches!(basis, Some(Basis::Issuer | Basis::Joint))
    }

    fn knows_delivery(&self, viewer: UnitId, delivery: &Delivery) -> bool {
        let document = delivery.document;
        let forwarder = delivery.forwarded.as_ref().map(|from| from.unit);
        self.sees(viewer, document)
            && (delivery.unit == viewer
                || forwarder == Some(viewer)
                || self.issues(viewer, document))
    }

    fn knows_statement(&self, viewer: UnitId, one: &Evidence) -> bool {
        self.sees(viewer, one.document)
            && (one.party == viewer
                || one.event == Event::Submission
                || self.issues(viewer, one.document))
    }

    async fn check_documents(&self, tx: &mut Tx, viewer: UnitId) {
        let ids: Vec<_> = self.documents.iter().map(|document| document.id).collect();
        let mut among = tx.documents().among_for(viewer, &ids).await.unwrap();
        among.sort_by_key(|document| document.id);
        let mut seen: Vec<_> = ids
            .into_iter()
            .filter(|id| self.sees(viewer, *id))
            .collect();
        seen.sort();
        assert_eq!(
            among.iter().map(|document| document.id).collect::<Vec<_>>(),
            seen
        );
        for document in &self.documents {
            let id = document.id;
            let shown = self.sees(viewer, id);
            assert_eq!(tx.access().allows(viewer, id).await.unwrap(), shown);
            assert_eq!(
                tx.access().viewers(id).await.unwrap().contains(&viewer),
                shown
            );
            let found = tx.documents().find_for(viewer, id).await.unwrap();
            assert_eq!(found.map(|found| found.id), shown.then_some(id));
            self.check_replies(tx, viewer, id).await;
        }
        let states = DocumentState::ALL.iter().map(|state| Some(*state));
        for state in states.chain([None]) {
            for own in [false, true] {
                for kind in [None, Some("JC-JY".to_owned()), Some("GW-HAN".to_owned())] {
                    let after = None;
                    let filter = DocumentFilter {
                        own,
                        state,
                        kind,
                        after,
                    };
                    self.check_list(tx, viewer, &filter).await;
                }
            }
        }
        for (document, file) in &self.files {
            for within in &self.documents {
                let found = tx.files().find_in(viewer, within.id, *file).await.unwrap();
                let shown = within.id == *document && self.sees(viewer, *document);
                assert_eq!(found.map(|found| found.id), shown.then_some(*file));
            }
        }
    }

    async fn check_replies(&self, tx: &mut Tx, viewer: UnitId, to: DocumentId) {
        let mut expected: Vec<_> = self
            .documents
            .iter()
            .filter(|reply| reply.in_reply_to == Some(to) && self.sees(viewer, reply.id))
            .filter_map(|reply| reply.sent.map(|(_, at)| (at, reply.id)))
            .collect();
        expected.sort();
        let found = tx.documents().replies_for(viewer, to, 99).await.unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|reply| (reply.sent.unwrap().1, reply.id))
            .collect();
        assert_eq!(found, expected);
    }

    async fn check_list(&self, tx: &mut Tx, viewer: UnitId, filter: &DocumentFilter) {
        let state = |id: DocumentId| {
            let document = self.documents.iter().find(|document| document.id == id);
            document.unwrap().state
        };
        let mut expected: Vec<_> = self
            .access
            .iter()
            .filter(|((unit, id), (basis, _))| {
                *unit == viewer
                    && (!filter.own || *basis == Basis::Issuer)
                    && filter.state.is_none_or(|wanted| wanted == state(*id))
                    && filter.kind.as_ref().is_none_or(|kind| kind == "JC-JY")
            })
            .map(|((_, document), (_, since))| (*since, *document))
            .collect();
        expected.sort_by(|a, b| b.cmp(a));
        let found = tx.documents().list_for(viewer, filter, 99).await.unwrap();
        let found: Vec<_> = found.iter().map(|it| (it.since, it.document.id)).collect();
        assert_eq!(found, expected, "{filter:?}");
    }

    async fn check_deliveries(&self, tx: &mut Tx, viewer: UnitId) {
        for delivery in &self.deliveries {
            let known = self.knows_delivery(viewer, delivery);
            let found = tx.deliveries().find_for(viewer, delivery.id).await.unwrap();
            assert_eq!(found, known.then(|| delivery.clone()));
        }
        let ids: Vec<_> = self.deliveries.iter().map(|delivery| delivery.id).collect();
        let returns = self.returns.iter().filter(|one| {
            let mut of = self.deliveries.iter();
            let of = of.find(|delivery| delivery.id == one.delivery);
            self.knows_delivery(viewer, of.unwrap())
        });
        let mut returns: Vec<_> = returns.cloned().collect();
        returns.sort_by_key(|one| one.delivery);
        let found = tx.returns().of_deliveries_for(viewer, &ids).await.unwrap();
        assert_eq!(found, returns);
        for document in &self.documents {
            let known = self.deliveries.iter().filter(|delivery| {
                delivery.document == document.id && self.knows_delivery(viewer, delivery)
            });
            let found = tx
                .deliveries()
                .of_document_for(viewer, document.id)
                .await
                .unwrap();
            let mut known: Vec<_> = known.cloned().collect();
            known.sort_by_key(|one| (std::cmp::Reverse(one.role.code()), one.id));
            assert_eq!(found, known);
        }
        for duty in &self.obligations {
            let is_party = duty.debtor == viewer || duty.creditor == viewer;
            let found = tx
                .obligations()
                .find_for(Some(viewer), duty.id)
                .await
                .unwrap();
            assert_eq!(
                found.map(|line| line.obligation),
                is_party.then(|| duty.clone())
            );
            let office = tx.obligations().find_for(None, duty.id).await.unwrap();
            assert_eq!(office.map(|line| line.obligation.id), Some(duty.id));
        }
    }

    async fn check_evidence(&self, tx: &mut Tx, viewer: UnitId) {
        for one in &self.evidence {
            let known = self.knows_statement(viewer, one);
            let found = tx.evidence().find_for(viewer, one.id).await.unwrap();
            assert_eq!(found, known.then(|| one.clone()));
        }
        for document in &self.documents {
            let known = self
                .evidence
                .iter()
                .filter(|one| one.document == document.id && self.knows_statement(viewer, one));
            let known: Vec<_> = known.map(|one| one.id).collect();
            let found = tx
                .evidence()
                .of_document_for(viewer, document.id, 99)
                .await
                .unwrap();
            assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), known);
        }
    }
}

#[tokio::test]
async fn a_unit_is_shown_what_access_says_and_nothing_else() {
    let world = World::new().await;
    for round in 1..=40_u64 {
        let mut dice = Dice(round.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        println!("round {round}");
        let mut tx = world.write().await;
        let written = a_random_world(&mut dice, round, &world, &mut tx).await;
        let strangers = [world.court, UnitId::fresh()];
        for viewer in written.units.iter().chain(&strangers) {
            written.check_documents(&mut tx, *viewer).await;
            written.check_deliveries(&mut tx, *viewer).await;
            written.check_evidence(&mut tx, *viewer).await;
        }
        // What the next round writes must not depend on it.
        tx.commit().await.unwrap();
    }
}
