use serde::Serialize;
use utoipa::ToSchema;

use super::CardView;
use crate::{
    app::{Directory, Found},
    domain::Rules,
};

/// A passage that says what was searched.
#[derive(Debug, Serialize, ToSchema)]
pub struct SnippetView {
    /// 位置：`title`、`doc_number`、`case_number`、`unit`、`part`
    place: &'static str,
    /// 文件名或栏目名
    name: Option<String>,
    /// 页码
    page: Option<u32>,
    /// 原文
    text: String,
    /// 命中的字：从第几个字起、到第几个字止（不含）
    highlights: Vec<(usize, usize)>,
}

impl From<crate::app::Snippet> for SnippetView {
    fn from(snippet: crate::app::Snippet) -> Self {
        use crate::app::Place;
        let (place, name, page) = match snippet.place {
            Place::Title => ("title", None, None),
            Place::DocNumber => ("doc_number", None, None),
            Place::CaseNumber => ("case_number", None, None),
            Place::Unit => ("unit", None, None),
            Place::Part { name, page } => ("part", Some(name), page),
        };
        Self {
            place,
            name,
            page,
            text: snippet.text,
            highlights: snippet
                .highlights
                .into_iter()
                .map(|range| (range.start, range.end))
                .collect(),
        }
    }
}

/// A document that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct HitView {
    /// 文书
    document: CardView,
    /// 命中的段落
    snippets: Vec<SnippetView>,
}

impl HitView {
    /// The hit with the names of those in it.
    #[must_use]
    pub fn of(found: Found, names: &Directory, rules: &Rules) -> Self {
        Self {
            document: CardView::of(&found.document, names, rules),
            snippets: found.snippets.into_iter().map(Into::into).collect(),
        }
    }
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchView {
    /// 本页结果
    pub(in crate::api) items: Vec<HitView>,
    /// 是否精确：提问的结果是推测的，为 false
    pub(in crate::api) exact: bool,
    /// 结果总数；提问时是与问题有一点关系的件数
    pub(in crate::api) total: usize,
    /// 下一页的 cursor
    pub(in crate::api) next_cursor: Option<String>,
    /// 索引是否完整；重建期间为 false，结果可能不全
    pub(in crate::api) complete: bool,
}
