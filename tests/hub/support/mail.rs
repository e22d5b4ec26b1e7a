//! A mail server of one test's own: real SMTP, and a mailbox that can be looked into.

use std::{
    collections::VecDeque,
    io::{self, BufRead as _, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
    thread::JoinHandle,
    time::Duration,
};

use mail_parser::MessageParser;
use mailin::{Action, AuthMechanism, Handler, Response, SessionBuilder, response};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};
use wenshu::config::{Mail, MailTls};

/// Whom the server lets in.
pub const LOGIN: (&str, &str) = ("wenshu", "邮箱口令");

/// A place for a mail server. The port is taken from the start; nobody listens until it opens.
pub struct MailServer {
    address: SocketAddr,
    socket: Mutex<Option<tokio::net::TcpSocket>>,
    desk: Desk,
    tls: MailTls,
    config: Arc<ServerConfig>,
    pem: String,
    running: Mutex<Option<JoinHandle<()>>>,
}

/// A letter that lies in the mailbox.
#[derive(Debug, Clone)]
pub struct Mailed {
    pub from: String,
    pub to: Vec<String>,
    pub raw: String,
}

#[derive(Default)]
struct State {
    letters: Vec<Mailed>,
    /// What is answered to the next recipients; to the others that all is well.
    answers: VecDeque<u16>,
    /// How long the server thinks before it takes a letter.
    slow: Duration,
    /// Whether it keeps a letter in its hands, and whether it has one there.
    holds: bool,
    holding: bool,
    closing: bool,
    logins: usize,
}

impl State {
    fn is_holding(&mut self) -> bool {
        self.holding = self.holds && !self.closing;
        self.holding
    }
}

/// What one session knows; all share the mailbox.
#[derive(Clone, Default)]
struct Desk {
    state: Arc<Mutex<State>>,
    letter: Option<Mailed>,
    bytes: Vec<u8>,
}

impl Mailed {
    /// A header as a person reads it, decoded.
    pub fn header(&self, name: &str) -> String {
        let message = MessageParser::default().parse(self.raw.as_bytes()).unwrap();
        let header = message.header(name);
        let header = header.unwrap_or_else(|| panic!("no {name} in {}", self.raw));
        let text = header.as_text().map(str::to_owned);
        let text = text.or_else(|| header.as_datetime().map(mail_parser::DateTime::to_rfc3339));
        text.unwrap_or_else(|| {
            let one = header.as_address().unwrap().first().unwrap();
            let address = one.address().unwrap();
            match one.name() {
                Some(name) => format!("{name} <{address}>"),
                None => address.to_owned(),
            }
        })
    }

    /// The body as a person reads it.
    pub fn body(&self) -> String {
        let message = MessageParser::default().parse(self.raw.as_bytes()).unwrap();
        message.body_text(0).unwrap().replace("\r\n", "\n")
    }
}

impl MailServer {
    /// A server that listens.
    pub fn open() -> Self {
        let server = Self::closed(MailTls::None);
        server.listen();
        server
    }

    /// A server that will speak so, once it listens.
    pub fn closed(tls: MailTls) -> Self {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let (config, pem) = certified();
        Self {
            address: socket.local_addr().unwrap(),
            socket: Mutex::new(Some(socket)),
            desk: Desk::default(),
            tls,
            config,
            pem,
            running: Mutex::default(),
        }
    }

    /// Begins to listen.
    pub fn listen(&self) {
        let socket = self.socket.lock().unwrap().take();
        let listener = socket.unwrap().listen(64).unwrap().into_std().unwrap();
        listener.set_nonblocking(false).unwrap();
        let (desk, tls, config) = (self.desk.clone(), self.tls, self.config.clone());
        let serving = std::thread::spawn(move || serve(&listener, &desk, tls, &config));
        *self.running.lock().unwrap() = Some(serving);
    }

    /// Makes a hub send to it.
    pub fn serves(&self, mail: &mut Mail) {
        mail.enabled = true;
        mail.host = self.address.ip().to_string();
        mail.port = self.address.port();
        mail.tls = self.tls;
        "wenshu@hub.example.gov.cn".clone_into(&mut mail.from);
    }

    /// Writes the certificate of the server to a file.
    pub fn certificate(&self, file: &Path) {
        std::fs::write(file, &self.pem).unwrap();
    }

    /// Answers so to the next recipients.
    pub fn answers(&self, codes: &[u16]) {
        self.state().answers.extend(codes);
    }

