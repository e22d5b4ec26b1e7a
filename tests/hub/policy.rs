//! Who may do what: executes every line of policy.toml, and compares it with the OpenAPI document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Ask, Asking, Paper, TestHub, a_document, answer_to, id_of};

/// The columns of the table: what a caller is, and their login.
pub const CALLERS: [(&str, Option<&str>); 13] = [
    ("nobody", None),
    ("stranger", Some("agriculture.clerk")),
    ("clerk", Some("court.clerk")),
    ("signer", Some("court.signer")),
    ("colleague", Some("court.reader")),
    ("main", Some("resources.clerk")),
    ("reader", Some("resources.reader")),
    ("copy", Some("government.clerk")),
    ("joint", Some("procuratorate.signer")),
    ("office", Some("justice.office")),
    ("system", Some("admin.system")),
    ("security", Some("admin.security")),
    ("auditor", Some("admin.audit")),
];

/// Operation → state → a status for each caller.
type Policy = BTreeMap<String, BTreeMap<String, Vec<u16>>>;

fn policy() -> Policy {
    let rows: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(include_str!("policy.toml")).unwrap();
    let statuses = |cells: &String| -> Vec<u16> {
        cells
            .split_whitespace()
            .map(|cell| cell.parse().unwrap())
            .collect()
    };
    let row = |states: &BTreeMap<String, String>| {
        states
            .iter()
            .map(|(state, cells)| (state.clone(), statuses(cells)))
            .collect()
    };
    rows.iter()
        .map(|(operation, states)| (operation.clone(), row(states)))
        .collect()
}

/// Every operation of the OpenAPI document, and the statuses it documents.
pub fn operations() -> BTreeMap<String, BTreeSet<u16>> {
    let document = serde_json::to_value(wenshu::api::openapi::document()).unwrap();
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            let statuses = responses
                .keys()
                .map(|status| status.parse().unwrap())
                .collect();
            found.insert(format!("{} {path}", method.to_uppercase()), statuses);
        }
    }
    found
}

/// What the ids in a path stand for.
#[derive(Debug, Clone)]
pub struct Scene {
    pub state: String,
    document: Uuid,
    file: Uuid,
    delivery: Uuid,
    obligation: Uuid,
    receipt: Uuid,
    revision: i64,
    unit: Uuid,
    user: Uuid,
    client: Uuid,
    group: Uuid,
    view: Uuid,
    search: Uuid,
    handler: Uuid,
    refresh: String,
    upload: Uuid,
}

impl Scene {
    /// A scene in which nothing exists.
    pub fn of_nothing() -> Self {
        let [
            document,
            file,
            delivery,
            obligation,
            receipt,
            unit,
            user,
            client,
            group,
            view,
            search,
            handler,
            upload,
        ] = std::array::from_fn(|_| Uuid::now_v7());
        Self {
            state: "nothing".to_owned(),
            document,
            file,
            delivery,
            obligation,
            receipt,
            revision: 1,
            unit,
            user,
            client,
            group,
            view,
            search,
            handler,
            refresh: "none".to_owned(),
            upload,
        }
    }

