//! The line to the mail server; the one place that knows the library for it.

use std::{
    error::Error as StdError,
    path::Path,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use tokio::time::timeout;
use url::{Host, Url};

use super::Letter;
use crate::{
    config::{self, Config, MailTls},
    domain::MailFault,
};

/// Why something was not sent. Its source may quote the mail server, which may name people: it is
/// for the operator's screen, not for the log.
#[derive(Debug, thiserror::Error)]
#[error("{fault}{}", .reply.map(|code| format!("（{code}）")).unwrap_or_default())]
pub struct MailTrouble {
    /// What kind of trouble.
    pub fault: MailFault,
    /// The code that the mail server answered, if it did.
    pub reply: Option<u16>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The mail server, and what is needed to speak to it.
pub(super) struct Post {
    options: config::Mail,
    /// The hub as it is seen by who is written to.
    sender: Mailbox,
    /// The name by which the hub greets the server; the place in the ids of its messages.
    host: String,
    hello: ClientId,
    tls: Option<TlsParameters>,
}

/// A connection that is ready for mails.
pub(super) struct Line<'p> {
    post: &'p Post,
    connection: AsyncSmtpConnection,
    /// Whether it is not known any more what the server will say next.
    broken: bool,
}

impl MailTrouble {
    fn of(fault: MailFault, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            fault,
            reply: None,
            source: Some(source.into()),
        }
    }

    fn unwritable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::of(MailFault::Rejected, source)
    }

    fn settings(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::of(MailFault::Settings, source)
    }

    /// What the library has met, as far as it can be told apart.
    fn met(error: SmtpError) -> Self {
        let reply = error.status().map(u16::from);
        let fault = match reply {
            // Whoever is not let in has not written a bad mail.
            Some(530 | 534 | 535 | 538) => MailFault::Login,
            // It is about to stop, or has had enough of the hub.
            Some(421) => MailFault::Refused,
            Some(_) if error.is_permanent() => MailFault::Rejected,
            Some(_) => MailFault::Deferred,
            None if error.is_tls() || is_of_tls(&error) => MailFault::Tls,
            None if error.is_timeout() => MailFault::Timeout,
            None if error.is_response() || error.is_client() => MailFault::Protocol,
            None => MailFault::Unreachable,
        };
        Self {
            fault,
            reply,
            source: Some(Box::new(error)),
        }
    }

    /// The same before it came to a recipient: what the server says then concerns the hub.
    fn at_the_door(self) -> Self {
        let fault = match self.fault {
            MailFault::Rejected | MailFault::Deferred => MailFault::Refused,
            other => other,
        };
        Self { fault, ..self }
    }
}

/// Whether it was a certificate that was not accepted, or the like.
fn is_of_tls(error: &SmtpError) -> bool {
    let mut source = error.source();
    while let Some(reason) = source {
        let inner = reason.downcast_ref::<std::io::Error>();
        let inner = inner.and_then(std::io::Error::get_ref);
        if let Some(inner) = inner
            && inner.is::<rustls::Error>()
        {
            return true;
        }
        source = reason.source();
    }
    false
}

impl Post {
    /// Reads what the settings name.
    pub(super) async fn prepare(config: &Config) -> Result<Self, MailTrouble> {
        let options = config.mail.clone();
        if options.host.is_empty() || options.from.is_empty() {
            return Err(MailTrouble::settings("没有写 mail.host 或 mail.from"));
        }
        let from = options.from.trim().parse::<Address>();
        let from = from.map_err(|error| MailTrouble::settings(format!("mail.from：{error}")))?;
        let (hello, host) = names(&config.hub.public_url);
        let tls = match options.tls {
            MailTls::None => None,
            MailTls::StartTls | MailTls::Tls => Some(trust(&options).await?),
        };
        Ok(Self {
            sender: Mailbox::new(Some(config.hub.name.clone()), from),
            host,
            hello,
            tls,
            options,
        })
    }

