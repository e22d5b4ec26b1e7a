use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::CardView;
use crate::{
    app::{Directory, Found, Spread, Suggested},
    domain::{Rules, UnitId},
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
    /// 所在的条：第六十六条；不在条文里的为 null
    article: Option<String>,
    /// 原文
    text: String,
    /// 命中的字：从第几个字起、到第几个字止（不含）
    highlights: Vec<(usize, usize)>,
}

impl From<crate::app::Snippet> for SnippetView {
    fn from(snippet: crate::app::Snippet) -> Self {
        use crate::app::Place;
        let (place, part) = match snippet.place {
            Place::Title => ("title", None),
            Place::DocNumber => ("doc_number", None),
            Place::CaseNumber => ("case_number", None),
            Place::Unit => ("unit", None),
            Place::Part {
                name,
                page,
                article,
            } => ("part", Some((name, page, article))),
        };
        let (name, page, article) = part.map_or((None, None, None), |(name, page, article)| {
            (Some(name), page, article)
        });
        Self {
            place,
            name,
            page,
            article,
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
    /// 什么也没有找到时，可能想找的检索式：用它能找到；没有时为 null
    pub(in crate::api) did_you_mean: Option<String>,
}

/// Documents that are like one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarView {
    /// 文书，最相近的在前
    pub(in crate::api) items: Vec<CardView>,
}

/// A value that some of what was found has.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetView {
    /// 编码：种类、状态、所属的一方的编码，单位的编号，年份（2024），月份（2024-03）
    code: String,
    /// 名称
    label: String,
    /// 件数
    count: u64,
}

/// How what was found is spread.
#[derive(Debug, Serialize, ToSchema)]
pub struct FacetsView {
    /// 按种类，多的在前
    kinds: Vec<FacetView>,
    /// 按发文单位，多的在前，至多 100 个
    issuers: Vec<FacetView>,
    /// 按发文单位所属的一方，多的在前
    branches: Vec<FacetView>,
    /// 按状态，多的在前
    states: Vec<FacetView>,
    /// 按成文年份，新的在前
    years: Vec<FacetView>,
    /// 按发送的月份，早的在前；没有的月份不列
    months: Vec<FacetView>,
    /// 索引是否完整；重建期间为 false，结果可能不全
    complete: bool,
}

impl FacetsView {
    /// The counts with the names of what is counted.
    #[must_use]
    pub fn of(spread: Spread, names: &Directory, rules: &Rules) -> Self {
        let unit = |id: &UnitId| names.unit(*id).map(|unit| unit.short_name.clone());
        Self {
            kinds: spread
                .kinds
                .into_iter()
                .map(|(code, count)| facet(rules.kind_name(&code).to_owned(), &code, count))
                .collect(),
            issuers: spread
                .issuers
                .into_iter()
                .filter_map(|(id, count)| Some(facet(unit(&id)?, &id, count)))
                .collect(),
            branches: spread
                .branches
                .into_iter()
                .map(|(branch, count)| facet(branch.label().into(), &branch.code(), count))
                .collect(),
            states: spread
                .states
                .into_iter()
                .map(|(state, count)| facet(state.label().into(), &state.code(), count))
                .collect(),
            years: spread
                .years
                .into_iter()
                .map(|(year, count)| facet(format!("{year}年"), &year, count))
                .collect(),
            months: spread.months.into_iter().map(month).collect(),
            complete: spread.complete,
        }
    }
}

fn facet(label: String, code: &impl ToString, count: u64) -> FacetView {
    FacetView {
        code: code.to_string(),
        label,
        count,
    }
}

fn month(((year, month), count): ((i16, i8), u64)) -> FacetView {
    facet(
        format!("{year}年{month}月"),
        &format!("{year:04}-{month:02}"),
        count,
    )
}

/// Something that was perhaps meant by what was typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionView {
    /// `document` 文书，`unit` 单位
    #[serde(rename = "type")]
    what: &'static str,
    /// 编号
    id: Uuid,
    /// 标题，或单位全称
    text: String,
    /// 发文字号
    number: Option<String>,
}

/// What may be meant by what was typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionsView {
    /// 文书在前，单位在后
    items: Vec<SuggestionView>,
}

impl From<Suggested> for SuggestionsView {
    fn from(suggested: Suggested) -> Self {
        let documents = suggested
            .documents
            .into_iter()
            .map(|document| SuggestionView {
                what: "document",
                id: document.id.0,
                text: document.title,
                number: document.number.map(|number| number.to_string()),
            });
        let units = suggested
            .units
            .into_iter()
            .map(|(id, name)| SuggestionView {
                what: "unit",
                id: id.0,
                text: name,
                number: None,
            });
        Self {
            items: documents.chain(units).collect(),
        }
    }
}