    /// A scene as it is in this state.
    pub async fn set(hub: &TestHub, state: &str) -> Self {
        let plan = a_document().copy("government").joint("procuratorate");
        let mut scene = Self::of_nothing();
        state.clone_into(&mut scene.state);
        scene.unit = a_unit(hub).await;
        scene.user = a_person(hub).await;
        scene.client = a_client(hub, scene.unit).await;
        scene.group = a_group(hub).await;
        scene.view = a_view(hub).await;
        scene.search = a_search(hub).await;
        scene.handler = hub.city.user("resources.clerk");
        let session = hub.log_in("court.reader").await;
        session["refresh_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut scene.refresh);
        let paper = match state {
            "any" => {
                scene.upload = an_upload(hub).await;
                return scene;
            }
            "draft" => plan.drafted(hub).await,
            "in_review" => plan.agreed(hub).await,
            "issued" => plan.issued(hub).await,
            _ => plan.sent(hub).await,
        };
        scene.document = paper.id;
        scene.file = paper.files[0];
        scene.revision = match state {
            "draft" => 1,
            "in_review" => 2,
            _ => 3,
        };
        keep_text(hub, &paper).await;
        if !["draft", "in_review", "issued"].contains(&state) {
            scene.receive(hub, &paper).await;
        }
        scene
    }

    async fn receive(&mut self, hub: &TestHub, paper: &Paper) {
        self.delivery = id_of(&paper.delivery(hub, "resources").await);
        self.obligation = id_of(&paper.obligation(hub, "resources").await);
        let history = hub
            .by("resources.clerk")
            .get(paper.path("/history"))
            .await
            .ok();
        let arrival = history["items"].as_array().unwrap().iter();
        let arrival = arrival
            .clone()
            .find(|line| line["event"] == "arrival")
            .unwrap();
        self.receipt = arrival["receipt_id"].as_str().unwrap().parse().unwrap();
        match self.state.as_str() {
            "sent" => {}
            "returned" => {
                let path = format!("/api/v1/deliveries/{}/return", self.delivery);
                let body = json!({ "reason": "duplicate" });
                hub.by("resources.clerk").post(path, &body).await.ok();
            }
            _ => {
                paper.signed(hub, "resources").await;
            }
        }
        if self.state == "replied" {
            answer_to(paper, "resources").sent(hub).await;
        }
    }

    fn path(&self, operation: &str) -> String {
        let path = operation.split_once(' ').unwrap().1;
        let id = match path.split('/').nth(3).unwrap_or_default() {
            "units" => self.unit,
            "users" => self.user,
            "clients" => self.client,
            "groups" => self.group,
            "ledger-views" => self.view,
            "saved-searches" => self.search,
            "uploads" => self.upload,
            "deliveries" => self.delivery,
            "obligations" => self.obligation,
            "receipts" => self.receipt,
            _ => self.document,
        };
        let path = path
            .replace("{id}", &id.to_string())
            .replace("{file_id}", &self.file.to_string())
            .replace("{request_id}", &self.receipt.to_string())
            .replace("{code}", "GW-HAN")
            .replace("{year}", "2026")
            .replace("{quarter}", "2026Q2")
            .replace("{unit_id}", &self.unit.to_string());
        if path.ends_with("/search") || path.ends_with("/facets") || path.ends_with("/suggest") {
            format!("{path}?q=%E5%87%BD")
        } else if path.ends_with("/statistics/rows") {
            format!("{path}?figure=signing")
        } else {
            path
        }
    }

    fn body(&self, operation: &str) -> Option<Value> {
        let fresh = Uuid::now_v7().simple().to_string();
        Some(match operation {
            "POST /api/v1/setup" => json!({
                "code": "wrong", "login": "somebody", "name": "某人", "password": "a long password"
            }),
            "POST /api/v1/auth/login" => {
                json!({ "login": "court.reader", "password": crate::support::PASSWORD })
            }
            "POST /api/v1/auth/refresh" => json!({ "refresh_token": self.refresh }),
            "POST /api/v1/auth/password" => {
                json!({ "current_password": "wrong", "new_password": "another long password" })
            }
            "POST /api/v1/units" => json!({
                "full_name": format!("单位{fresh}"), "short_name": format!("简{fresh}"),
                "branch": "other",
            }),
            "PATCH /api/v1/units/{id}" => json!({ "short_name": format!("改{fresh}") }),
            "POST /api/v1/clients" => {
                json!({ "name": "某系统", "unit_id": self.unit, "scopes": ["send"] })
            }
            "POST /api/v1/documents/batch" => json!({ "documents": [] }),
            "POST /api/v1/deliveries/{id}/ack" | "POST /api/v1/deliveries/{id}/release" => {
                json!({ "lease_id": Uuid::now_v7() })
            }
            "POST /api/v1/groups" => json!({ "name": format!("统称{fresh}") }),
            "PATCH /api/v1/groups/{id}" => json!({ "name": format!("改称{fresh}") }),
            "POST /api/v1/ledger-views" | "PUT /api/v1/ledger-views/{id}" => {
                json!({ "name": format!("视图{fresh}"), "criteria": { "sort": "due" } })
            }
            "POST /api/v1/saved-searches" | "PUT /api/v1/saved-searches/{id}" => {
                json!({ "name": format!("检索{}", &fresh[12..]), "criteria": { "q": "函" } })
            }
            "POST /api/v1/documents/{id}/review" => json!({ "decision": "approved" }),
            "POST /api/v1/documents/{id}/amend" | "POST /api/v1/documents/{id}/recall" => {
                json!({ "reason": "附件有误" })
            }
            "POST /api/v1/users" => json!({
                "login": format!("u{}", &fresh[12..]), "name": "新人", "hub_roles": ["auditor"]
            }),
            "PATCH /api/v1/users/{id}" | "PATCH /api/v1/clients/{id}" => json!({ "name": "改名" }),
            "PUT /api/v1/calendars/{year}" => {
                json!({ "source": "《通知》", "rest": ["2026-01-01"], "make_up_work": [] })
            }
            "PUT /api/v1/case-reports/{quarter}/{unit_id}" => json!({ "counts": { "heard": 1 } }),
            "POST /api/v1/deadlines/preview" => json!({ "rule": "SJ-ZH" }),
            "POST /api/v1/deliveries/sign" => json!({ "delivery_ids": [Uuid::now_v7()] }),
            "POST /api/v1/deliveries/{id}/return" => json!({ "reason": "duplicate" }),
            "POST /api/v1/deliveries/{id}/refuse-return" => json!({ "note": "不同意" }),
            "POST /api/v1/deliveries/{id}/forward" => json!({ "unit_ids": [self.unit] }),
            "POST /api/v1/deliveries/{id}/assign" => json!({
                "handlers": [{ "user_id": self.handler, "role": "lead" }]
            }),
            "POST /api/v1/documents" => json!({ "kind": "GW-HAN", "title": "新拟的函" }),
            "PATCH /api/v1/documents/{id}" => json!({ "title": "改过的函" }),
            _ => return act_body(operation),
        })
    }

    /// Units, people and groups are fresh; the document has been through some hands.
    fn revision_for(&self, operation: &str) -> i64 {
        if operation.contains("/documents/") {
            self.revision
        } else {
            1
        }
    }

    /// Asks for one operation with everything that it needs.
    pub fn ask<'a>(&self, who: Asking<'a>, operation: &str) -> Ask<'a> {
        if operation == "POST /api/v1/uploads" {
            return who.upload("新上传.txt", "内容");
        }
        let method = operation.split_once(' ').unwrap().0;
        if operation.contains("/uploads/{id}") {
            let ask = who
                .ask(method, self.path(operation))
                .header("tus-resumable", "1.0.0");
            return match method {
                "PATCH" => ask
                    .header("upload-offset", "0")
                    .body("application/offset+octet-stream", "内容"),
                _ => ask,
            };
        }
        let ask = who
            .ask(method, self.path(operation))
            .if_match(self.revision_for(operation));
        match self.body(operation) {
            Some(body) => ask.json(&body),
            None => ask,
        }
    }
}

