//! Papers: a document with everything that does not matter filled in, taken as far as a test
//! wants it.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::TestHub;

/// A document to be made.
#[derive(Clone)]
pub struct PaperPlan {
    from: String,
    to: Vec<String>,
    copy: Vec<String>,
    joint: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
    body: Map<String, Value>,
}

/// A document that was made.
#[derive(Debug, Clone)]
pub struct Paper {
    pub id: Uuid,
    pub from: String,
    pub files: Vec<Uuid>,
    /// As it was last answered.
    pub view: Value,
}

/// 函 of the court to the bureau of natural resources, which asks for a reply in a month.
pub fn a_document() -> PaperPlan {
    PaperPlan {
        from: "court".to_owned(),
        to: vec!["resources".to_owned()],
        copy: Vec::new(),
        joint: Vec::new(),
        files: Vec::new(),
        body: Map::new(),
    }
    .kind("GW-HAN")
    .titled("关于协助查明土地权属的函")
    .set("reply_due_on", "2026-09-30")
}

/// 司法建议书 of the court, with three suggestions to answer one by one.
pub fn advice() -> PaperPlan {
    a_document()
        .kind("SJ-ZH")
        .titled("关于规范不动产登记审查工作的司法建议书")
        .unset("reply_due_on")
        .fields(json!({
            "case_type": "不动产登记行政案件",
            "problems": ["核查不够", "办理超期", "举证质量不高"],
            "suggestions": ["完善核查规程", "规范时限管理", "健全协作机制"],
            "contact_name": "韩立新",
            "contact_phone": "0499-6221206",
            "signer": "院长",
            "committee_reviewed_on": "2026-08-28",
        }))
}

/// 复函 of `unit` to a document.
pub fn answer_to(paper: &Paper, unit: &str) -> PaperPlan {
    let advice = paper.view["kind"] == "SJ-ZH";
    let answer = a_document()
        .from(unit)
        .nobody()
        .unset("reply_due_on")
        .titled("关于来文的复函");
    let answer = answer.set("in_reply_to", paper.id.to_string());
    if !advice {
        return answer.kind("HF-GW").fields(json!({ "signer": "局长" }));
    }
    answer.kind("HF").fields(json!({
        "adoptions": [
            { "adoption": "adopted", "detail": "已制定规程" },
            { "adoption": "adopted", "detail": "已修订" },
            { "adoption": "partly", "detail": "经费尚需协调" },
        ],
        "measures": "成立专班。",
        "progress": "done",
        "signer": "局长",
    }))
}

impl PaperPlan {
    pub fn from(mut self, unit: &str) -> Self {
        unit.clone_into(&mut self.from);
        self
    }

    /// The one main recipient.
    pub fn to(mut self, unit: &str) -> Self {
        self.to = vec![unit.to_owned()];
        self
    }

    /// Leaves the recipients to the hub.
    pub fn nobody(mut self) -> Self {
        self.to.clear();
        self
    }

    pub fn and_to(mut self, unit: &str) -> Self {
        self.to.push(unit.to_owned());
        self
    }

    pub fn copy(mut self, unit: &str) -> Self {
        self.copy.push(unit.to_owned());
        self
    }

    pub fn joint(mut self, unit: &str) -> Self {
        self.joint.push(unit.to_owned());
        self
    }

    pub fn kind(self, code: &str) -> Self {
        self.set("kind", code)
    }

    pub fn titled(self, title: &str) -> Self {
        self.set("title", title)
    }

    pub fn fields(self, fields: Value) -> Self {
        self.set("fields", fields)
    }

