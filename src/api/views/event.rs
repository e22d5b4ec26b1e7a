use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{UnitRef, instant};
use crate::{
    app::{Directory, EventPage, Position},
    domain::{FeedEvent, Subject},
};

/// A page of the change feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedView {
    /// 事件，按发生的先后
    items: Vec<FeedEventView>,
    /// 下次从这里接着读，放进 after；没有新事件时也有
    next_cursor: String,
    /// 现在是否还有更多
    has_more: bool,
}

impl FeedView {
    /// The page with the names of the units in it.
    #[must_use]
    pub fn of(page: EventPage, names: &Directory) -> Self {
        let view = |(position, event)| FeedEventView::of(position, &event, names);
        Self {
            items: page.events.into_iter().map(view).collect(),
            next_cursor: page.next.to_string(),
            has_more: page.more,
        }
    }
}

/// Something that has happened. It holds no title and no content.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedEventView {
    /// 此事件之后的位置
    cursor: String,
    /// 事件类型，如 document.send、delivery.sign；将来可能增加
    #[serde(rename = "type")]
    kind: &'static str,
    /// 事件类型（中文）
    type_label: &'static str,
    /// 时间
    at: String,
    /// 关于什么
    subject: SubjectView,
    /// 涉及的收件单位；不是某一个收件单位的事时为 null
    unit: Option<UnitRef>,
    /// 该收件单位（或本单位）的投递
    delivery_id: Option<Uuid>,
    /// 该投递产生的回复义务
    obligation_id: Option<Uuid>,
    /// 各自的地址
    links: LinksView,
}

/// What an event is about.
#[derive(Debug, Serialize, ToSchema)]
struct SubjectView {
    /// document 文书，unit 单位
    kind: &'static str,
    /// 中文
    kind_label: &'static str,
    /// 编号
    id: Uuid,
}

/// Where to read more.
#[derive(Debug, Serialize, ToSchema)]
struct LinksView {
    /// 文书；收件单位打开即记录阅读
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    /// 投递
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    /// 回复义务
    #[serde(skip_serializing_if = "Option::is_none")]
    obligation: Option<String>,
    /// 单位
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
}

impl FeedEventView {
    /// The event with the name of the unit in it.
    #[must_use]
    pub fn of(position: Position, event: &FeedEvent, names: &Directory) -> Self {
        let about = |subject| (event.subject == subject).then_some(event.id);
        let path =
            |resource: &str, id: Option<Uuid>| id.map(|id| format!("/api/v1/{resource}/{id}"));
        let delivery_id = event.delivery.map(|id| id.0);
        let obligation_id = event.obligation.map(|id| id.0);
        Self {
            cursor: position.to_string(),
            kind: event.kind.code(),
            type_label: event.kind.label(),
            at: instant(event.at),
            subject: SubjectView {
                kind: event.subject.code(),
                kind_label: event.subject.label(),
                id: event.id,
            },
            unit: event.party.map(|unit| UnitRef::of(unit, names)),
            delivery_id,
            obligation_id,
            links: LinksView {
                document: path("documents", about(Subject::Document)),
                delivery: path("deliveries", delivery_id),
                obligation: path("obligations", obligation_id),
                unit: path("units", about(Subject::Unit)),
            },
        }
    }
}
