//! The fixed words that describe a document.

use crate::domain::labelled::labelled;

labelled! {
    /// 系统: which of the 一府两院 a unit belongs to.
    pub enum Branch {
        /// The government, its departments, townships and offices.
        Government = "government", "政府";
        /// The courts.
        Court = "court", "法院";
        /// The procuratorates.
        Procuratorate = "procuratorate", "检察院";
        /// Everybody else: the congress, supervision organs, enterprises, associations.
        Other = "other", "其他";
    }
}

labelled! {
    /// 紧急程度, in rising order.
    pub enum Urgency {
        /// Nothing is marked.
        Normal = "normal", "平件";
        /// 加急
        Urgent = "urgent", "加急";
        /// 特急
        ExtraUrgent = "extra_urgent", "特急";
    }
}

labelled! {
    /// 公开属性, as the note under a document states it.
    pub enum Openness {
        /// Published without being asked for.
        Public = "public", "主动公开";
        /// Given to those who ask.
        OnRequest = "on_request", "依申请公开";
        /// Not given.
        NotPublic = "not_public", "不予公开";
    }
}

labelled! {
    /// 文种: the fifteen genres of 党政机关公文处理工作条例 第八条.
    pub enum Genre {
        /// 决议
        Resolution = "resolution", "决议";
        /// 决定
        Decision = "decision", "决定";
        /// 命令（令）
        Order = "order", "命令（令）";
        /// 公报
        Communique = "communique", "公报";
        /// 公告
        Proclamation = "proclamation", "公告";
        /// 通告
        PublicNotice = "public_notice", "通告";
        /// 意见
        Opinion = "opinion", "意见";
        /// 通知
        Notice = "notice", "通知";
        /// 通报
        Circular = "circular", "通报";
        /// 报告
        Report = "report", "报告";
        /// 请示
        Request = "request", "请示";
        /// 批复
        Approval = "approval", "批复";
        /// 议案
        Motion = "motion", "议案";
        /// 函
        Letter = "letter", "函";
        /// 纪要
        Minutes = "minutes", "纪要";
    }
}

impl Genre {
    /// 上行文: goes to a superior and names the person who signed it.
    #[must_use]
    pub fn goes_upward(self) -> bool {
        matches!(self, Self::Report | Self::Request | Self::Motion)
    }
}

labelled! {
    /// What the main recipients of a document owe. Copy recipients only ever sign.
    pub enum Duty {
        /// An answer in writing.
        Reply = "reply", "签收并书面回复";
        /// An answer if the sender asks for one, otherwise a signature.
        ReplyIfAsked = "reply_if_asked", "签收，按要求回复";
        /// A signature only.
        SignOnly = "sign_only", "签收";
    }
}

impl Duty {
    /// Whether an answer is owed, given whether the sender has asked for one.
    #[must_use]
    pub fn owes_reply(self, asked: bool) -> bool {
        match self {
            Self::Reply => true,
            Self::ReplyIfAsked => asked,
            Self::SignOnly => false,
        }
    }
}

labelled! {
    /// How documents of a kind are numbered.
    pub enum Numbering {
        /// A 发文字号 drawn from a series of the issuer.
        Series = "series", "编发文字号";
        /// The number of an order or of minutes, which has another form and is typed.
        Typed = "typed", "自行填写编号";
        /// A number may be given but need not.
        Optional = "optional", "可以不编号";
    }
}

labelled! {
    /// 采纳情况: what became of a suggestion.
    pub enum Adoption {
        /// It was followed.
        Adopted = "adopted", "采纳";
        /// It was followed in part, for reasons given.
        Partly = "partly", "部分采纳";
        /// It was not followed, for reasons given.
        NotAdopted = "not_adopted", "未采纳";
    }
}