    pub fn file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), bytes.into()));
        self
    }

    pub fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body.insert(name.to_owned(), value.into());
        self
    }

    pub fn unset(mut self, name: &str) -> Self {
        self.body.remove(name);
        self
    }

    /// What is asked of the hub to draft it, once its files are there.
    pub fn body(&self, hub: &TestHub, files: &[Uuid]) -> Value {
        let recipient =
            |unit: &String, role: &str| json!({ "unit_id": hub.unit(unit), "role": role });
        let main = self.to.iter().map(|unit| recipient(unit, "main"));
        let copy = self.copy.iter().map(|unit| recipient(unit, "copy"));
        let role = |place| if place == 0 { "main" } else { "attachment" };
        let file = |(place, id): (usize, &Uuid)| json!({ "file_id": id, "role": role(place) });
        let mut body = self.body.clone();
        body.insert("recipients".to_owned(), main.chain(copy).collect());
        body.insert(
            "files".to_owned(),
            files.iter().enumerate().map(file).collect(),
        );
        let joint = self.joint.iter().map(|unit| json!(hub.unit(unit)));
        body.insert("joint_issuers".to_owned(), joint.collect());
        Value::Object(body)
    }

    pub async fn uploaded(&self, hub: &TestHub) -> Vec<Uuid> {
        let usual = [("正文.txt".to_owned(), "请予协助。".as_bytes().to_vec())];
        let files = if self.files.is_empty() {
            &usual[..]
        } else {
            &self.files[..]
        };
        let clerk = format!("{}.clerk", self.from);
        let mut ids = Vec::new();
        for (name, bytes) in files {
            let file = hub.by(&clerk).upload(name, bytes.clone()).await.with(201);
            ids.push(id_of(&file));
        }
        ids
    }

    pub async fn drafted(self, hub: &TestHub) -> Paper {
        let files = self.uploaded(hub).await;
        let body = self.body(hub, &files);
        let clerk = format!("{}.clerk", self.from);
        let view = hub
            .by(&clerk)
            .post("/api/v1/documents", &body)
            .await
            .with(201);
        Paper {
            id: id_of(&view),
            from: self.from,
            files,
            view,
        }
    }

    /// Drafted, and laid before those who review and issue it.
    pub async fn submitted(self, hub: &TestHub) -> Paper {
        let mut paper = self.drafted(hub).await;
        paper.submit(hub).await;
        paper
    }

    /// Submitted, and consented to by those who issue it as well.
    pub async fn agreed(self, hub: &TestHub) -> Paper {
        let joint = self.joint.clone();
        let mut paper = self.submitted(hub).await;
        for unit in joint {
            let signer = format!("{unit}.signer");
            let ask = hub
                .by(&signer)
                .ask("POST", paper.path("/consent"))
                .if_match(2);
            paper.view = ask.await.ok();
        }
        paper
    }

    pub async fn issued(self, hub: &TestHub) -> Paper {
        let mut paper = self.agreed(hub).await;
        let signer = format!("{}.signer", paper.from);
        paper.view = hub.by(&signer).ask("POST", paper.path("/issue")).await.ok();
        paper
    }

    pub async fn sent(self, hub: &TestHub) -> Paper {
        let mut paper = self.issued(hub).await;
        let clerk = format!("{}.clerk", paper.from);
        paper.view = hub.by(&clerk).ask("POST", paper.path("/send")).await.ok();
        paper
    }
}

impl Paper {
    /// `/api/v1/documents/{id}` and what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/documents/{}{rest}", self.id)
    }

    pub fn file_path(&self, place: usize) -> String {
        self.path(&format!("/files/{}", self.files[place]))
    }

    pub async fn seen_by(&self, hub: &TestHub, login: &str) -> Value {
        hub.by(login).get(self.path("")).await.ok()
    }

    /// Laid before those who review and issue it.
    pub async fn submit(&mut self, hub: &TestHub) {
        let clerk = format!("{}.clerk", self.from);
        self.view = hub.by(&clerk).ask("POST", self.path("/submit")).await.ok();
    }

    /// Taken through review and issued, as a draft that is there already.
    pub async fn issue(&mut self, hub: &TestHub) {
        self.submit(hub).await;
        let signer = format!("{}.signer", self.from);
        self.view = hub.by(&signer).ask("POST", self.path("/issue")).await.ok();
    }

    /// Sent.
    pub async fn send(&mut self, hub: &TestHub) {
        let clerk = format!("{}.clerk", self.from);
        self.view = hub.by(&clerk).ask("POST", self.path("/send")).await.ok();
    }

    /// The delivery to a unit, as its sender sees it.
    pub async fn delivery(&self, hub: &TestHub, unit: &str) -> Value {
        let clerk = format!("{}.clerk", self.from);
        let found = hub.by(&clerk).get(self.path("/deliveries")).await.ok();
        let to = hub.unit(unit).to_string();
        let items = found["items"].as_array().unwrap();
        items
            .iter()
            .find(|one| one["unit"]["id"] == to.as_str())
            .unwrap()
            .clone()
    }

    /// Signed for by a unit; answers the delivery and its receipt.
    pub async fn signed(&self, hub: &TestHub, unit: &str) -> Value {
        let delivery = id_of(&self.delivery(hub, unit).await);
        let clerk = format!("{unit}.clerk");
        hub.by(&clerk)
            .ask("POST", format!("/api/v1/deliveries/{delivery}/sign"))
            .await
            .ok()
    }

    /// The duty of a unit that this document brought.
    pub async fn obligation(&self, hub: &TestHub, unit: &str) -> Value {
        let clerk = format!("{unit}.clerk");
        let found = hub
            .by(&clerk)
            .get("/api/v1/obligations?limit=100")
            .await
            .ok();
        let id = self.id.to_string();
        let items = found["items"].as_array().unwrap();
        items
            .iter()
            .find(|one| one["document_id"] == id.as_str())
            .unwrap()
            .clone()
    }
}

pub fn id_of(view: &Value) -> Uuid {
    view["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id in {view}"))
        .parse()
        .unwrap()
}
