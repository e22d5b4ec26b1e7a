use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{UnitRef, instant};
use crate::{
    app::{Directory, IssuedTokens, Shown, Standing},
    domain::{AuditLine, CalendarYear, DeadlineRule, DueDate, Group, Kind, Unit, User},
};

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitView {
    /// 单位编号
    id: Uuid,
    /// 全称
    full_name: String,
    /// 规范化简称
    short_name: String,
    /// 系统
    branch: &'static str,
    /// 系统（中文）
    branch_label: &'static str,
    /// 统一社会信用代码
    credit_code: Option<String>,
    /// 上级主管单位编号
    parent_id: Option<Uuid>,
    /// 机关代字，第一个为默认
    prefixes: Vec<String>,
    /// 是否启用
    active: bool,
    /// 登记时间
    created_at: String,
}

impl From<Unit> for UnitView {
    fn from(unit: Unit) -> Self {
        Self {
            id: unit.id.0,
            full_name: unit.full_name,
            short_name: unit.short_name,
            branch: unit.branch.code(),
            branch_label: unit.branch.label(),
            credit_code: unit.credit_code.map(|code| code.to_string()),
            parent_id: unit.parent.map(|parent| parent.0),
            prefixes: unit.prefixes.iter().map(ToString::to_string).collect(),
            active: unit.active,
            created_at: instant(unit.created_at),
        }
    }
}

/// A group of units.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupView {
    /// 统称编号
    id: Uuid,
    /// 名称
    name: String,
    /// 成员单位，按顺序
    members: Vec<UnitRef>,
    /// 登记时间
    created_at: String,
}

impl GroupView {
    /// The group with the names of its members.
    #[must_use]
    pub fn of(group: &Group, names: &Directory) -> Self {
        let members = group.members.iter();
        Self {
            id: group.id.0,
            name: group.name.clone(),
            members: members.map(|unit| UnitRef::of(*unit, names)).collect(),
            created_at: instant(group.created_at),
        }
    }
}

/// A code and its label.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeView {
    /// 编码
    pub(super) code: &'static str,
    /// 中文
    pub(super) label: &'static str,
}

/// A person's place in a unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembershipView {
    /// 单位
    unit: UnitRef,
    /// 角色
    roles: Vec<CodeView>,
}

/// A person's account.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    /// 人员编号
    id: Uuid,
    /// 登录名
    login: String,
    /// 姓名
    name: String,
    /// 邮箱，没有时为 null
    email: Option<String>,
    /// 所属单位与角色
    memberships: Vec<MembershipView>,
    /// 平台角色
    hub_roles: Vec<CodeView>,
    /// 是否启用
    active: bool,
    /// 密码来源：`one_time` 一次性，chosen 已自设
    password_state: &'static str,
    /// 建立时间
    created_at: String,
}

impl UserView {
    /// The account with the names of its units.
    #[must_use]
    pub fn of(user: User, names: &Directory) -> Self {
        let memberships = user
            .memberships
            .iter()
            .map(|membership| MembershipView {
                unit: UnitRef::of(membership.unit, names),
                roles: membership
                    .roles
                    .iter()
                    .map(|role| CodeView {
                        code: role.code(),
                        label: role.label(),
                    })
                    .collect(),
            })
            .collect();
        let hub_roles = user
            .hub_roles
            .iter()
            .map(|role| CodeView {
                code: role.code(),
                label: role.label(),
            })
            .collect();
        Self {
            id: user.id.0,
            login: user.login,
            name: user.name,
            email: user.email.map(Into::into),
            memberships,
            hub_roles,
            active: user.active,
            password_state: user.password.code(),
            created_at: instant(user.created_at),
        }
    }
}

/// A new account, with its password, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewUserView {
    /// 账号
    pub user: UserView,
    /// 一次性密码，仅显示这一次；首次登录须修改
    pub one_time_password: String,
}

/// Who the caller is.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandingView {
    /// 账号
    user: UserView,
    /// 当前代表的单位
    unit: Option<UnitRef>,
    /// 是否须先修改一次性密码
    must_change_password: bool,
}

impl From<Shown<Standing>> for StandingView {
    fn from(shown: Shown<Standing>) -> Self {
        let Shown { value, names } = shown;
        let unit = value.unit.map(|unit| UnitRef::of(unit, &names));
        let user = UserView::of(value.user, &names);
        Self {
            must_change_password: user.password_state == "one_time",
            user,
            unit,
        }
    }
}

/// What keeps somebody logged in.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokensView {
    /// 访问令牌
    access_token: String,
    /// 令牌类型，固定为 Bearer
    token_type: &'static str,
    /// 访问令牌的有效秒数
    expires_in: u64,
    /// 刷新令牌，只能使用一次
    refresh_token: String,
    /// 当前身份
    me: StandingView,
}

impl From<IssuedTokens> for TokensView {
    fn from(tokens: IssuedTokens) -> Self {
        Self {
            access_token: tokens.access_token,
            token_type: "Bearer",
            expires_in: tokens.expires_in,
            refresh_token: tokens.refresh_token,
            me: tokens.standing.into(),
        }
    }
}

/// A kind of document, as it is in force.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct KindView(pub Kind);

/// A deadline rule, as it is in force.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct DeadlineRuleView(pub DeadlineRule);

/// The statutory holidays and make-up working days of a year.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct CalendarView(pub CalendarYear);

/// A step by which a due date came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    /// 说明及依据
    text: String,
    /// 到这一步的日期
    date: String,
}

/// A due date and how it came about.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueView {
    /// 起算日（签收日）
    anchor_on: String,
    /// 届满日
    due_on: String,
    /// 顺延之前的届满日
    raw_end_on: String,
    /// 是否暂定（涉及尚未公布放假安排的年份）
    provisional: bool,
    /// 用到的年份
    years_used: Vec<i16>,
    /// 计算过程
    steps: Vec<StepView>,
    /// 依据
    basis: String,
    /// 期限规则
    rule: String,
    /// 期限规则的版本
    rule_version: u16,
}

impl From<DueDate> for DueView {
    fn from(due: DueDate) -> Self {
        let day = |date: Date| date.to_string();
        Self {
            anchor_on: day(due.anchor_on),
            due_on: day(due.due_on),
            raw_end_on: day(due.raw_end_on),
            provisional: due.provisional,
            years_used: due.years_used,
            steps: due
                .steps
                .into_iter()
                .map(|step| StepView {
                    text: step.text,
                    date: day(step.date),
                })
                .collect(),
            basis: due.basis,
            rule: due.rule_code,
            rule_version: due.rule_version,
        }
    }
}

/// A line of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// 序号，连续无缺
    number: u64,
    /// 时间
    at: String,
    /// 人员编号
    user_id: Option<Uuid>,
    /// 单位
    unit: Option<UnitRef>,
    /// 操作
    action: String,
    /// 对象类别
    subject: &'static str,
    /// 对象编号
    subject_id: Option<Uuid>,
    /// 结果
    outcome: String,
    /// 来源地址
    client: Option<String>,
    /// 上一条的哈希
    previous: String,
    /// 本条的哈希
    hash: String,
}

impl AuditView {
    /// The line with the name of its unit.
    #[must_use]
    pub fn of(line: AuditLine, names: &Directory) -> Self {
        Self {
            number: line.number,
            at: instant(line.at),
            user_id: line.user.map(|user| user.0),
            unit: line.unit.map(|unit| UnitRef::of(unit, names)),
            action: line.action,
            subject: line.subject.code(),
            subject_id: line.id,
            outcome: line.outcome,
            client: line.client,
            previous: line.previous,
            hash: line.hash,
        }
    }
}
