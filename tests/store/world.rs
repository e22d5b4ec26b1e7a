//! A small city to write down, with everything of no interest already filled in.

use std::str::FromStr;

use jiff::{Timestamp, civil::date};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use wenshu::{
    domain::{
        Branch, Delivery, DeliveryId, DeliveryState, Digest, Document, DocumentId, DocumentState,
        DueDate, Event, Evidence, EvidenceId, FileId, Membership, Obligation, ObligationId,
        ObligationState, Openness, PasswordState, Progress, RecipientRole, Role, StoredFile, Unit,
        UnitId, Urgency, User, UserId,
    },
    store::{Basis, Store, Tx},
};

use crate::home::Home;

/// A fresh database with three units and a clerk of the government in it.
pub struct World {
    pub store: Store,
    pub government: UnitId,
    pub court: UnitId,
    pub procuratorate: UnitId,
    pub clerk: UserId,
    /// Kept last, so that it outlives the store.
    pub home: Home,
}

impl World {
    pub async fn new() -> Self {
        let home = Home::new().await;
        let store = home.open().await;
        Self::in_home(home, store).await
    }

    pub async fn in_home(home: Home, store: Store) -> Self {
        let units = ["沙湖市人民政府", "沙湖市人民法院", "沙湖市人民检察院"].map(a_unit);
        let clerk = a_user("clerk", units[0].id);
        let mut tx = store.write().await.unwrap();
        for unit in &units {
            assert!(tx.units().insert(unit).await.unwrap());
        }
        assert!(tx.users().insert(&clerk, "hash").await.unwrap());
        tx.commit().await.unwrap();
        let [government, court, procuratorate] = units.map(|unit| unit.id);
        Self {
            store,
            government,
            court,
            procuratorate,
            clerk: clerk.id,
            home,
        }
    }

    pub async fn write(&self) -> Tx {
        self.store.write().await.unwrap()
    }

    pub async fn read(&self) -> Tx {
        self.store.read().await.unwrap()
    }

    /// A draft of the government that only the government may see.
    pub async fn draft(&self, tx: &mut Tx) -> Document {
        let draft = a_document(self.government, self.clerk);
        tx.documents().insert(&draft).await.unwrap();
        let (unit, basis) = (self.government, Basis::Issuer);
        tx.access()
            .grant(unit, draft.id, basis, draft.drafted.1)
            .await
            .unwrap();
        draft
    }

    /// A document as the government sees it now.
    pub async fn found(&self, tx: &mut Tx, id: DocumentId) -> Document {
        let found = tx.documents().find_for(self.government, id).await;
        found.unwrap().unwrap()
    }

    /// A document that the government has sent to nobody yet.
    pub async fn sent(&self, tx: &mut Tx) -> Document {
        let mut document = self.draft(tx).await;
        document.state = DocumentState::Sent;
        document.sent = Some((self.clerk, at(5_000)));
        document.revision += 1;
        assert!(tx.documents().update(&document).await.unwrap());
        document
    }

    /// A document that lies in a unit's box, and its delivery.
    pub async fn delivered(&self, tx: &mut Tx, to: UnitId) -> (Document, Delivery) {
        let document = self.sent(tx).await;
        let delivery = self.deliver(tx, document.id, to).await;
        (document, delivery)
    }

    /// Puts a document into a unit's box.
    pub async fn deliver(&self, tx: &mut Tx, document: DocumentId, to: UnitId) -> Delivery {
        let delivery = a_delivery(document, to);
        tx.access()
            .grant(to, document, Basis::Main, delivery.sent_at)
            .await
            .unwrap();
        assert!(tx.deliveries().insert(&delivery).await.unwrap());
        delivery
    }

    /// An upload of the government, waiting to be read.
    pub async fn upload(&self, tx: &mut Tx, content: &str) -> StoredFile {
        let file = a_file(self.government, self.clerk, content);
        tx.files().insert(&file).await.unwrap();
        let (digest, media_type) = (file.digest, &file.media_type);
        tx.texts()
            .enqueue(digest, media_type, file.size, file.uploaded_at)
            .await
            .unwrap();
        file
    }
}

/// So many milliseconds into the day on which the tests play.
pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_790_000_000_000 + ms).unwrap()
}

pub fn parsed<T: FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

