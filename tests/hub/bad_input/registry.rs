//! Units, accounts, passwords and rules that are refused.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Clerk;
use crate::support::{PASSWORD, TestHub};

#[tokio::test]
async fn units_that_are_wrong() {
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
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn accounts_that_are_wrong() {
    let hub = TestHub::open().await;
    let mut clerk = Clerk::of(&hub).await;
    let admin = hub.by("admin.system");
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
    insta::assert_snapshot!(clerk.notes().await);
}

#[tokio::test]
async fn passwords_and_rules_that_are_wrong() {
    let hub = TestHub::open().await;
    let mut clerk = Clerk::of(&hub).await;
    let password = |new: &str| {
        let body = json!({ "current_password": PASSWORD, "new_password": new });
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
    clerk.note("the same again", password(PASSWORD)).await;
    let preview = json!({ "rule": "XX" });
    let ask = hub
        .by("court.clerk")
        .post("/api/v1/deadlines/preview", &preview);
    clerk.note("an unknown deadline rule", ask).await;
    insta::assert_snapshot!(clerk.notes().await);
}
