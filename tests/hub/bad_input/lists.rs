//! Pages, parameters and addresses that do not exist.

use super::Clerk;
use crate::support::TestHub;

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
        "/api/v1/search?q=%E5%87%BD&sort=sideways",
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
