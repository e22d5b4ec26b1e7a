//! What surrounds every page, and how things are written on it.

use actix_web::HttpRequest;
use jiff::{Timestamp, tz::Offset};

use super::faults::Fault;
use crate::{
    app::{Caller, Hub},
    domain::UserId,
};

/// What every page shows of who is looking.
pub(super) struct Frame {
    pub(super) here: &'static str,
    pub(super) unit: String,
    pub(super) person: String,
}

impl Frame {
    /// The frame of a page for the caller.
    pub(super) async fn of(hub: &Hub, caller: &Caller, here: &'static str) -> Result<Self, Fault> {
        let standing = hub.standing(caller).await?;
        let unit = standing
            .value
            .unit
            .and_then(|unit| standing.names.unit(unit));
        Ok(Self {
            here,
            unit: unit.map(|unit| unit.short_name.clone()).unwrap_or_default(),
            person: standing.value.user.name,
        })
    }
}

/// Whoever looks at a page; who is not logged in is asked to, and comes back.
pub(super) fn visitor(request: &HttpRequest, caller: Option<Caller>) -> Result<Caller, Fault> {
    let here = request
        .uri()
        .path_and_query()
        .map_or("/inbox", |path| path.as_str());
    let caller = caller.ok_or_else(|| Fault::LogIn(here.to_owned()))?;
    caller.settled()?;
    Ok(caller)
}

/// Beijing time, to the minute.
pub(super) fn time(at: Timestamp) -> String {
    let at = Offset::constant(8).to_datetime(at);
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// An instant and whose act it was.
pub(super) fn act(act: Option<(UserId, Timestamp)>, names: &crate::app::Directory) -> String {
    act.map(|(by, at)| format!("{} {}", time(at), names.user(by).unwrap_or_default()))
        .unwrap_or_default()
}

/// Bytes, for people.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{} MB", bytes.div_ceil(1_048_576)),
    }
}
