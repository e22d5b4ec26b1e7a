use jiff::Timestamp;

use super::{Branch, CreditCode, Prefix, UnitId};

/// One 单位 on the exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Identifies the unit, also after it is renamed.
    pub id: UnitId,
    /// 全称, unique on the hub.
    pub full_name: String,
    /// 规范化简称, unique on the hub.
    pub short_name: String,
    /// The power it belongs to.
    pub branch: Branch,
    /// 统一社会信用代码, if it has one.
    pub credit_code: Option<CreditCode>,
    /// 上级主管.
    pub parent: Option<UnitId>,
    /// 机关代字 of its document numbers; the first is used when none is named.
    pub prefixes: Vec<Prefix>,
    /// Whether it takes part at present.
    pub active: bool,
    /// When it was entered.
    pub created_at: Timestamp,
    /// Counts the changes of the entry.
    pub revision: i64,
}

/// Why a unit cannot be entered as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("单位名称须为 2 至 60 个字，不含控制字符")]
pub struct InvalidUnitName;

/// Tidies a unit's name.
///
/// # Errors
///
/// When it is not 2 to 60 characters, or holds control characters.
pub fn unit_name(text: &str) -> Result<String, InvalidUnitName> {
    let name = text.trim();
    let fits = (2..=60).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits {
        Ok(name.to_owned())
    } else {
        Err(InvalidUnitName)
    }
}
