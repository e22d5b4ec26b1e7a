//! Client credentials (RFC 6749, 4.4). This one address speaks that standard's errors and not
//! ours, because the libraries that call it expect them.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures_util::future::LocalBoxFuture;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Problem, body, client};
use crate::app::{ClientCredentials, Error, Hub, TokenFault};

/// The largest form.
const FORM_MAX: u64 = 8 << 10;

/// 令牌请求，`application/x-www-form-urlencoded`。
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form, which is read by hand")]
pub struct TokenForm {
    /// 固定为 `client_credentials`
    grant_type: String,
    /// 程序账号编号；用 Authorization: Basic 时不填
    client_id: Option<String>,
    /// 密钥；用 Authorization: Basic 时不填
    client_secret: Option<String>,
    /// 只要这些权限，以空格分隔；不填为全部
    scope: Option<String>,
}

/// A token for a program; there is no refresh token.
#[derive(Serialize, ToSchema)]
pub struct MachineTokenView {
    /// 访问令牌
    access_token: String,
    /// 令牌类型，固定为 Bearer
    token_type: &'static str,
    /// 有效秒数
    expires_in: u64,
    /// 得到的权限，以空格分隔
    scope: String,
}

/// Why there is no token (RFC 6749, 5.2).
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenError {
    /// `invalid_request`、`invalid_client`、`invalid_scope`、`unsupported_grant_type`、
    /// `temporarily_unavailable`、`server_error`
    error: &'static str,
    /// 说明
    error_description: String,
    #[serde(skip)]
    status: u16,
    #[serde(skip)]
    wait: Option<u64>,
}

impl TokenError {
    fn of(status: u16, error: &'static str, description: impl Into<String>) -> Self {
        Self {
            error,
            error_description: description.into(),
            status,
            wait: None,
        }
    }

    fn request(description: &str) -> Self {
        Self::of(400, "invalid_request", description)
    }

    fn respond(&self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status);
        let mut response = HttpResponse::build(status.unwrap_or(StatusCode::BAD_REQUEST));
        if self.status == 401 {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"wenshu\""));
        }
        if let Some(wait) = self.wait {
            response.insert_header((header::RETRY_AFTER, wait.max(1).to_string()));
        }
        response
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::PRAGMA, "no-cache"))
            .json(self)
    }
}

impl From<TokenFault> for TokenError {
    fn from(fault: TokenFault) -> Self {
        match fault {
            TokenFault::Client => {
                Self::of(401, "invalid_client", "程序账号或密钥不正确，或账号不可用")
            }
            TokenFault::Scope => Self::of(400, "invalid_scope", "程序账号没有所要的权限"),
            TokenFault::Hub(error) => Self::from(error),
        }
    }
}

impl From<Error> for TokenError {
    fn from(error: Error) -> Self {
        let wait = match &error {
            Error::TooMany(wait) => Some(wait.as_secs().max(1)),
            _ => None,
        };
        // The same table that answers everybody else, so that the log hears of it.
        let problem = Problem::from(error);
        let name = if problem.is_passing() && problem.status() != 500 {
            "temporarily_unavailable"
        } else {
            "server_error"
        };
        Self {
            wait,
            ..Self::of(problem.status(), name, problem.to_string())
        }
    }
}

/// A form that was read.
pub struct Form(Result<ClientCredentials, TokenError>);

impl FromRequest for Form {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let read = match body::collect(&request, payload, FORM_MAX).await {
                Ok(bytes) => credentials(&request, &bytes),
                Err(problem) => Err(TokenError::request(&problem.to_string())),
            };
            Ok(Self(read))
        })
    }
}

/// 程序账号用密钥换取访问令牌（RFC 6749 的 `client_credentials`）；错误也按 RFC 6749 回答。
#[utoipa::path(post, path = "/oauth/token", tag = "程序账号", security(("client" = [])),
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = MachineTokenView),
              (status = 400, description = "请求有误", body = TokenError),
              (status = 401, description = "程序账号或密钥不正确", body = TokenError),
              (status = 429, description = "过于频繁", body = TokenError),
              (status = 500, description = "服务器内部错误", body = TokenError),
              (status = 503, description = "暂时不可用", body = TokenError),
              (status = 507, description = "存储空间不足", body = TokenError)))]
