//! Who is logged in, kept in a file that nobody else may read. Scripts that run at once take
//! turns at renewing it, because a refresh token is good once.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufRead as _, Read as _, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::Duration,
};

use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::{
    Desk,
    http::{Ask, Client, Reach, Tokens},
    text,
    trouble::{Result, Trouble},
};
use crate::{
    app::{Clock as _, SystemClock},
    cli::{say, told},
};

/// A token is renewed so many seconds before it ends.
const AHEAD: i64 = 30;

#[derive(Debug, Args)]
pub(super) struct LogIn {
    /// 文枢的地址
    #[arg(long, env = "WENSHU_HUB", default_value = "http://127.0.0.1:8080")]
    hub: Url,
    /// 登录名；密码取自 WENSHU_PASSWORD、--password-file 或提示输入
    #[arg(long, env = "WENSHU_LOGIN", required_unless_present = "client_id")]
    login: Option<String>,
    /// 密码文件
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// 代表哪个单位（编号）
    #[arg(long)]
    unit: Option<Uuid>,
    /// 程序账号编号；密钥取自 `WENSHU_CLIENT_SECRET` 或 --secret-file，续取令牌时还要用
    #[arg(long, env = "WENSHU_CLIENT_ID", conflicts_with = "login")]
    client_id: Option<String>,
    /// 密钥文件
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// 另外信任的 CA 证书（PEM）
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// 允许不加密地连接其他机器（口令会以明文传输）
    #[arg(long)]
    allow_http: bool,
}

/// What the file says of the hub.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) hub: String,
    pub(super) ca: Option<PathBuf>,
    pub(super) allow_http: bool,
}

/// What the file says.
#[derive(Clone, Serialize, Deserialize)]
struct State {
    #[serde(flatten)]
    place: Place,
    client_id: Option<String>,
    secret_file: Option<PathBuf>,
    access_token: String,
    refresh_token: Option<String>,
    /// Seconds since 1970.
    expires_at: i64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: i64,
    #[serde(default)]
    me: Value,
}

/// Somebody who has logged in before.
pub(super) struct Saved {
    path: PathBuf,
    state: Mutex<State>,
    /// A token that the hub no longer accepts.
    spent: Mutex<Option<String>>,
}

/// The file that the session is kept in.
pub(super) fn place(named: Option<PathBuf>) -> std::result::Result<PathBuf, String> {
    if let Some(path) = named {
        return Ok(path);
    }
    let folder = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    let folder = folder.filter(|folder| folder.is_absolute()).or_else(home);
    let folder = folder.ok_or("不知道配置目录在哪里，请用 --session 指定文件")?;
    Ok(folder.join("wenshu").join("session.json"))
}

/// Logs in and keeps what was granted.
pub(super) async fn log_in(login: &LogIn, path: PathBuf, patience: Duration) -> Result<()> {
    let place = Place {
        hub: login.hub.to_string(),
        ca: login.ca.clone(),
        allow_http: login.allow_http,
    };
    let reach = Reach {
        hub: &login.hub,
        ca: place.ca.as_deref(),
        allow_http: place.allow_http,
        patience,
    };
    let client = Client::new(&reach, |sentence| {
        crate::cli::complain(sentence);
    })?;
    let granted = match &login.client_id {
        Some(id) => program(&client, id, login.secret_file.as_deref()).await?,
        None => person(&client, login).await?,
    };
    let name = match &login.client_id {
        Some(id) => format!("程序账号 {id}"),
        None => text(&granted.me, "/user/name").to_owned(),
    };
    let state = State {
        place,
        client_id: login.client_id.clone(),
        secret_file: login.secret_file.clone(),
        access_token: String::new(),
        refresh_token: None,
        expires_at: 0,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| told(&error))?;
    }
    write(&path, &state.with(granted))?;
    say(&format!("已登录：{name}"));
    Ok(())
}

async fn person(client: &Client, login: &LogIn) -> Result<Granted> {
    let password = match std::env::var("WENSHU_PASSWORD") {
        Ok(password) => password.into(),
        Err(_) => match &login.password_file {
            Some(path) => secret_in(path)?,
            None => prompted()?,
        },
    };
    let mut body = json!({ "login": login.login, "password": password.expose_secret() });
    if let Some(unit) = login.unit {
        body["unit_id"] = json!(unit);
    }
    let granted: Granted = client.ask_openly(Ask::post("auth/login", &body)).await?;
    if granted.me["must_change_password"] == true {
        let said = "用的还是一次性密码，请先在页面上修改密码";
        return Err(Trouble::LoggedOut(said.to_owned()));
    }
    Ok(granted)
}

async fn program(client: &Client, id: &str, file: Option<&Path>) -> Result<Granted> {
    let secret = match (std::env::var("WENSHU_CLIENT_SECRET"), file) {
        (Ok(secret), _) => secret.into(),
        (Err(_), Some(path)) => secret_in(path)?,
        (Err(_), None) => {
            let said = "令牌须用密钥续取，请设置 WENSHU_CLIENT_SECRET 或 --secret-file";
            return Err(Trouble::LoggedOut(said.to_owned()));
        }
    };
    let form = vec![
        ("grant_type", "client_credentials".to_owned().into()),
        ("client_id", id.to_owned().into()),
        ("client_secret", secret),
    ];
    client.ask_openly(Ask::form("/oauth/token", form)).await
}