    /// Connects and logs in.
    pub(super) async fn open(&self) -> Result<Line<'_>, MailTrouble> {
        let opened = timeout(self.options.timeout, self.connect()).await;
        let connection = opened.map_err(|late| MailTrouble::of(MailFault::Timeout, late))?;
        let connection = connection.map_err(MailTrouble::at_the_door)?;
        Ok(Line {
            post: self,
            connection,
            broken: false,
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, MailTrouble> {
        let options = &self.options;
        let server = (options.host.as_str(), options.port);
        let from_the_start = match options.tls {
            MailTls::Tls => self.tls.clone(),
            MailTls::None | MailTls::StartTls => None,
        };
        let connecting =
            AsyncSmtpConnection::connect_tokio1(server, None, &self.hello, from_the_start, None);
        let mut connection = connecting.await.map_err(MailTrouble::met)?;
        if let (MailTls::StartTls, Some(tls)) = (options.tls, &self.tls) {
            let encrypted = connection.starttls(tls.clone(), &self.hello).await;
            encrypted.map_err(|error| MailTrouble::of(MailFault::Tls, error))?;
        }
        if !options.username.is_empty() {
            let name = options.username.clone();
            let credentials = Credentials::new(name, options.password.expose().to_owned());
            let known = connection.auth(DEFAULT_MECHANISMS, &credentials).await;
            known.map_err(|error| {
                let met = MailTrouble::met(error);
                let fault = match met.fault {
                    MailFault::Rejected | MailFault::Protocol => MailFault::Login,
                    other => other,
                };
                MailTrouble { fault, ..met }
            })?;
        }
        Ok(connection)
    }

    fn message(&self, letter: &Letter) -> Result<Message, MailTrouble> {
        let to = letter.to.as_str().parse::<Address>();
        let to = to.map_err(MailTrouble::unwritable)?;
        let mut message = Message::builder()
            .message_id(Some(format!("<{}@{}>", letter.id, self.host)))
            .date(moment(letter.written_at))
            .from(self.sender.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.subject.as_str())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(MailTrouble::unwritable)?;
        // So that nobody's absence is answered to it (RFC 3834, 5).
        let name = HeaderName::new_from_ascii_str("Auto-Submitted");
        let by_itself = HeaderValue::new(name, "auto-generated".to_owned());
        message.headers_mut().insert_raw(by_itself);
        Ok(message)
    }
}

impl Line<'_> {
    /// Sends a letter. What is wrong with one leaves the line good for the next.
    pub(super) async fn send(&mut self, letter: &Letter) -> Result<(), MailTrouble> {
        let message = self.post.message(letter)?;
        if self.broken {
            self.connection = self.post.open().await?.connection;
        }
        // Also where this is broken off by who waits for it.
        self.broken = true;
        let sent = timeout(self.post.options.timeout, self.hand_over(&message)).await;
        sent.map_err(|late| MailTrouble::of(MailFault::Timeout, late))??;
        self.broken = false;
        Ok(())
    }

    async fn hand_over(&mut self, message: &Message) -> Result<(), MailTrouble> {
        let (line, envelope) = (&mut self.connection, message.envelope());
        let from = Mail::new(envelope.from().cloned(), Vec::new());
        let begun = line.command(from).await;
        begun.map_err(|error| MailTrouble::met(error).at_the_door())?;
        for to in envelope.to() {
            let known = line.command(Rcpt::new(to.clone(), Vec::new())).await;
            known.map_err(MailTrouble::met)?;
        }
        line.command(Data).await.map_err(MailTrouble::met)?;
        let taken = line.message(&message.formatted()).await;
        taken.map_err(MailTrouble::met)?;
        Ok(())
    }

    /// Says good-bye; whether it is answered is no matter.
    pub(super) async fn close(mut self) {
        if !self.broken {
            let _ = timeout(self.post.options.timeout, self.connection.quit()).await;
        }
    }
}

/// The moment as the library wants it; nothing was written before 1970.
fn moment(at: Timestamp) -> SystemTime {
    let since = u64::try_from(at.as_millisecond()).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_millis(since)
}

/// What the hub calls itself, from the address where people reach it.
fn names(public_url: &str) -> (ClientId, String) {
    match Url::parse(public_url).ok().as_ref().and_then(Url::host) {
        Some(Host::Ipv4(address)) => (ClientId::Ipv4(address), format!("[{address}]")),
        Some(Host::Ipv6(address)) => (ClientId::Ipv6(address), format!("[IPv6:{address}]")),
        Some(Host::Domain(name)) => (ClientId::Domain(name.to_owned()), name.to_owned()),
        None => (
            ClientId::Domain("localhost".to_owned()),
            "localhost".to_owned(),
        ),
    }
}

/// The certificates that are trusted: those of the system, and those of the file.
async fn trust(options: &config::Mail) -> Result<TlsParameters, MailTrouble> {
    let mut builder = TlsParameters::builder(options.host.clone());
    if !options.ca_file.as_os_str().is_empty() {
        builder = builder.add_root_certificate(certificate(&options.ca_file).await?);
    }
    // It reads the certificates of the system.
    let built = tokio::task::spawn_blocking(move || builder.build_rustls()).await;
    let built = built.map_err(MailTrouble::settings)?;
    built.map_err(MailTrouble::settings)
}

async fn certificate(file: &Path) -> Result<Certificate, MailTrouble> {
    let wrong = |error: &dyn StdError| {
        MailTrouble::settings(format!("mail.ca_file {}：{error}", file.display()))
    };
    let pem = tokio::fs::read(file).await.map_err(|error| wrong(&error))?;
    let certificate = Certificate::from_pem(&pem).map_err(|error| wrong(&error))?;
    if String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE") {
        return Ok(certificate);
    }
    // The library takes a file without any certificate for one with none to add.
    Err(MailTrouble::settings(format!(
        "mail.ca_file {}：没有证书",
        file.display()
    )))
}