pub fn a_unit(name: &str) -> Unit {
    Unit {
        id: UnitId::fresh(),
        full_name: name.to_owned(),
        short_name: format!("{name}简称"),
        branch: Branch::Government,
        credit_code: None,
        parent: None,
        prefixes: Vec::new(),
        active: true,
        created_at: at(0),
        revision: 1,
    }
}

pub fn a_user(login: &str, unit: UnitId) -> User {
    User {
        id: UserId::fresh(),
        login: login.to_owned(),
        name: "王小明".to_owned(),
        email: None,
        memberships: vec![Membership {
            unit,
            roles: vec![Role::Clerk, Role::Signer],
        }],
        hub_roles: Vec::new(),
        active: true,
        password: PasswordState::OneTime,
        created_at: at(0),
        revision: 1,
    }
}

pub fn a_document(unit: UnitId, by: UserId) -> Document {
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(json!({"事由": "乱占农田"}))
    else {
        unreachable!("it is an object")
    };
    Document {
        id: DocumentId::fresh(),
        unit,
        kind: "JC-JY".to_owned(),
        kind_version: 2,
        version: 1,
        replaces: None,
        title: "关于整治乱占农田的检察建议".to_owned(),
        state: DocumentState::Draft,
        urgency: Urgency::Urgent,
        openness: Openness::OnRequest,
        dated_on: Some(date(2026, 9, 21)),
        number: None,
        case_number: Some(parsed("（2026）鄂0881行初60号")),
        reply_due_on: Some(date(2026, 11, 21)),
        fields,
        in_reply_to: None,
        drafted: (by, at(1_000)),
        updated_at: at(2_000),
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

pub fn digest_of(content: &str) -> Digest {
    Digest(Sha256::digest(content).into())
}

pub fn a_file(unit: UnitId, by: UserId, content: &str) -> StoredFile {
    StoredFile {
        id: FileId::fresh(),
        digest: digest_of(content),
        size: content.len() as u64,
        name: "检察建议书.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        unit,
        uploaded_by: by,
        uploaded_at: at(3_000),
    }
}

pub fn a_delivery(document: DocumentId, to: UnitId) -> Delivery {
    Delivery {
        id: DeliveryId::fresh(),
        document,
        unit: to,
        role: RecipientRole::Main,
        state: DeliveryState::Arrived,
        sent_at: at(5_000),
        arrived_at: Some(at(5_001)),
        first_read: None,
        fetched: None,
        signed: None,
        sign_note: None,
        deemed_on: None,
        forwarded: None,
        sender: to,
        kind: "JC-JY".to_owned(),
        urgency: Urgency::Urgent,
        turn: 0,
        done: None,
        done_note: None,
        round: 1,
        revision: 1,
    }
}

pub fn an_obligation(delivery: &Delivery, creditor: UnitId) -> Obligation {
    Obligation {
        id: ObligationId::fresh(),
        delivery: delivery.id,
        document: delivery.document,
        debtor: delivery.unit,
        creditor,
        rule: ("JC-JY-2M".to_owned(), 3),
        state: ObligationState::AwaitingSignature,
        typed_due_on: Some(date(2026, 11, 21)),
        urgency: Urgency::Urgent,
        sign_by: Some(date(2026, 9, 3)),
        anchor_on: None,
        original_due_on: None,
        due: None,
        reply: None,
        progress: Progress::default(),
        created_at: delivery.sent_at,
        revision: 1,
    }
}

pub fn a_due_date() -> DueDate {
    DueDate {
        anchor_on: date(2026, 9, 21),
        due_on: date(2026, 11, 23),
        raw_end_on: date(2026, 11, 21),
        provisional: true,
        years_used: vec![2026],
        steps: Vec::new(),
        basis: "《人民检察院检察建议工作规定》第十九条".to_owned(),
        rule_code: "JC-JY-2M".to_owned(),
        rule_version: 3,
    }
}

pub fn a_statement(document: DocumentId, party: UnitId, event: Event) -> Evidence {
    Evidence {
        id: EvidenceId::fresh(),
        document,
        party,
        event,
        round: 1,
        at: at(6_000),
        statement: format!("{{\"nonce\":\"{}\"}}", Uuid::now_v7()),
        signature: "c2ln".to_owned(),
        key_id: "2026-1".to_owned(),
    }
}