fn secret_in(path: &Path) -> std::result::Result<SecretString, String> {
    let wrong = |said: &str| format!("{}：{said}", path.display());
    let mut file = File::open(path).map_err(|error| wrong(&told(&error)))?;
    let mode = file.metadata().map_err(|error| wrong(&told(&error)))?;
    if mode.permissions().mode() & 0o077 != 0 {
        return Err(wrong("其他用户可以读写；请先执行 chmod 600"));
    }
    let mut text = String::new();
    file.read_to_string(&mut text)
        .map_err(|error| wrong(&told(&error)))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned().into())
}

/// Asks for the password on the terminal, which does not show it.
fn prompted() -> std::result::Result<SecretString, String> {
    let quietly = |how: &str| Command::new("stty").arg(how).status().is_ok();
    let _ = write!(std::io::stderr(), "密码：");
    let hidden = quietly("-echo");
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    if hidden {
        quietly("echo");
    }
    let _ = writeln!(std::io::stderr());
    read.map_err(|error| told(&error))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned().into())
}

fn now() -> i64 {
    SystemClock.now().as_second()
}

impl State {
    fn with(&self, granted: Granted) -> Self {
        Self {
            access_token: granted.access_token,
            refresh_token: granted.refresh_token,
            expires_at: now() + granted.expires_in,
            ..self.clone()
        }
    }
}

/// Writes the file anew and puts it in the place of the old one.
fn write(path: &Path, state: &State) -> std::result::Result<(), String> {
    let wrong = |error: std::io::Error| format!("{}：{}", path.display(), told(&error));
    let text = serde_json::to_string(state).map_err(|error| told(&error))?;
    let fresh = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)
        .map_err(wrong)?;
    file.write_all(text.as_bytes()).map_err(wrong)?;
    file.sync_all().map_err(wrong)?;
    fs::rename(&fresh, path).map_err(wrong)
}

fn read(path: &Path) -> Result<State> {
    let missing = |_| Trouble::LoggedOut("尚未登录；请先 wenshu client login".to_owned());
    let file = File::open(path).map_err(missing)?;
    let mode = file.metadata().map_err(|error| told(&error))?;
    if mode.permissions().mode() & 0o077 != 0 {
        let said = format!("{} 其他用户可以读写；请先执行 chmod 600", path.display());
        return Err(Trouble::Stop(said));
    }
    serde_json::from_reader(file)
        .map_err(|_| Trouble::LoggedOut(format!("{} 无法读取，请重新登录", path.display())))
}

impl Saved {
    /// Reads who is logged in.
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        let state = Mutex::new(read(&path)?);
        Ok(Self {
            path,
            state,
            spent: Mutex::default(),
        })
    }

    pub(super) fn reach(&self) -> Place {
        self.current().place
    }

    /// Whether it is a program that is logged in.
    pub(super) fn is_machine(&self) -> bool {
        self.current().client_id.is_some()
    }

    fn current(&self) -> State {
        let state = self.state.lock();
        state
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn spent(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        let spent = self.spent.lock();
        spent.unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn is_good(&self, state: &State) -> bool {
        now() + AHEAD < state.expires_at
            && self.spent().as_deref() != Some(state.access_token.as_str())
    }

    fn keep(&self, state: State) {
        let kept = self.state.lock();
        *kept.unwrap_or_else(std::sync::PoisonError::into_inner) = state;
    }
}

impl Tokens for Saved {
    async fn token(&self, client: &Client) -> Result<String> {
        let state = self.current();
        if self.is_good(&state) {
            return Ok(state.access_token);
        }
        let lock = File::create(self.path.with_extension("lock")).map_err(|error| told(&error))?;
        lock.lock().map_err(|error| told(&error))?;
        // Somebody else may have renewed it meanwhile.
        let mut state = read(&self.path)?;
        if !self.is_good(&state) {
            let granted = match (&state.client_id, &state.refresh_token) {
                (Some(id), _) => program(client, id, state.secret_file.as_deref()).await?,
                (None, Some(token)) => {
                    let body = json!({ "refresh_token": token });
                    client.ask_openly(Ask::post("auth/refresh", &body)).await?
                }
                (None, None) => {
                    return Err(Trouble::LoggedOut("登录已失效，请重新登录".to_owned()));
                }
            };
            state = state.with(granted);
            write(&self.path, &state)?;
        }
        let token = state.access_token.clone();
        self.keep(state);
        Ok(token)
    }

    async fn forget(&self, token: &str) {
        *self.spent() = Some(token.to_owned());
    }
}

impl Desk {
    pub(super) async fn log_out(&self) -> Result<()> {
        // The session ends by itself anyway.
        let ask = Ask::post("auth/logout", &json!({}));
        let _ = self.client.ask::<Value>(&self.who, ask).await;
        fs::remove_file(&self.who.path).map_err(|error| told(&error))?;
        say("已退出");
        Ok(())
    }

    pub(super) async fn whoami(&self) -> Result<()> {
        let me: Value = self.client.ask(&self.who, Ask::get("auth/me")).await?;
        self.show(&me, |me| {
            format!("{}　{}", text(me, "/user/name"), text(me, "/unit/name"))
        });
        Ok(())
    }
}