pub(super) async fn token(hub: Data<Hub>, request: HttpRequest, form: Form) -> HttpResponse {
    let credentials = match form.0 {
        Ok(credentials) => credentials,
        Err(error) => return error.respond(),
    };
    match hub
        .grant_token(credentials, client::address(&request))
        .await
    {
        Ok(token) => {
            let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.code()).collect();
            HttpResponse::Ok()
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .insert_header((header::PRAGMA, "no-cache"))
                .json(MachineTokenView {
                    access_token: token.access_token,
                    token_type: "Bearer",
                    expires_in: token.expires_in,
                    scope: scopes.join(" "),
                })
        }
        Err(fault) => TokenError::from(fault).respond(),
    }
}

fn credentials(request: &HttpRequest, bytes: &[u8]) -> Result<ClientCredentials, TokenError> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(TokenError::request(
            "请使用 Content-Type: application/x-www-form-urlencoded",
        ));
    }
    let mut fields = Fields::default();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        fields.take(&name, value.into_owned())?;
    }
    match fields.grant_type.as_deref() {
        None => return Err(TokenError::request("缺少 grant_type")),
        Some("client_credentials") => {}
        Some(_) => {
            let said = "只支持 grant_type=client_credentials";
            return Err(TokenError::of(400, "unsupported_grant_type", said));
        }
    }
    let (client, secret) = match (basic(request)?, fields.client_id, fields.client_secret) {
        (Some(basic), None, None) => basic,
        (Some((client, secret)), Some(named), None) if client == named => (client, secret),
        (Some(_), ..) => return Err(TokenError::request("只能用一种方式给出密钥")),
        (None, Some(client), Some(secret)) => (client, secret),
        (None, ..) => {
            let said = "请用 Authorization: Basic，或在表单中给出 client_id 和 client_secret";
            return Err(TokenError::of(401, "invalid_client", said));
        }
    };
    let scopes = fields.scope.map(|scope| {
        let names = scope.split(' ').filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    });
    Ok(ClientCredentials {
        client,
        secret,
        scopes,
    })
}

#[derive(Default)]
struct Fields {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretString>,
    scope: Option<String>,
}

impl Fields {
    /// Takes a parameter; what is unknown is ignored and nothing comes twice (RFC 6749, 3.2).
    fn take(&mut self, name: &str, value: String) -> Result<(), TokenError> {
        let twice = match name {
            "grant_type" => self.grant_type.replace(value).is_some(),
            "client_id" => self.client_id.replace(value).is_some(),
            "client_secret" => self.client_secret.replace(value.into()).is_some(),
            "scope" => self.scope.replace(value).is_some(),
            _ => false,
        };
        if twice {
            Err(TokenError::request("参数重复"))
        } else {
            Ok(())
        }
    }
}

/// Id and secret of an `Authorization: Basic` header, each in form encoding (RFC 6749, 2.3.1).
fn basic(request: &HttpRequest) -> Result<Option<(String, SecretString)>, TokenError> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let unreadable = || TokenError::of(401, "invalid_client", "Authorization 头无法读取");
    let value = value.to_str().map_err(|_| unreadable())?;
    let (scheme, code) = value.split_once(' ').ok_or_else(unreadable)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unreadable());
    }
    let bytes = BASE64_STANDARD.decode(code.trim());
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = SecretString::from(text.ok_or_else(unreadable)?);
    let (client, secret) = text
        .expose_secret()
        .split_once(':')
        .ok_or_else(unreadable)?;
    Ok(Some((decoded(client), decoded(secret).into())))
}

fn decoded(text: &str) -> String {
    let pair = format!("v={text}");
    let mut pairs = url::form_urlencoded::parse(pair.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
