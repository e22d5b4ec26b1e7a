//! Keeping a view of the ledger, and removing one.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Path, Query},
};
use uuid::Uuid;

use super::{
    super::query_of,
    filter::{Asked, pairs},
};
use crate::{
    app::{Begun, Caller, Error, Hub, ViewWish},
    domain::LedgerViewId,
    web::{
        faults::{Fault, go},
        frame::visitor,
        posted::Posted,
    },
};

/// Keeps what the ledger shows under a name.
pub(in crate::web) async fn keep_view(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    asked: Query<Asked>,
    body: Bytes,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let wish = ViewWish {
        name: Posted::read(&body).one("name").to_owned(),
        criteria: asked.criteria()?,
    };
    let mut place = format!("/obligations?{}", query_of(&pairs(&wish.criteria)));
    if let Begun::Work(mut work) = hub.begin(caller, None).await? {
        let view = work.keep_ledger_view(wish).await?;
        work.commit().await?;
        place = format!("/obligations?view={}", view.id);
    }
    Ok(go(&place))
}

/// Removes a view, as it was when the page was made.
pub(in crate::web) async fn remove_view(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    id: Path<Uuid>,
    body: Bytes,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let posted = Posted::read(&body);
    posted.confirmed()?;
    let revision = posted.one("revision").parse().map_err(|_| Error::Stale)?;
    if let Begun::Work(mut work) = hub.begin(caller, None).await? {
        work.remove_ledger_view(LedgerViewId(*id), revision).await?;
        work.commit().await?;
    }
    Ok(go("/obligations"))
}
