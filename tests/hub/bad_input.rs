//! What is wrongly asked: each is answered with a problem of a stable type, the field, and a
//! sentence in Chinese; and nothing is kept of it.

use std::fmt::Write as _;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Answer, Ask, TestHub, a_document, advice, answer_to, id_of, without_ids};

/// Asks, and writes down how each refusal looks.
struct Clerk<'a> {
    hub: &'a TestHub,
    before: Vec<String>,
    notes: Vec<String>,
}

impl<'a> Clerk<'a> {
    async fn of(hub: &'a TestHub) -> Self {
        Self {
            hub,
            before: hub.rows().await,
            notes: Vec::new(),
        }
    }

    async fn note(&mut self, what: &str, ask: Ask<'_>) -> Answer {
        let answer = ask.await;
        let problem = answer.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        assert!((400..500).contains(&answer.status), "{what}: {problem}");
        let detail = text(&problem["detail"]);
        assert!(!detail.is_ascii(), "{what}: {problem}");
        let slug = text(&problem["type"]).replace("/problems/", "");
        let mut note = format!("{what}\n    {} {slug}: {detail}", answer.status);
        for fault in problem["errors"].as_array().into_iter().flatten() {
            let said = text(&fault["detail"]);
            assert!(!said.is_ascii(), "{what}: {problem}");
            let (pointer, code) = (text(&fault["pointer"]), text(&fault["code"]));
            let _ = write!(note, "\n    {pointer} [{code}] {said}");
        }
        self.notes.push(without_ids(&note));
        answer
    }

    /// What was written down, once it is clear that nothing was kept.
    async fn notes(self) -> String {
        assert_eq!(self.before, self.hub.rows().await, "something was kept");
        self.notes.join("\n")
    }
}