async fn an_upload(hub: &TestHub) -> Uuid {
    let ask = hub.by("court.clerk").ask("POST", "/api/v1/uploads");
    let ask = ask
        .header("tus-resumable", "1.0.0")
        .header("upload-length", "100");
    let begun = ask.header("upload-metadata", "filename YS50eHQ=").await;
    begun.with(201);
    let location = begun.header("location").unwrap();
    location.rsplit_once('/').unwrap().1.parse().unwrap()
}

/// What an act on a duty is asked with.
fn act_body(operation: &str) -> Option<Value> {
    let act = operation.strip_prefix("POST /api/v1/obligations/{id}/")?;
    Some(match act {
        "extensions" => json!({ "due_on": "2026-12-01", "reason": "需要论证" }),
        "extensions/{request_id}/decision" => json!({ "granted": true }),
        "objections" => json!({ "grounds": "不属职责" }),
        "objections/{request_id}/decision" => json!({ "verdict": "rejected", "reasons": "属职责" }),
        "supplements" => json!({ "what": "清单", "due_on": "2026-12-01" }),
        "evaluation" => json!({ "adoption": "adopted" }),
        "close-suggestion" => json!({ "reason": "已办理" }),
        "reopen" => json!({ "reason": "重现", "due_on": "2026-12-01" }),
        "escalations" => json!({ "level": "supervision", "text": "请办理" }),
        _ => json!({}),
    })
}

async fn a_unit(hub: &TestHub) -> Uuid {
    let fresh = Uuid::now_v7().simple();
    let body = json!({
        "full_name": format!("单位{fresh}"), "short_name": format!("简{fresh}"), "branch": "other"
    });
    id_of(
        &hub.by("admin.system")
            .post("/api/v1/units", &body)
            .await
            .with(201),
    )
}

async fn a_client(hub: &TestHub, unit: Uuid) -> Uuid {
    let body = json!({ "name": "某系统", "unit_id": unit, "scopes": ["receive"] });
    let made = hub.by("admin.system").post("/api/v1/clients", &body).await;
    id_of(&made.with(201)["client"])
}

async fn a_group(hub: &TestHub) -> Uuid {
    let body = json!({ "name": format!("统称{}", Uuid::now_v7().simple()) });
    let groups = hub.by("admin.system").post("/api/v1/groups", &body);
    id_of(&groups.await.with(201))
}

