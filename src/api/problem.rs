//! Every failure and the face it shows, in one table (RFC 9457).

use std::fmt;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::request_id;
use crate::app::{Error, Fault};

/// One kind of failure: what never changes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProblemType {
    /// The end of its `type`, stable.
    pub slug: &'static str,
    /// The status.
    pub status: u16,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

macro_rules! problem_types {
    ($($name:ident = $slug:literal, $status:literal, $title:literal, $advice:literal;)+) => {
        $(
            #[doc = $title]
            pub const $name: ProblemType = ProblemType {
                slug: $slug, status: $status, title: $title, advice: $advice,
            };
        )+
        /// Every kind of failure.
        pub const ALL: &[ProblemType] = &[$($name),+];
    };
}

problem_types! {
    MALFORMED = "malformed-request", 400, "请求无法读取",
        "检查请求体是否为正确的 JSON、请求头和参数的格式是否正确。";
    UNREADABLE_QUERY = "unreadable-query", 400, "检索式有误",
        "errors 中的 pointer 为“q:位置”，从第 0 个字算起；按 detail 的提示修改检索式。";
    UNAUTHENTICATED = "unauthenticated", 401, "未登录或登录已失效",
        "在 Authorization 头中携带有效的访问令牌；令牌过期时用刷新令牌换取新的，或重新登录。";
    LOGIN_FAILED = "login-failed", 401, "登录失败",
        "核对登录名和密码；连续失败后须等待一段时间；账号停用或忘记密码请联系系统管理员。";
    FORBIDDEN = "forbidden", 403, "无权进行此操作",
        "detail 说明此操作须由谁进行；请由相应角色的人员办理。";
    PASSWORD_CHANGE_NEEDED = "password-change-needed", 403, "须先修改密码",
        "用 POST /api/v1/auth/password 把一次性密码改为自设密码，然后重新登录。";
    NOT_FOUND = "not-found", 404, "不存在",
        "检查地址和编号；没有查看权限的内容与不存在的内容回答相同。";
    METHOD_NOT_ALLOWED = "method-not-allowed", 405, "不支持此方法",
        "查阅接口文档中该地址支持的方法。";
    TOO_SLOW = "too-slow", 408, "上传过慢",
        "检查网络后重试；大文件请使用更稳定的网络。";
    WRONG_STATE = "wrong-state", 409, "当前状态下不能进行此操作",
        "重新读取后按 detail 的提示办理。";
    DUPLICATE_NUMBER = "duplicate-doc-number", 409, "发文字号重复",
        "更换发文字号，或留空由系统编号。";
    TAKEN = "already-exists", 409, "已经存在",
        "errors 指明重复的字段；请更换后重试。";
    KEY_BUSY = "request-in-progress", 409, "相同请求正在处理",
        "稍后用同一 Idempotency-Key 重试，会得到同一结果。";
    WRONG_OFFSET = "wrong-offset", 409, "上传位置不符",
        "用 HEAD 查询 Upload-Offset，从那里继续。";
    GONE = "gone", 410, "已不存在",
        "此上传已过期或已中止；请重新上传。";
    TUS_VERSION = "unsupported-tus-version", 412, "不支持的 tus 版本",
        "使用 Tus-Resumable: 1.0.0；支持的版本见 Tus-Version。";
    STALE = "stale", 412, "内容已被他人修改",
        "重新读取，核对后用新的 ETag 再次提交。";
    TOO_LARGE = "too-large", 413, "内容过大",
        "请求体或文件超过上限；上限见配置说明。";
    UNSUPPORTED_TYPE = "unsupported-type", 415, "不接收此类内容",
        "JSON 接口须使用 Content-Type: application/json；文件类型按内容判断，可接收的类型见配置说明。";
    INVALID = "invalid", 422, "填写的内容需要更正",
        "errors 逐项指明字段（JSON 指针）和更正办法。";
    SECRECY = "secrecy-refused", 422, "含有密级标志，不予受理",
        "本系统不得存储、处理国家秘密（保守国家秘密法第三十一条），请通过机要渠道办理。";
    KEY_REUSED = "idempotency-key-reused", 422, "Idempotency-Key 已被使用",
        "不同的请求须使用不同的 Idempotency-Key。";
    UPLOAD_BUSY = "upload-busy", 423, "上传正在写入",
        "同一上传同时只能有一个请求写入；稍后用 HEAD 查询位置再继续。";
    REVISION_NEEDED = "revision-needed", 428, "须说明所修改的版本",
        "在 If-Match 头中给出读取时得到的 ETag。";
    TOO_MANY = "too-many-requests", 429, "操作过于频繁",
        "按 Retry-After 给出的秒数等待后重试。";
    QUOTA = "quota-reached", 429, "已达上传上限",
        "24 小时内的上传总量已达上限；请稍后再传，或请管理员调整上限。";
    CHECKSUM = "checksum-mismatch", 460, "校验和不符",
        "本次内容已丢弃；从原来的位置重新发送。";
    INTERNAL = "internal", 500, "服务器内部错误",
        "稍后重试；如仍出现，将 instance 中的请求编号告知管理员。";
    DAMAGED = "content-damaged", 500, "文件已损坏",
        "文件内容与其摘要不符，系统不会发出错误的内容；请联系管理员从备份恢复。";
    UNAVAILABLE = "unavailable", 503, "服务暂时不可用",
        "按 Retry-After 给出的秒数等待后重试。";
    FULL = "insufficient-storage", 507, "存储空间不足",
        "管理员释放空间后会自动恢复；已受理的内容不受影响。";
}

