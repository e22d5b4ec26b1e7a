use std::time::Duration;

use crate::{blobs::BlobError, domain::FieldFault, store::StoreError};

/// What is wrong with one field of what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer into the body, or the name of a parameter.
    pub pointer: String,
    /// What kind of fault, as a stable code.
    pub code: &'static str,
    /// What to do about it, in Chinese.
    pub detail: String,
}

impl Fault {
    /// A fault of the field at `pointer`.
    pub fn at(
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl std::fmt::Display,
    ) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            detail: detail.to_string(),
        }
    }
}

impl From<FieldFault> for Fault {
    fn from(fault: FieldFault) -> Self {
        Self {
            pointer: fault.pointer,
            code: fault.code.code(),
            detail: fault.detail,
        }
    }
}

/// Why the hub did not do what was asked, in the caller's words.
///
/// The text is shown to the caller, so it names nothing they may not know. What broke inside is
/// the source, for the log alone.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable credentials came with the request, or they are no longer good.
    #[error("请先登录；如已登录，登录可能已失效，请重新登录")]
    Unauthenticated,
    /// Login and password do not fit. Unknown, locked and disabled accounts answer alike.
    #[error("登录名或密码不正确，或账号不可用")]
    LoginFailed,
    /// Too many attempts or requests.
    #[error("操作过于频繁，请在 {} 秒后重试", .0.as_secs().max(1))]
    TooMany(Duration),
    /// A one-time password opens nothing but the change of itself.
    #[error("当前使用的是一次性密码，请先修改密码")]
    PasswordChangeNeeded,
    /// The caller may know of it, but not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// It does not exist, or not for the caller.
    #[error("不存在，或者您无权查看")]
    NotFound,
    /// What was filled in needs correcting.
    #[error("填写的内容有 {} 处需要更正", .0.len())]
    Invalid(Vec<Fault>),
    /// The document is marked as a state secret.
    #[error("{0}")]
    Secrecy(String),
    /// The query cannot be read.
    #[error("检索式有误：{}", .0.detail)]
    UnreadableQuery(Fault),
    /// It cannot be done in the state the thing is in.
    #[error("{0}")]
    WrongState(&'static str),
    /// The document number is used already.
    #[error("发文字号“{0}”已被本单位的另一件文书使用")]
    DuplicateNumber(String),
    /// Something that must be unique exists already.
    #[error("已经存在：{}", .0.detail)]
    Taken(Fault),
    /// Somebody else changed it meanwhile.
    #[error("内容已被他人修改，请重新读取后再试")]
    Stale,
    /// The request does not say which revision it changes.
    #[error("请在 If-Match 中给出所修改内容的 ETag")]
    RevisionNeeded,
    /// The key was used for another request.
    #[error("Idempotency-Key 已用于内容不同的请求，请更换")]
    KeyReused,
    /// The first request with this key is still running.
    #[error("使用同一 Idempotency-Key 的请求正在处理，请稍后重试")]
    KeyBusy,
    /// The file is larger than the hub takes.
    #[error("文件过大，最多 {0} 字节")]
    FileTooLarge(u64),
    /// The file has no bytes.
    #[error("文件是空的")]
    FileEmpty,
    /// The hub does not take files of this type.
    #[error("不接收此类文件（按内容识别为 {0}）")]
    FileTypeRefused(String),
    /// Another request is writing to the upload.
    #[error("此上传正由另一个请求写入，请稍后重试")]
    UploadBusy,
    /// The upload stands elsewhere.
    #[error("Upload-Offset 与已收到的字节数（{0}）不符，请先用 HEAD 查询")]
    WrongOffset(u64),
    /// The bytes do not fit the checksum that came with them.
    #[error("内容与 Upload-Checksum 不符，本次内容已丢弃，请重新发送")]
    ChecksumMismatch,
    /// The upload is no more.
    #[error("此上传已过期或已中止，请重新上传")]
    Gone,
    /// There are too many uploads that were begun and not finished.
    #[error("未完成的上传过多（上限 {0} 个），请先完成或删除")]
    TooManyUploads(u32),
    /// The unit has uploaded enough for today.
    #[error("本单位今日上传总量已达上限（{0} 字节）")]
    QuotaReached(u64),
    /// The upload broke off.
    #[error("上传中断，请重新上传")]
    UploadInterrupted,
    /// The bytes of a file no longer fit their digest.
    #[error("文件已损坏，已通知管理员")]
    ContentDamaged,
    /// The disk has no room left.
    #[error("服务器存储空间不足，请稍后重试或联系管理员")]
    Full,
    /// The hub cannot do this at the moment.
    #[error("服务暂时不可用，请稍后重试")]
    Unavailable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// The hub itself failed.
    #[error("服务器内部错误，请稍后重试；如仍出现，请将请求编号告知管理员")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A result of asking the hub for something.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A single fault of what was filled in.
    pub fn invalid(
        pointer: impl Into<String>,
        code: &'static str,
        detail: impl std::fmt::Display,
    ) -> Self {
        Self::Invalid(vec![Fault::at(pointer, code, detail)])
    }

    /// The hub itself failed, for this reason.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        if error.is_full() {
            Self::Full
        } else if error.is_passing() {
            Self::Unavailable(Some(Box::new(error)))
        } else {
            Self::Internal(Box::new(error))
        }
    }
}

impl From<BlobError> for Error {
    fn from(error: BlobError) -> Self {
        if error.is_full() {
            Self::Full
        } else {
            Self::Internal(Box::new(error))
        }
    }
}