async fn a_view(hub: &TestHub) -> Uuid {
    let body = json!({ "name": Uuid::now_v7(), "criteria": { "overdue": true } });
    let views = hub.by("court.clerk").post("/api/v1/ledger-views", &body);
    id_of(&views.await.with(201))
}

async fn a_search(hub: &TestHub) -> Uuid {
    let body = json!({ "name": Uuid::now_v7(), "criteria": { "q": "函" }, "alert": true });
    let searches = hub.by("court.clerk").post("/api/v1/saved-searches", &body);
    id_of(&searches.await.with(201))
}

async fn a_person(hub: &TestHub) -> Uuid {
    let login = format!("p{}", &Uuid::now_v7().simple().to_string()[12..]);
    let body = json!({ "login": login, "name": "某人", "hub_roles": ["auditor"] });
    id_of(
        &hub.by("admin.system")
            .post("/api/v1/users", &body)
            .await
            .with(201)["user"],
    )
}

/// Does the extractor's work, so that the text of the first file is there.
async fn keep_text(hub: &TestHub, paper: &Paper) {
    use wenshu::domain::{FileText, TextPart};
    let digest = paper.view["files"][0]["sha256"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let parts = vec![TextPart {
        page: None,
        text: "请予协助。".to_owned(),
    }];
    let text = FileText {
        engine: "test".to_owned(),
        parts,
    };
    hub.with_hub(|hub| async move { hub.keep_text(digest, &text).await.unwrap() })
        .await;
}

#[test]
fn every_operation_has_a_row_and_every_row_an_operation() {
    let listed: BTreeSet<_> = policy().into_keys().collect();
    let described: BTreeSet<_> = operations().into_keys().collect();
    let mounted: BTreeSet<_> = wenshu::api::ROUTES
        .iter()
        .map(|(method, path)| format!("{method} {path}"))
        .collect();
    assert_eq!(listed, described, "policy.toml and the OpenAPI document");
    assert_eq!(mounted, described, "the routes and the OpenAPI document");
}

#[test]
fn every_row_has_a_status_for_every_caller_and_documents_them_all() {
    let operations = operations();
    for (operation, states) in policy() {
        for (state, statuses) in states {
            assert_eq!(statuses.len(), CALLERS.len(), "{operation} {state}");
            let unknown: Vec<_> = statuses
                .iter()
                .filter(|one| !operations[&operation].contains(one))
                .collect();
            assert!(
                unknown.is_empty(),
                "{operation} does not document {unknown:?}"
            );
        }
    }
}

#[tokio::test]
async fn everybody_may_do_what_the_policy_says_and_nothing_else() {
    // Each scene has a view and a search of its own.
    let hub = TestHub::with(|setting| {
        setting.config.limits.ledger_views_max = 10_000;
        setting.config.limits.saved_searches_max = 10_000;
    })
    .await;
    let mut wrong = Vec::new();
    for state in [
        "any",
        "draft",
        "in_review",
        "issued",
        "sent",
        "signed",
        "replied",
        "returned",
    ] {
        let shared = Scene::set(&hub, state).await;
        for (operation, states) in policy() {
            let Some(expected) = states.get(state) else {
                continue;
            };
            let (denied, allowed): (Vec<_>, Vec<_>) = CALLERS
                .iter()
                .zip(expected)
                .partition(|(_, status)| **status >= 400);
            let before = (hub.position().await, hub.rows().await);
            for ((caller, login), status) in denied {
                let who = Asking {
                    hub: &hub,
                    login: *login,
                };
                let answer = shared.ask(who, &operation).await;
                let case = format!("{operation} {state} {caller}");
                if answer.status != *status {
                    wrong.push(format!("{case}: {status} expected, {}", answer.text()));
                } else if answer.status == 404 {
                    let absent = Scene::of_nothing().ask(who, &operation).await;
                    if absent.face() != answer.face() {
                        wrong.push(format!("{case}: differs from what is truly absent"));
                    }
                }
            }
            if before != (hub.position().await, hub.rows().await) {
                wrong.push(format!(
                    "{operation} {state}: a refusal has changed something"
                ));
            }
            for ((caller, login), status) in allowed {
                let scene = if operation.starts_with("GET") {
                    shared.clone()
                } else {
                    Scene::set(&hub, state).await
                };
                let answer = scene
                    .ask(
                        Asking {
                            hub: &hub,
                            login: *login,
                        },
                        &operation,
                    )
                    .await;
                if answer.status != *status {
                    let said = answer.text();
                    wrong.push(format!(
                        "{operation} {state} {caller}: {status} expected, {said}"
                    ));
                }
                if operation.ends_with("/logout") {
                    hub.forget(login.unwrap_or_default());
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
