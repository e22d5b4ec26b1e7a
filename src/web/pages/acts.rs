//! What the buttons of the pages do: the same acts as those of the API. A grave one is done only
//! with its box ticked.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data, Path},
};
use askama::Template;
use uuid::Uuid;

use crate::{
    app::{Begun, Caller, Error, Hub, SignOutcome, Work},
    domain::{DeliveryId, HandlerRole, UnitId, UserId},
    web::{
        faults::{Fault, go, page, sentence},
        frame::{Frame, visitor},
        posted::Posted,
    },
};

/// Does one act on one delivery and comes back to its document.
pub(in crate::web) async fn act(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    path: Path<(Uuid, String)>,
    body: Bytes,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let (id, act) = path.into_inner();
    let posted = Posted::read(&body);
    let document: Uuid = posted
        .one("document")
        .parse()
        .map_err(|_| Error::NotFound)?;
    if let Begun::Work(mut work) = hub.begin(caller, None).await? {
        done(&mut work, DeliveryId(id), &act, &posted).await?;
        work.commit().await?;
    }
    Ok(go(&format!("/documents/{document}")))
}

async fn done(work: &mut Work, id: DeliveryId, act: &str, posted: &Posted) -> Result<(), Error> {
    let note = Some(posted.one("note").to_owned());
    match act {
        "sign" => {
            work.sign(id, note).await?;
        }
        "return" => {
            posted.confirmed()?;
            let reason = posted.one("reason").parse();
            let reason =
                reason.map_err(|_| Error::invalid("reason", "not_a_choice", "请选择退回的原因"))?;
            work.give_back(id, reason, note).await?;
        }
        "refuse-return" => {
            posted.confirmed()?;
            work.refuse_return(id, note).await?;
        }
        "resend" => {
            posted.confirmed()?;
            work.resend(id, note).await?;
        }
        "accept-return" => {
            posted.confirmed()?;
            work.accept_return(id, note).await?;
        }
        "forward" => {
            posted.confirmed()?;
            let units: Vec<_> = posted.ids("unit")?.into_iter().map(UnitId).collect();
            work.forward(id, &units, note).await?;
        }
        "assign" => {
            work.assign(id, &handlers(posted)?, note).await?;
        }
        "done" => {
            work.finish_delivery(id, note).await?;
        }
        "reopen" => {
            work.reopen_delivery(id).await?;
        }
        _ => return Err(Error::NotFound),
    }
    Ok(())
}

/// The lead, and whoever else was chosen to help.
fn handlers(posted: &Posted) -> Result<Vec<(UserId, HandlerRole)>, Error> {
    let leads = posted.ids("lead")?;
    let helpers = posted.ids("support")?;
    let helpers = helpers.into_iter().filter(|user| !leads.contains(user));
    let helpers = helpers.map(|user| (UserId(user), HandlerRole::Support));
    let leads = leads.iter().map(|user| (UserId(*user), HandlerRole::Lead));
    Ok(leads.chain(helpers).collect())
}

#[derive(Template)]
#[template(path = "signed.html")]
struct SignedPage {
    frame: Frame,
    signed: usize,
    already: usize,
    refused: Vec<String>,
}

/// Signs for everything that was ticked in the inbox, and says what became of it.
pub(in crate::web) async fn sign_many(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    body: Bytes,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let posted = Posted::read(&body);
    let ids: Vec<_> = posted.ids("id")?.into_iter().map(DeliveryId).collect();
    if ids.is_empty() {
        return Ok(go("/inbox?box=unsigned"));
    }
    posted.confirmed()?;
    let frame = Frame::of(&hub, &caller, "inbox").await?;
    let mut shown = SignedPage {
        frame,
        signed: 0,
        already: 0,
        refused: Vec::new(),
    };
    if let Begun::Work(mut work) = hub.begin(caller, None).await? {
        for (_, outcome) in work.sign_many(&ids, None).await? {
            match outcome {
                SignOutcome::Signed(..) => shown.signed += 1,
                SignOutcome::Already(..) => shown.already += 1,
                SignOutcome::Refused(error) => shown.refused.push(sentence(&error)),
            }
        }
        work.commit().await?;
    }
    page(&shown)
}
