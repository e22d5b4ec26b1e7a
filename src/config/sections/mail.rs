use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    config::{
        check::Check,
        values::{Secret, duration},
    },
    domain::EmailAddress,
};

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Not at all.
    None,
    /// It begins in the clear and must turn to TLS before anything is said.
    StartTls,
    /// It is TLS from its first byte.
    Tls,
}

/// `[mail]`: notifications by e-mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mail {
    /// Whether notifications go out by e-mail.
    pub enabled: bool,
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection to it is protected.
    pub tls: MailTls,
    /// A file of certificates that are trusted beside those of the system; empty for none.
    pub ca_file: PathBuf,
    /// Whom the hub logs in as; empty for nobody.
    pub username: String,
    /// The password of that account.
    pub password: Secret,
    /// The file that the password was read from; empty for none.
    pub password_file: PathBuf,
    /// The address that mails come from.
    pub from: String,
    /// How long a connection, and the sending of one mail, may take.
    #[serde(with = "duration")]
    pub timeout: Duration,
    /// How long a mail waits after its first failure; each further one doubles it.
    #[serde(with = "duration")]
    pub retry_first: Duration,
    /// The longest that it waits.
    #[serde(with = "duration")]
    pub retry_max: Duration,
    /// How often one mail is tried.
    pub attempts_max: u32,
    /// After how long a mail is given up, however often it was tried.
    #[serde(with = "duration")]
    pub give_up_after: Duration,
    /// How many mails are sent over one connection.
    pub batch: u32,
    /// Days for which it is kept what became of a mail.
    pub keep_days: u32,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            enabled: false,
            host: String::new(),
            // Submission (RFC 6409).
            port: 587,
            tls: MailTls::StartTls,
            ca_file: PathBuf::new(),
            username: String::new(),
            password: Secret::default(),
            password_file: PathBuf::new(),
            from: String::new(),
            timeout: Duration::from_secs(30),
            retry_first: Duration::from_mins(1),
            retry_max: Duration::from_hours(1),
            attempts_max: 100,
            give_up_after: Duration::from_hours(72),
            batch: 50,
            keep_days: 90,
        }
    }
}

impl Mail {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let (unused, minute) = (!self.enabled, Duration::from_mins(1));
        let hour = minute * 60;
        let is_host = url::Host::parse(&self.host).is_ok();
        let logs_in = !self.username.is_empty();
        check
            .holds("host", is_host || unused && self.host.is_empty())
            .within("port", self.port, 1..=u16::MAX)
            .agrees(
                "tls",
                self.tls != MailTls::None || !logs_in,
                "不加密的连接不能发送口令，须改用 \"starttls\" 或 \"tls\"，或者不写 mail.username",
            )
            .agrees(
                "username",
                !logs_in || self.password.is_given(),
                "还须写出口令：mail.password 或 mail.password_file",
            )
            .agrees(
                "password",
                logs_in || !self.password.is_given(),
                "还须写出 mail.username",
            )
            .holds(
                "from",
                self.from.parse::<EmailAddress>().is_ok() || unused && self.from.is_empty(),
            )
            .within("timeout", self.timeout, Duration::from_secs(1)..=minute * 5)
            .within(
                "retry_first",
                self.retry_first,
                Duration::from_secs(1)..=hour,
            )
            .within(
                "retry_max",
                self.retry_max,
                Duration::from_secs(1)..=hour * 24,
            )
            .agrees(
                "retry_first",
                self.retry_first <= self.retry_max,
                "不得长于 mail.retry_max",
            )
            .within("attempts_max", self.attempts_max, 1..=1000)
            .within("give_up_after", self.give_up_after, hour..=hour * 24 * 30)
            .within("batch", self.batch, 1..=1000)
            .within("keep_days", self.keep_days, 1..=3650);
    }
}
