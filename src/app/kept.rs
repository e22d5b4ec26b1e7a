//! What a person keeps, in a unit that they act for, under names of their own: views of the ledger,
//! searches. It is their own affair: nobody is told of it, and it is nothing for the auditor.

use super::{Caller, Error, Fault, Result};
use crate::domain::{UnitId, UserId};

/// The longest name, in characters.
const NAME_MAX: usize = 40;

/// The person whose it is, and the unit that they act for.
pub(super) fn keeper(caller: &Caller) -> Result<(UserId, UnitId)> {
    Ok((caller.user(), caller.unit()?))
}

/// The name that was typed, without blanks around it.
pub(super) fn kept_name(typed: &str) -> Result<String> {
    let name = typed.trim();
    let fits = (1..=NAME_MAX).contains(&name.chars().count());
    if !fits || name.chars().any(char::is_control) {
        let detail = format!("名称须为 1 至 {NAME_MAX} 个字，不含控制字符");
        return Err(Error::invalid("/name", "malformed", detail));
    }
    Ok(name.to_owned())
}

/// Goes on where there is room for one more: `what` is `视图`, say.
pub(super) fn room_for_one(kept: u64, max: u32, what: &str) -> Result<()> {
    if kept < u64::from(max) {
        return Ok(());
    }
    let detail = format!("最多保存 {max} 个{what}，请先删除不用的");
    Err(Error::invalid("", "too_many", detail))
}

/// There is one of that name.
pub(super) fn name_taken(what: &str) -> Error {
    Error::Taken(Fault::at("/name", "taken", format!("已有同名的{what}")))
}
