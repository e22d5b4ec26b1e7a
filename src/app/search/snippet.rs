use std::ops::Range;

/// Where in a document a passage stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Its title.
    Title,
    /// Its 发文字号.
    DocNumber,
    /// Its 案号.
    CaseNumber,
    /// The name of a unit it concerns.
    Unit,
    /// A file, or a field that was filled in.
    Part {
        /// The name of the file, or the label of the field.
        name: String,
        /// The page, where there are pages.
        page: Option<u32>,
        /// The article of a law or rule: 第六十六条.
        article: Option<String>,
    },
}

/// A passage that says what was searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Where it stands.
    pub place: Place,
    /// The text as it is written there.
    pub text: String,
    /// What of it was searched: ranges of characters, in order.
    pub highlights: Vec<Range<usize>>,
}

impl From<wenshu_index::Snippet> for Snippet {
    fn from(snippet: wenshu_index::Snippet) -> Self {
        use wenshu_index::Place as In;
        let place = match snippet.place {
            In::Title => Place::Title,
            In::DocNumber => Place::DocNumber,
            In::CaseNumber => Place::CaseNumber,
            In::Unit => Place::Unit,
            In::Part {
                name,
                page,
                article,
            } => Place::Part {
                name,
                page,
                article,
            },
        };
        Self {
            place,
            text: snippet.text,
            highlights: snippet.highlights,
        }
    }
}