#[tokio::test]
async fn bodies_that_are_no_drafts() {
    let hub = TestHub::open().await;
    let mut clerk = Clerk::of(&hub).await;
    let post = |kind: &str, text: &str| {
        hub.by("court.clerk")
            .ask("POST", "/api/v1/documents")
            .body(kind, text)
    };
    let json = "application/json";
    clerk
        .note(
            "no body",
            hub.by("court.clerk").ask("POST", "/api/v1/documents"),
        )
        .await;
    clerk
        .note("half an object", post(json, "{\"title\": "))
        .await;
    clerk
        .note(
            "two objects",
            post(json, "{\"kind\":\"GW-HAN\",\"title\":\"函\"} {}"),
        )
        .await;
    clerk.note("an array", post(json, "[]")).await;
    clerk.note("a word", post(json, "\"函\"")).await;
    clerk
        .note(
            "not UTF-8",
            hub.by("court.clerk")
                .ask("POST", "/api/v1/documents")
                .body(json, [b'{', 0xff]),
        )
        .await;
    clerk
        .note(
            "a text",
            post("text/plain", "{\"kind\":\"GW-HAN\",\"title\":\"函\"}"),
        )
        .await;
    clerk
        .note(
            "a form",
            post("application/x-www-form-urlencoded", "kind=GW-HAN"),
        )
        .await;
    let deep = format!(
        "{{\"fields\":{{\"a\":{}1{}}}}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    clerk.note("500 levels deep", post(json, &deep)).await;
    let deep = format!("{}{}", "{\"fields\":".repeat(20_000), "1");
    clerk.note("20000 levels deep", post(json, &deep)).await;
    let large = format!("{{\"title\":\"{}\"}}", "长".repeat(400_000));
    clerk.note("more than a megabyte", post(json, &large)).await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, read from top to bottom")]
async fn drafts_that_are_wrong() {
    let hub = TestHub::open().await;
    let own = id_of(&hub.by("court.clerk").upload("一.txt", "一").await.with(201));
    let foreign = id_of(
        &hub.by("agriculture.clerk")
            .upload("二.txt", "二")
            .await
            .with(201),
    );
    let closed = hub.unit("agriculture");
    let path = format!("/api/v1/units/{closed}");
    hub.by("admin.system")
        .patch(path, 1, &json!({ "active": false }))
        .await
        .ok();
    let sent = a_document().from("procuratorate").sent(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let to = |unit: Uuid| json!([{ "unit_id": unit, "role": "main" }]);
    let twice = json!([
        { "unit_id": hub.unit("resources"), "role": "main" },
        { "unit_id": hub.unit("resources"), "role": "copy" },
    ]);
    let file = |id: Uuid| json!([{ "file_id": id, "role": "main" }]);
    let cases: Vec<(&str, &str, Value)> = vec![
        ("an unknown field", "colour", json!("red")),
        ("a field of the hub's own", "state", json!("sent")),
        (
            "a number to be given later",
            "doc_number",
            json!("青崖法建〔2026〕1号"),
        ),
        ("no title", "title", json!("  ")),
        ("a title too long", "title", json!("长".repeat(201))),
        (
            "a title with a control character",
            "title",
            json!("函\u{7}"),
        ),
        ("a title as number", "title", json!(7)),
        ("a mark in the title", "title", json!("机密★1年")),
        (
            "a mark in a field",
            "fields",
            json!({ "contact_name": "秘密★3年" }),
        ),
        (
            "a mark in a list",
            "fields",
            json!({ "co_issuers": ["绝密★长期"] }),
        ),
        ("an unknown kind", "kind", json!("XX")),
        ("a kind of others", "kind", json!("JC-SH")),
        ("a kind that is switched off", "kind", json!("JJ")),
        ("an unknown urgency", "urgency", json!("very")),
        ("no date", "dated_on", json!("2026-13-01")),
        ("a day to come", "dated_on", json!("2026-09-02")),
        (
            "a deadline that has passed",
            "reply_due_on",
            json!("2026-08-31"),
        ),
        (
            "an unknown field of the kind",
            "fields",
            json!({ "colour": "red" }),
        ),
        (
            "a field of another type",
            "fields",
            json!({ "contact_name": ["甲"] }),
        ),
        (
            "a bad phone number",
            "fields",
            json!({ "contact_phone": "明天" }),
        ),
        (
            "a field too long",
            "fields",
            json!({ "contact_name": "长".repeat(31) }),
        ),
        ("fields as list", "fields", json!(["contact_name"])),
        ("a file of others", "files", file(foreign)),
        ("a file that is none", "files", file(Uuid::now_v7())),
        ("a file twice", "files", json!([file(own)[0], file(own)[0]])),
        (
            "a file without a part to play",
            "files",
            json!([{ "file_id": own }]),
        ),
        (
            "a file with another part",
            "files",
            json!([{ "file_id": own, "role": "seal" }]),
        ),
        (
            "an id that is none",
            "files",
            json!([{ "file_id": "../x", "role": "main" }]),
        ),
        (
            "51 files",
            "files",
            Value::Array(vec![file(own)[0].clone(); 51]),
        ),
        ("an unknown recipient", "recipients", to(Uuid::now_v7())),
        ("its own unit", "recipients", to(hub.unit("court"))),
        ("a unit that is closed", "recipients", to(closed)),
        ("a recipient twice", "recipients", twice),
        (
            "501 recipients",
            "recipients",
            Value::Array(vec![to(Uuid::now_v7())[0].clone(); 501]),
        ),
        (
            "its own unit as joint issuer",
            "joint_issuers",
            json!([hub.unit("court")]),
        ),
        (
            "an unknown joint issuer",
            "joint_issuers",
            json!([Uuid::now_v7()]),
        ),
        (
            "a recipient as joint issuer",
            "joint_issuers",
            json!([hub.unit("resources")]),
        ),
        ("an answer to nothing", "in_reply_to", json!(Uuid::now_v7())),
        (
            "an answer to a document of others",
            "in_reply_to",
            json!(sent.id),
        ),
        ("a reply that answers nothing", "kind", json!("HF-GW")),
    ];
    for (what, field, value) in cases {
        let mut body = a_document().body(&hub, &[own]);
        body[field] = value;
        clerk
            .note(what, hub.by("court.clerk").post("/api/v1/documents", &body))
            .await;
    }
    let advice = advice().to("procuratorate").body(&hub, &[own]);
    clerk
        .note(
            "advice to who takes none",
            hub.by("court.clerk").post("/api/v1/documents", &advice),
        )
        .await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn documents_that_are_not_ready_to_be_issued() {
    let hub = TestHub::open().await;
    let empty = advice().fields(json!({})).nobody().drafted(&hub).await;
    hub.by("court.clerk")
        .patch(empty.path(""), 1, &json!({ "files": [] }))
        .await
        .ok();
    let first = a_document().issued(&hub).await;
    let number = first.view["doc_number"].as_str().unwrap();
    let second = a_document().drafted(&hub).await;
    let joint = a_document().joint("procuratorate").drafted(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let issue = |id: Uuid, body: Value| {
        hub.by("court.signer")
            .post(format!("/api/v1/documents/{id}/issue"), &body)
    };
    clerk
        .note("nothing filled in", issue(empty.id, json!({})))
        .await;
    clerk
        .note(
            "a number used already",
            issue(second.id, json!({ "doc_number": number })),
        )
        .await;
    let foreign = json!({ "doc_number": "青崖检建〔2026〕1号" });
    clerk
        .note("a number of others", issue(second.id, foreign))
        .await;
    clerk
        .note(
            "letters of others",
            issue(second.id, json!({ "prefix": "青崖检建" })),
        )
        .await;
    clerk
        .note(
            "no number",
            issue(second.id, json!({ "doc_number": "第一号" })),
        )
        .await;
    let both = json!({ "doc_number": "青崖法建〔2026〕9号", "prefix": "青崖法建" });
    clerk
        .note("number and letters", issue(second.id, both))
        .await;
    clerk
        .note(
            "an unknown field",
            issue(second.id, json!({ "force": true })),
        )
        .await;
    clerk
        .note("no consent yet", issue(joint.id, json!({})))
        .await;
    clerk
        .note("issued already", issue(first.id, json!({})))
        .await;
    let send = hub.by("court.clerk").ask("POST", second.path("/send"));
    clerk.note("sent before it is issued", send).await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn a_deadline_that_passes_before_sending_is_not_sent() {
    let hub = TestHub::open().await;
    let paper = a_document()
        .set("reply_due_on", "2026-09-01")
        .issued(&hub)
        .await;
    hub.pass(jiff::SignedDuration::from_hours(24));
    let mut clerk = Clerk::of(&hub).await;
    let send = hub.by("court.clerk").ask("POST", paper.path("/send"));
    clerk.note("the next day", send).await;
    insta::assert_snapshot!(clerk.notes().await, @r"
    the next day
        422 invalid: 填写的内容有 1 处需要更正
        /reply_due_on [in_past] 回复期限已过，不能发送
    ");
}

#[tokio::test]
async fn uploads_that_are_refused() {
    let hub = TestHub::with(|setting| {
        setting.config.uploads.max_file_bytes = 1 << 20;
        setting.config.uploads.unit_quota_bytes_per_day = 1 << 20;
    })
    .await;
    let mut clerk = Clerk::of(&hub).await;
    let upload = |name: &str, bytes: &[u8]| hub.by("court.clerk").upload(name, bytes);
    clerk.note("no bytes", upload("空.txt", b"")).await;
    clerk
        .note(
            "too many bytes",
            upload("大.txt", &vec![b'a'; (1 << 20) + 1]),
        )
        .await;
    let program = [&b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"[..], &[0; 200]].concat();
    clerk
        .note("a program called .pdf", upload("函.pdf", &program))
        .await;
    let elf = [&b"\x7fELF\x02\x01\x01"[..], &[0; 200]].concat();
    clerk
        .note("a program called .docx", upload("函.docx", &elf))
        .await;
    let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
    clerk
        .note("a page called .pdf", upload("函.pdf", page))
        .await;
    clerk
        .note("a page called .txt", upload("函.txt", page))
        .await;
    clerk
        .note(
            "a drawing with a script",
            upload("章.png", b"<svg onload='alert(1)'/>"),
        )
        .await;
    clerk
        .note("a script", upload("清理.bat", b"del /q *.*"))
        .await;
    clerk
        .note(
            "an archive",
            upload("包.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
        )
        .await;
    for name in [
        "",
        " ",
        ".",
        "..",
        "../密.txt",
        "..\\密.txt",
        "/etc/passwd",
        "a/b.txt",
        "甲\r\n乙.txt",
        "甲\0.txt",
        "\u{202e}fdp.txt",
        "甲\u{200b}.txt",
        &"长".repeat(90),
    ] {
        clerk
            .note(&format!("the name {name:?}"), upload(name, b"text"))
            .await;
    }
    let raw = || hub.by("court.clerk").ask("POST", "/api/v1/uploads");
    clerk
        .note("no name", raw().body("application/octet-stream", "text"))
        .await;
    let form = |text: &str| raw().body("multipart/form-data; boundary=x", text.to_owned());
    let part =
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nab\r\n";
    clerk.note("an empty form", form("--x--\r\n")).await;
    clerk.note("a form without end", form(part)).await;
    clerk
        .note(
            "a form of two files",
            form(&format!("{part}{part}--x--\r\n")),
        )
        .await;
    let other = part.replace("name=\"file\"", "name=\"picture\"");
    clerk
        .note(
            "a form with another name",
            form(&format!("{other}--x--\r\n")),
        )
        .await;
    let nameless = part.replace("; filename=\"a.txt\"", "");
    clerk
        .note(
            "a form without a file name",
            form(&format!("{nameless}--x--\r\n")),
        )
        .await;
    let odd = raw().body("multipart/form-data", part.to_owned());
    clerk.note("a form without boundary", odd).await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn a_unit_that_has_uploaded_enough_waits_until_the_next_day() {
    let hub = TestHub::with(|setting| {
        setting.config.uploads.max_file_bytes = 1 << 20;
        setting.config.uploads.unit_quota_bytes_per_day = 1 << 20;
    })
    .await;
    let upload = |login, size| hub.by(login).upload("文.txt", vec![b'a'; size]);
    upload("court.clerk", 1 << 20).await.with(201);
    let refused = upload("court.clerk", 1).await;
    refused.problem(429, "quota-reached");
    assert!(refused.header("retry-after").is_some());
    upload("procuratorate.clerk", 1).await.with(201);
    hub.pass(jiff::SignedDuration::from_hours(25));
    upload("court.clerk", 1).await.with(201);
}

#[tokio::test]
async fn a_mark_in_the_text_of_a_file_stops_the_document() {
    let hub = TestHub::that_reads().await;
    let marked = "磐石市\n机密★1年\n关于某事的函".as_bytes();
    let paper = a_document().file("函.txt", marked).drafted(&hub).await;
    let ready = async {
        while paper.seen_by(&hub, "court.clerk").await["files"][0]["text_state"] == "pending" {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), ready)
        .await
        .unwrap();
    let answer = hub
        .by("court.signer")
        .ask("POST", paper.path("/issue"))
        .await;
    let problem = answer.problem(422, "secrecy-refused");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("第 2 行有“机密”密级标志"),
        "{problem}"
    );
    assert_eq!(paper.seen_by(&hub, "court.clerk").await["state"], "draft");
}

#[tokio::test]
async fn pages_and_parameters_that_do_not_exist() {
    let hub = TestHub::open().await;
    let mut clerk = Clerk::of(&hub).await;
    let lists = [
        ("court.clerk", "/api/v1/documents"),
        ("court.clerk", "/api/v1/deliveries"),
        ("court.clerk", "/api/v1/obligations"),
        ("court.clerk", "/api/v1/units"),
        ("court.clerk", "/api/v1/kinds"),
        ("admin.system", "/api/v1/users"),
        ("admin.audit", "/api/v1/audit"),
    ];
    for (login, path) in lists {
        for query in [
            "limit=0",
            "limit=101",
            "limit=many",
            "limit=-1",
            "cursor=!",
            "cursor=5LiA",
            "colour=red",
        ] {
            if path.ends_with("kinds") && query == "cursor=5LiA" {
                continue;
            }
            let ask = hub.by(login).get(format!("{path}?{query}"));
            clerk.note(&format!("{path}?{query}"), ask).await;
        }
    }
    for path in [
        "/api/v1/documents?state=lost",
        "/api/v1/documents?box=theirs",
        "/api/v1/deliveries?state=draft",
        "/api/v1/obligations?side=none",
        "/api/v1/obligations?state=none",
        "/api/v1/search",
        "/api/v1/search?q=%E5%87%BD&sort=oldest",
        "/api/v1/search?q=%E5%87%BD&limit=0",
        "/api/v1/search?q=%E5%87%BD&cursor=!",
        "/api/v1/kinds/GW-HAN?on=tomorrow",
        "/api/v1/kinds/XX",
        "/api/v1/calendars/1900",
        "/api/v1/calendars/soon",
        "/api/v1/documents/1",
        "/api/v1/documents/%00",
        "/api/v1/deliveries/..%2f..",
    ] {
        clerk.note(path, hub.by("court.clerk").get(path)).await;
    }
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table, read from top to bottom")]
async fn units_and_accounts_that_are_wrong() {
    let hub = TestHub::open().await;
    let mut clerk = Clerk::of(&hub).await;
    let admin = hub.by("admin.system");
    let unit = |field: &str, value: Value| {
        let mut body =
            json!({ "full_name": "新的单位", "short_name": "新单位", "branch": "other" });
        body[field] = value;
        admin.post("/api/v1/units", &body)
    };
    clerk
        .note("a unit without name", unit("full_name", json!(" ")))
        .await;
    clerk
        .note("a unit of no power", unit("branch", json!("army")))
        .await;
    clerk
        .note("a taken name", unit("full_name", json!("青崖市人民法院")))
        .await;
    clerk
        .note("a taken short name", unit("short_name", json!("市法院")))
        .await;
    clerk
        .note(
            "a taken code",
            unit("credit_code", json!("11229901QY0002025C")),
        )
        .await;
    clerk
        .note(
            "a code with a wrong digit",
            unit("credit_code", json!("11229901QY0002025D")),
        )
        .await;
    clerk
        .note("taken letters", unit("prefixes", json!(["青崖法建"])))
        .await;
    clerk
        .note("letters twice", unit("prefixes", json!(["新函", "新函"])))
        .await;
    clerk
        .note("letters that are none", unit("prefixes", json!(["新、函"])))
        .await;
    clerk
        .note(
            "an unknown superior",
            unit("parent_id", json!(Uuid::now_v7())),
        )
        .await;
    let court = format!("/api/v1/units/{}", hub.unit("court"));
    let own = json!({ "parent_id": hub.unit("court") });
    clerk
        .note("its own superior", admin.patch(&court, 1, &own))
        .await;
    let user = |field: &str, value: Value| {
        let place = json!([{ "unit_id": hub.unit("court"), "roles": ["clerk"] }]);
        let mut body = json!({ "login": "new.one", "name": "新人", "memberships": place });
        body[field] = value;
        admin.post("/api/v1/users", &body)
    };
    clerk
        .note("a login in capitals", user("login", json!("Clerk")))
        .await;
    clerk
        .note("a taken login", user("login", json!("court.clerk")))
        .await;
    clerk.note("no name", user("name", json!(""))).await;
    clerk.note("no unit", user("memberships", json!([]))).await;
    let nowhere = json!([{ "unit_id": Uuid::now_v7(), "roles": ["clerk"] }]);
    clerk
        .note("an unknown unit", user("memberships", nowhere))
        .await;
    let idle = json!([{ "unit_id": hub.unit("court"), "roles": [] }]);
    clerk.note("no role", user("memberships", idle)).await;
    let chief = json!([{ "unit_id": hub.unit("court"), "roles": ["chief"] }]);
    clerk
        .note("an unknown role", user("memberships", chief))
        .await;
    clerk
        .note(
            "an admin with a unit",
            user("hub_roles", json!(["auditor"])),
        )
        .await;
    clerk
        .note(
            "a password of one's own",
            user("password", json!("a long password")),
        )
        .await;
    let oneself = format!("/api/v1/users/{}", hub.city.user("admin.system"));
    clerk
        .note(
            "disabling oneself",
            admin.patch(oneself, 2, &json!({ "active": false })),
        )
        .await;
    let password = |new: &str| {
        let body = json!({ "current_password": crate::support::PASSWORD, "new_password": new });
        hub.by("court.clerk").post("/api/v1/auth/password", &body)
    };
    clerk.note("a short password", password("短密码")).await;
    clerk
        .note("a long password", password(&"x".repeat(129)))
        .await;
    clerk
        .note("one character", password("xxxxxxxxxxxxxxx"))
        .await;
    clerk
        .note("the login in it", password("court.clerk-2026"))
        .await;
    clerk
        .note("the same again", password(crate::support::PASSWORD))
        .await;
    let preview = json!({ "rule": "XX" });
    let ask = hub
        .by("court.clerk")
        .post("/api/v1/deadlines/preview", &preview);
    clerk.note("an unknown deadline rule", ask).await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn replies_and_signatures_that_are_wrong() {
    let hub = TestHub::open().await;
    let advice = advice().sent(&hub).await;
    let delivery = id_of(&advice.delivery(&hub, "resources").await);
    let early = answer_to(&advice, "resources").issued(&hub).await;
    let file = answer_to(&advice, "resources").uploaded(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let send = hub.by("resources.clerk").ask("POST", early.path("/send"));
    clerk.note("a reply before signing", send).await;
    let elsewhere = answer_to(&advice, "resources")
        .to("government")
        .body(&hub, &file);
    let post = |body: &Value| hub.by("resources.clerk").post("/api/v1/documents", body);
    clerk
        .note("a reply to somebody else", post(&elsewhere))
        .await;
    let mut short = answer_to(&advice, "resources").body(&hub, &file);
    short["fields"]["adoptions"] = json!([{ "adoption": "adopted", "detail": "一" }]);
    clerk.note("two suggestions left out", post(&short)).await;
    short["fields"]["adoptions"][0]["adoption"] = json!("perhaps");
    clerk.note("an answer that is none", post(&short)).await;
    let sign = |body: &Value| {
        hub.by("resources.clerk")
            .post(format!("/api/v1/deliveries/{delivery}/sign"), body)
    };
    clerk
        .note(
            "a note too long",
            sign(&json!({ "note": "长".repeat(2001) })),
        )
        .await;
    clerk
        .note("a note with a bell", sign(&json!({ "note": "收\u{7}" })))
        .await;
    clerk
        .note(
            "a time of one's own",
            sign(&json!({ "signed_at": "2026-01-01" })),
        )
        .await;
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn headers_that_are_wrong() {
    let hub = TestHub::open().await;
    let paper = a_document().drafted(&hub).await;
    let mut clerk = Clerk::of(&hub).await;
    let change = || {
        hub.by("court.clerk")
            .ask("PATCH", paper.path(""))
            .json(&json!({ "title": "改" }))
    };
    clerk.note("no revision", change()).await;
    clerk
        .note("a revision that has passed", change().if_match(0))
        .await;
    clerk
        .note(
            "a revision that is none",
            change().header("if-match", "now"),
        )
        .await;
    clerk
        .note("any revision", change().header("if-match", "*"))
        .await;
    clerk
        .note("a key that is empty", change().if_match(1).key(""))
        .await;
    clerk
        .note("a key with a space", change().if_match(1).key("a b"))
        .await;
    clerk
        .note("a key too long", change().if_match(1).key(&"k".repeat(256)))
        .await;
    let long = format!("/api/v1/documents?cursor={}", "x".repeat(5000));
    clerk
        .note("an address too long", hub.by("court.clerk").get(long))
        .await;
    insta::assert_snapshot!(clerk.notes().await);
}