/// What is wrong with one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemFault {
    /// Where: a JSON pointer into the body, or the name of a parameter.
    pointer: String,
    /// What kind of fault.
    code: String,
    /// What to do about it.
    detail: String,
}

/// An answer that says what went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `/problems/<slug>`; a page there explains it.
    #[serde(rename = "type")]
    kind: String,
    /// What it is, in a few words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What happened and what to do, in Chinese.
    detail: String,
    /// The number of the request, for the administrator.
    instance: String,
    /// The fields that need correcting.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemFault>,
    #[serde(skip)]
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem of this type.
    pub fn of(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/problems/{}", kind.slug),
            title: kind.title,
            status: kind.status,
            detail: detail.into(),
            instance: String::new(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Names the fields.
    #[must_use]
    pub fn with(mut self, faults: Vec<Fault>) -> Self {
        self.errors = faults
            .into_iter()
            .map(|fault| ProblemFault {
                pointer: fault.pointer,
                code: fault.code.to_owned(),
                detail: fault.detail,
            })
            .collect();
        self
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the same may succeed a little later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.status >= 500 || self.status == 429 || self.kind.ends_with(KEY_BUSY.slug)
    }

    /// The problem with the number of the request, as a caller sees it.
    fn shown(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            title: self.title,
            status: self.status,
            detail: self.detail.clone(),
            instance: request_id::current(),
            errors: self.errors.clone(),
            retry_after: None,
        }
    }

    /// The problem as a part of an answer that is no problem itself.
    #[must_use]
    pub fn of_this_request(mut self) -> Self {
        self.instance = request_id::current();
        self
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::Unauthenticated => Self::of(UNAUTHENTICATED, detail),
            Error::LoginFailed => Self::of(LOGIN_FAILED, detail),
            Error::TooMany(wait) => Self::of(TOO_MANY, detail).retry_after(wait.as_secs()),
            Error::PasswordChangeNeeded => Self::of(PASSWORD_CHANGE_NEEDED, detail),
            Error::Forbidden(_) => Self::of(FORBIDDEN, detail),
            Error::NotFound => Self::of(NOT_FOUND, detail),
            Error::Invalid(faults) => Self::of(INVALID, detail).with(faults),
            Error::Secrecy(_) => Self::of(SECRECY, detail),
            Error::UnreadableQuery(fault) => Self::of(UNREADABLE_QUERY, detail).with(vec![fault]),
            Error::WrongState(_) => Self::of(WRONG_STATE, detail),
            Error::DuplicateNumber(_) => {
                let fault = Fault::at("/doc_number", "taken", &detail);
                Self::of(DUPLICATE_NUMBER, detail).with(vec![fault])
            }
            Error::Taken(fault) => Self::of(TAKEN, detail).with(vec![fault]),
            Error::Stale => Self::of(STALE, detail),
            Error::RevisionNeeded => Self::of(REVISION_NEEDED, detail),
            Error::KeyReused => Self::of(KEY_REUSED, detail),
            Error::KeyBusy => Self::of(KEY_BUSY, detail).retry_after(1),
            Error::FileTooLarge(_) => Self::of(TOO_LARGE, detail),
            Error::FileEmpty => {
                let fault = Fault::at("/file", "empty", &detail);
                Self::of(INVALID, detail).with(vec![fault])
            }
            Error::FileTypeRefused(_) => Self::of(UNSUPPORTED_TYPE, detail),
            Error::UploadBusy => Self::of(UPLOAD_BUSY, detail).retry_after(1),
            Error::WrongOffset(_) => Self::of(WRONG_OFFSET, detail),
            Error::ChecksumMismatch => Self::of(CHECKSUM, detail),
            Error::Gone => Self::of(GONE, detail),
            Error::QuotaReached(_) | Error::TooManyUploads(_) => {
                Self::of(QUOTA, detail).retry_after(3600)
            }
            Error::UploadInterrupted => Self::of(MALFORMED, detail),
            Error::ContentDamaged => Self::of(DAMAGED, detail),
            Error::Full => Self::of(FULL, detail).retry_after(60),
            Error::Unavailable(source) => {
                if let Some(source) = source {
                    tracing::warn!(error = &*source as &dyn std::error::Error, "unavailable");
                }
                Self::of(UNAVAILABLE, detail).retry_after(2)
            }
            Error::Internal(source) => {
                tracing::error!(error = &*source as &dyn std::error::Error, "request failed");
                Self::of(INTERNAL, detail)
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let shown = self.shown();
        let mut response = HttpResponse::build(self.status_code());
        response.content_type("application/problem+json");
        if self.status == 401 {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header(("Retry-After", seconds.to_string()));
        }
        response.json(shown)
    }
}
