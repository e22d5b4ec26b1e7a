use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CardView, CodeView, InboxView, UnitRef, UnitView, instant};
use crate::{
    api::Problem,
    app::{Capabilities, ClientEntry, ClientSecretText, Directory, KindCapability},
    domain::{RecipientRole, Rules, legal_day},
};

/// What may be shown of a secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretView {
    /// 建立时间
    created_at: String,
    /// 更换后，旧密钥的失效时间
    expires_at: Option<String>,
}

/// A machine client.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientView {
    /// 程序账号编号，即 `client_id`
    id: Uuid,
    /// 名称
    name: String,
    /// 所属单位
    unit: UnitRef,
    /// 权限
    scopes: Vec<CodeView>,
    /// 只能向这些单位发文；null 为不限
    recipients: Option<Vec<UnitRef>>,
    /// 有效期
    expires_at: String,
    /// 是否启用
    active: bool,
    /// 现在能用的密钥，最多两个
    secrets: Vec<SecretView>,
    /// 建立时间
    created_at: String,
}

impl ClientView {
    /// The client with the names of its units.
    #[must_use]
    pub fn of(entry: &ClientEntry, names: &Directory) -> Self {
        let client = &entry.client;
        let unit = |id: &_| UnitRef::of(*id, names);
        let scope = |scope: &crate::domain::Scope| CodeView {
            code: scope.code(),
            label: scope.label(),
        };
        let secret = |secret: &crate::domain::ClientSecret| SecretView {
            created_at: instant(secret.created_at),
            expires_at: secret.expires_at.map(instant),
        };
        let listed = client.recipients.as_ref();
        Self {
            id: client.id.0,
            name: client.name.clone(),
            unit: unit(&client.unit),
            scopes: client.scopes.iter().map(scope).collect(),
            recipients: listed.map(|units| units.iter().map(unit).collect()),
            expires_at: instant(client.expires_at),
            active: client.active,
            secrets: entry.secrets.iter().map(secret).collect(),
            created_at: instant(client.created_at),
        }
    }
}

/// A client with a secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub struct NewClientView {
    /// 程序账号
    client: ClientView,
    /// 密钥，仅显示这一次
    client_secret: String,
}

impl NewClientView {
    /// The client with the secret in clear.
    #[must_use]
    pub fn of(entry: &ClientEntry, secret: &ClientSecretText, names: &Directory) -> Self {
        Self {
            client: ClientView::of(entry, names),
            client_secret: secret.0.expose_secret().to_owned(),
        }
    }
}

/// What one kind means for a recipient.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindCapabilityView {
    /// 文书种类编码
    code: String,
    /// 文书种类（中文）
    name: String,
    /// 可以作为：main 主送，copy 抄送
    roles: Vec<&'static str>,
    /// 主送单位的义务
    duty: &'static str,
    /// 主送单位的义务（中文）
    duty_label: &'static str,
    /// 主送单位是否须回复；null 为看文书是否写明回复期限
    owes_reply: Option<bool>,
    /// 回复期限所依的规则编码
    deadline_rule: Option<String>,
    /// 规则的现行版本
    deadline_rule_version: Option<u16>,
    /// 可以用来回复的文书种类
    reply_kinds: Vec<String>,
    /// 主送单位最多几个
    max_main_recipients: Option<usize>,
}

impl KindCapabilityView {
    fn of(one: &KindCapability, rules: &Rules, now: Timestamp) -> Self {
        let code = one.kind.deadline_rule.clone();
        let rule = code
            .as_deref()
            .and_then(|code| rules.deadline_rule(code, legal_day(now)));
        Self {
            code: one.kind.code.clone(),
            name: one.kind.name.clone(),
            roles: one.roles().into_iter().map(RecipientRole::code).collect(),
            duty: one.duty.code(),
            duty_label: one.duty.label(),
            owes_reply: one.owes_reply(),
            deadline_rule_version: rule.map(|rule| rule.version),
            deadline_rule: code,
            reply_kinds: one.kind.reply_kinds.clone(),
            max_main_recipients: one.kind.max_main_recipients,
        }
    }
}

/// What a unit takes from the caller's.
#[derive(Debug, Serialize, ToSchema)]
pub struct CapabilitiesView {
    /// 单位
    unit: UnitView,
    /// 可以发给它的文书种类
    kinds: Vec<KindCapabilityView>,
    /// 该单位是否由程序取件
    reads_by_machine: bool,
    /// 单个文件的最大字节数
    max_file_bytes: u64,
    /// 一件文书最多的文件数
    max_files: usize,
}

impl CapabilitiesView {
    /// What was found, with the rules that apply at the moment.
    #[must_use]
    pub fn of(found: Capabilities, rules: &Rules, now: Timestamp) -> Self {
        let kind = |one: &KindCapability| KindCapabilityView::of(one, rules, now);
        Self {
            kinds: found.kinds.iter().map(kind).collect(),
            unit: found.unit.into(),
            reads_by_machine: found.reads_by_machine,
            max_file_bytes: found.max_file_bytes,
            max_files: found.max_files,
        }
    }
}

/// Deliveries under a lease.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeaseView {
    /// 租约编号，确认或归还时使用
    pub(in crate::api) lease_id: Uuid,
    /// 租约到期的时间；到期未确认的自动回到队列
    pub(in crate::api) expires_at: String,
    /// 租到的投递，从旧到新
    pub(in crate::api) items: Vec<InboxView>,
}

/// What came of one document of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchItemView {
    /// 在请求中的位置，从 0 起
    pub(in crate::api) index: usize,
    /// 程序自己的编号
    pub(in crate::api) client_reference: Option<String>,
    /// 201 已发送；200 以前已用同一编号发送；其余同各种问题的状态码
    pub(in crate::api) status: u16,
    /// 文书
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) document: Option<CardView>,
    /// 未能发送的原因；这一件什么也没有留下
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::api) problem: Option<Problem>,
}

/// What came of a batch.
#[derive(Serialize, ToSchema)]
pub struct BatchView {
    /// 已发送的件数，包括以前已发送的
    pub(in crate::api) succeeded: usize,
    /// 未能发送的件数
    pub(in crate::api) failed: usize,
    /// 逐件的结果，顺序与请求相同
    pub(in crate::api) items: Vec<BatchItemView>,
}