    /// Thinks so long before each letter.
    pub fn thinks(&self, long: Duration) {
        self.state().slow = long;
    }

    /// Keeps the next letter in its hands until it is told otherwise.
    pub fn holds(&self, holds: bool) {
        self.state().holds = holds;
    }

    /// Waits until a letter is held.
    pub async fn has_hold(&self) {
        self.until(|state| state.holding).await;
    }

    /// Waits until so many letters lie in the mailbox.
    pub async fn has_letters(&self, count: usize) {
        self.until(|state| state.letters.len() >= count).await;
    }

    async fn until(&self, is_so: impl Fn(&State) -> bool) {
        for _ in 0..4000 {
            if is_so(&self.state()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the mail server has waited for long enough");
    }

    /// What lies in the mailbox.
    pub fn letters(&self) -> Vec<Mailed> {
        self.state().letters.clone()
    }

    /// How often somebody has logged in.
    pub fn logins(&self) -> usize {
        self.state().logins
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.desk.state.lock().unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.state().closing = true;
        if let Some(running) = self.running.lock().unwrap().take() {
            // So that it looks up.
            drop(TcpStream::connect(self.address));
            let _ = running.join();
        }
    }
}

impl Handler for Desk {
    fn rcpt(&mut self, _to: &str) -> Response {
        match self.state.lock().unwrap().answers.pop_front() {
            Some(code) if code != 250 => Response::custom(code, "not today".to_owned()),
            _ => response::OK,
        }
    }

    fn data_start(&mut self, _domain: &str, from: &str, _is8bit: bool, to: &[String]) -> Response {
        self.bytes.clear();
        self.letter = Some(Mailed {
            from: from.to_owned(),
            to: to.to_vec(),
            raw: String::new(),
        });
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let slow = self.state.lock().unwrap().slow;
        std::thread::sleep(slow);
        while self.state.lock().unwrap().is_holding() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut letter = self.letter.take().unwrap();
        letter.raw = String::from_utf8(std::mem::take(&mut self.bytes)).unwrap();
        self.state.lock().unwrap().letters.push(letter);
        response::OK
    }

    fn auth_plain(&mut self, _authorized: &str, name: &str, password: &str) -> Response {
        if (name, password) == LOGIN {
            self.state.lock().unwrap().logins += 1;
            response::AUTH_OK
        } else {
            response::INVALID_CREDENTIALS
        }
    }
}

/// A certificate that says for itself who it is.
fn certified() -> (Arc<ServerConfig>, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), made.cert.pem())
}

fn serve(listener: &TcpListener, desk: &Desk, tls: MailTls, config: &Arc<ServerConfig>) {
    for stream in listener.incoming() {
        if desk.state.lock().unwrap().closing {
            return;
        }
        let (desk, config, stream) = (desk.clone(), config.clone(), stream.unwrap());
        // Whoever hangs up has said enough.
        std::thread::spawn(move || converse(stream, desk, tls, &config));
    }
}

/// What is spoken over, encrypted or not.
trait Wire: Read + Write + Send {}

impl<T: Read + Write + Send> Wire for T {}

fn converse(
    stream: TcpStream,
    desk: Desk,
    tls: MailTls,
    config: &Arc<ServerConfig>,
) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let encrypted = |wire: Box<dyn Wire>| -> Box<dyn Wire> {
        let connection = ServerConnection::new(config.clone()).unwrap();
        Box::new(StreamOwned::new(connection, wire))
    };
    let mut builder = SessionBuilder::new("mail.example.gov.cn");
    if tls != MailTls::None {
        // From then on it takes mails of nobody else.
        builder.enable_auth(AuthMechanism::Plain);
    }
    let mut wire: Box<dyn Wire> = Box::new(stream);
    if tls == MailTls::StartTls {
        builder.enable_start_tls();
    }
    let mut session = builder.build(Ipv4Addr::LOCALHOST.into(), desk);
    if tls == MailTls::Tls {
        wire = encrypted(wire);
        session.tls_active();
    }
    let mut reader = BufReader::new(wire);
    session.greeting().write_to(reader.get_mut())?;
    reader.get_mut().flush()?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let response = session.process(&line);
        response.write_to(reader.get_mut())?;
        reader.get_mut().flush()?;
        match response.action {
            Action::Close => return Ok(()),
            Action::UpgradeTls => {
                reader = BufReader::new(encrypted(reader.into_inner()));
                session.tls_active();
            }
            Action::Reply | Action::NoReply => {}
        }
    }
}
