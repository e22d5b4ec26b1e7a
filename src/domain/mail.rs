use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{NotificationId, labelled::labelled};

/// The most characters of an address (RFC 5321, 4.5.3.1.3, without the brackets).
const ADDRESS_MAX: usize = 254;

/// The most characters before the `@`.
const LOCAL_MAX: usize = 64;

/// An address of e-mail, in the plain form that every server takes: ASCII, without quotes, at a
/// host with a full name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EmailAddress(String);

/// The text is no address of e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("邮箱须形如 name@example.gov.cn，只用英文字母、数字和常用符号，最多 {ADDRESS_MAX} 个字符")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The address as it was entered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(InvalidEmailAddress)?;
        let fits = text.len() <= ADDRESS_MAX && is_local(local) && is_host(host);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidEmailAddress)
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmailAddress;

    fn try_from(text: String) -> Result<Self, InvalidEmailAddress> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Words of letters, digits and the signs of RFC 5322, 3.2.3, with single dots between them.
fn is_local(local: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= LOCAL_MAX
        && local
            .split('.')
            .all(|word| !word.is_empty() && word.chars().all(is_sign))
}

/// At least two labels, the last of which is no number.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let last = host.rsplit_once('.').map(|(_, last)| last);
    host.split('.').all(is_label)
        && last.is_some_and(|last| last.contains(|c: char| c.is_ascii_alphabetic()))
}

labelled! {
    /// How far an e-mail has come.
    pub enum MailState {
        /// It is still to be sent.
        Waiting = "waiting", "待发送";
        /// The mail server has taken it.
        Sent = "sent", "已发送";
        /// It is not sent any more.
        Failed = "failed", "未能发送";
    }
}

labelled! {
    /// Why an e-mail was not sent, or not yet.
    pub enum MailFault {
        /// The account is disabled, has left the unit, or has no address any more.
        NoRecipient = "no_recipient", "收件人已停用、已离开该单位或不再有邮箱";
        /// The mail server refuses it for good.
        Rejected = "rejected", "邮件服务器拒收";
        /// The mail server does not take it for now.
        Deferred = "deferred", "邮件服务器暂不接收";
        /// It has waited for too long.
        Expired = "expired", "等候过久，不再发送";
        /// What is configured cannot be used.
        Settings = "settings", "[mail] 的设置不能使用";
        /// There is no connection to the mail server.
        Unreachable = "unreachable", "连不上邮件服务器";
        /// The mail server does not take any mail of the hub.
        Refused = "refused", "邮件服务器拒绝本系统";
        /// The connection is not encrypted as it should be.
        Tls = "tls", "与邮件服务器的加密连接未能建立";
        /// The mail server does not let the hub in.
        Login = "login", "邮件服务器不接受用户名或口令";
        /// The mail server has not answered in time.
        Timeout = "timeout", "邮件服务器没有在时限内回答";
        /// The mail server has hung up, or says what is no SMTP.
        Protocol = "protocol", "邮件服务器中断了连接，或者回答不合规矩";
    }
}

impl MailFault {
    /// Whether it concerns the server rather than one mail: the others would fare no better.
    #[must_use]
    pub fn is_of_server(self) -> bool {
        match self {
            Self::NoRecipient | Self::Rejected | Self::Deferred | Self::Expired => false,
            Self::Settings
            | Self::Unreachable
            | Self::Refused
            | Self::Tls
            | Self::Login
            | Self::Timeout
            | Self::Protocol => true,
        }
    }

    /// Whether it is of no use to try again.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::NoRecipient | Self::Rejected | Self::Expired)
    }
}

/// An e-mail that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// What it tells.
    pub notification: NotificationId,
    /// How often it was tried before.
    pub attempts: u32,
    /// Since when it waits.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_plain_and_at_a_host_with_a_full_name() {
        let longest = format!("{}@{}.cn", "a".repeat(64), "b".repeat(63));
        for good in [
            "wang.xm@court.example.gov.cn",
            "a@b.cn",
            "o'neil+tag@mail-1.example.com",
            &longest,
        ] {
            assert_eq!(good.parse::<EmailAddress>().unwrap().as_str(), good);
        }
        let padded: EmailAddress = " a@b.cn\n".parse().unwrap();
        assert_eq!(padded.as_str(), "a@b.cn");
        let long_local = format!("{}@b.cn", "a".repeat(65));
        let long_label = format!("a@{}.cn", "b".repeat(64));
        let long = format!("a@{}cn", "b.".repeat(126));
        for bad in [
            "",
            "a",
            "@b.cn",
            "a@",
            "a@b",
            "a@b.",
            "a@.cn",
            "a@b..cn",
            "a@-b.cn",
            "a@10.0.0.1",
            "a@[10.0.0.1]",
            ".a@b.cn",
            "a..b@b.cn",
            "a b@b.cn",
            "a@b@c.cn",
            "\"a\"@b.cn",
            "<a@b.cn>",
            "王@b.cn",
            "a@法院.cn",
            "a@b.cn, c@d.cn",
            "a@b.cn\r\nBcc: c@d.cn",
            &long_local,
            &long_label,
            &long,
        ] {
            assert_eq!(
                bad.parse::<EmailAddress>(),
                Err(InvalidEmailAddress),
                "{bad}"
            );
        }
    }
}
