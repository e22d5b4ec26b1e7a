use jiff::{Timestamp, civil::Date};

use super::{Branch, Document, SavedSearchId, SearchCriteria, UnitId, UserId, legal_day};

/// A search that a person keeps, in a unit that they act for, under a name of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Identifies the search.
    pub id: SavedSearchId,
    /// Whose it is; it is nobody else's business.
    pub user: UserId,
    /// The unit that they act for.
    pub unit: UnitId,
    /// What they call it; no two searches of theirs in the unit have one name.
    pub name: String,
    /// What is searched.
    pub criteria: SearchCriteria,
    /// Since when they want to be told of what is new to the unit; nothing where they do not.
    pub watched_since: Option<Timestamp>,
    /// When it was kept first.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub revision: i64,
}

impl SavedSearch {
    /// Searches for something else from now on, or watches or does not. Whoever looks for
    /// something else begins to watch anew: what was there before is no news.
    pub fn search_for(&mut self, criteria: SearchCriteria, alert: bool, now: Timestamp) {
        let since = self
            .watched_since
            .filter(|_| self.criteria.finds_as(&criteria));
        self.watched_since = alert.then(|| since.unwrap_or(now));
        self.criteria = criteria;
    }

    /// Whether a document that the query has found is to be told. What was taken back or replaced
    /// by now is no news, unless that is what is asked for. The branch is that of the issuer.
    #[must_use]
    pub fn is_news(&self, document: &Document, branch: Option<Branch>) -> bool {
        let stands = document.recalled.is_none() && document.superseded_at.is_none();
        let is_asked_for = self.criteria.state == Some(document.state);
        (stands || is_asked_for) && self.criteria.admits(document, branch)
    }
}

impl SearchCriteria {
    /// Whether a document is what is asked for beside the query. The branch is that of its
    /// issuer.
    #[must_use]
    pub fn admits(&self, document: &Document, branch: Option<Branch>) -> bool {
        let kind = self.kind.as_ref();
        kind.is_none_or(|kind| *kind == document.kind)
            && self.issuer.is_none_or(|unit| unit == document.unit)
            && self.branch.is_none_or(|asked| Some(asked) == branch)
            && self.year.is_none_or(|year| Some(year) == year_of(document))
            && self.state.is_none_or(|state| state == document.state)
    }

    /// Whether the same is found as by others, in whatever order.
    fn finds_as(&self, others: &Self) -> bool {
        let unordered = |criteria: &Self| Self {
            order: None,
            ..criteria.clone()
        };
        unordered(self) == unordered(others)
    }
}

/// The year of the date that it bears, or else of the day on which it was sent.
fn year_of(document: &Document) -> Option<i16> {
    let sent_on = document.sent.map(|(_, at)| legal_day(at));
    document.dated_on.or(sent_on).map(Date::year)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::Map;

    use super::*;
    use crate::domain::{DocumentId, DocumentState, Noted, Openness, SearchOrder, Urgency};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn a_document(unit: UnitId) -> Document {
        let by = UserId::fresh();
        Document {
            id: DocumentId::fresh(),
            unit,
            kind: "GW-HAN".to_owned(),
            kind_version: 1,
            version: 1,
            replaces: None,
            title: "函".to_owned(),
            state: DocumentState::Sent,
            urgency: Urgency::Normal,
            openness: Openness::OnRequest,
            dated_on: Some(date(2025, 12, 31)),
            number: None,
            case_number: None,
            reply_due_on: None,
            fields: Map::new(),
            in_reply_to: None,
            drafted: (by, at("2026-01-01T01:00:00Z")),
            updated_at: at("2026-01-01T01:00:00Z"),
            submitted: None,
            review: None,
            issued: None,
            // The first of January in China.
            sent: Some((by, at("2025-12-31T20:00:00Z"))),
            amendment: None,
            superseded_at: None,
            recalled: None,
            archived: None,
            manifest: None,
            quarantined_at: None,
            revision: 1,
            files: Vec::new(),
            recipients: Vec::new(),
            groups: Vec::new(),
            joint_issuers: Vec::new(),
        }
    }

    fn kept(criteria: SearchCriteria) -> SavedSearch {
        SavedSearch {
            id: SavedSearchId::fresh(),
            user: UserId::fresh(),
            unit: UnitId::fresh(),
            name: "函".to_owned(),
            criteria,
            watched_since: None,
            created_at: at("2026-01-01T00:00:00Z"),
            revision: 1,
        }
    }

    #[test]
    fn what_is_not_given_does_not_matter_and_what_is_given_does() {
        let unit = UnitId::fresh();
        let document = a_document(unit);
        let any = SearchCriteria::default;
        for (criteria, admitted) in [
            (any(), true),
            (
                SearchCriteria {
                    kind: Some("GW-HAN".to_owned()),
                    ..any()
                },
                true,
            ),
            (
                SearchCriteria {
                    kind: Some("gw-han".to_owned()),
                    ..any()
                },
                false,
            ),
            (
                SearchCriteria {
                    issuer: Some(unit),
                    ..any()
                },
                true,
            ),
            (
                SearchCriteria {
                    issuer: Some(UnitId::fresh()),
                    ..any()
                },
                false,
            ),
            (
                SearchCriteria {
                    branch: Some(Branch::Court),
                    ..any()
                },
                true,
            ),
            (
                SearchCriteria {
                    branch: Some(Branch::Other),
                    ..any()
                },
                false,
            ),
            (
                SearchCriteria {
                    year: Some(2025),
                    ..any()
                },
                true,
            ),
            (
                SearchCriteria {
                    year: Some(2026),
                    ..any()
                },
                false,
            ),
            (
                SearchCriteria {
                    state: Some(DocumentState::Sent),
                    ..any()
                },
                true,
            ),
            (
                SearchCriteria {
                    state: Some(DocumentState::Recalled),
                    ..any()
                },
                false,
            ),
        ] {
            let found = criteria.admits(&document, Some(Branch::Court));
            assert_eq!(found, admitted, "{criteria:?}");
        }
    }

    #[test]
    fn the_year_is_that_of_the_date_or_of_the_day_of_sending() {
        let any = SearchCriteria::default;
        let undated = Document {
            dated_on: None,
            ..a_document(UnitId::fresh())
        };
        let year = |year| SearchCriteria {
            year: Some(year),
            ..any()
        };
        assert!(
            year(2026).admits(&undated, None),
            "sent in China's new year"
        );
        assert!(!year(2025).admits(&undated, None));
        let unsent = Document {
            sent: None,
            ..undated
        };
        assert!(!year(2026).admits(&unsent, None));
        let of_court = SearchCriteria {
            branch: Some(Branch::Court),
            ..any()
        };
        assert!(!of_court.admits(&unsent, None), "nobody knows the issuer");
    }

    #[test]
    fn what_was_taken_back_is_news_to_nobody_who_does_not_ask_for_it() {
        use DocumentState::{Archived, Recalled, Sent, Superseded};
        let now = at("2026-02-01T00:00:00Z");
        let asked = |state| {
            kept(SearchCriteria {
                state,
                ..SearchCriteria::default()
            })
        };
        for (state, gone, asks, news) in [
            (Sent, false, None, true),
            (Archived, false, None, true),
            (Recalled, true, None, false),
            (Archived, true, None, false),
            (Superseded, false, None, false),
            (Recalled, true, Some(Recalled), true),
            (Recalled, true, Some(Superseded), false),
            (Sent, false, Some(Recalled), false),
        ] {
            let document = Document {
                state,
                recalled: gone.then(|| Noted {
                    act: (UserId::fresh(), now),
                    reason: "有误".to_owned(),
                }),
                superseded_at: (state == Superseded).then_some(now),
                ..a_document(UnitId::fresh())
            };
            let found = asked(asks).is_news(&document, None);
            assert_eq!(found, news, "{state:?} {asks:?}");
        }
    }

    #[test]
    fn watching_goes_on_over_another_order_and_begins_anew_over_another_query() {
        let criteria = |q: &str, order| SearchCriteria {
            q: q.to_owned(),
            order,
            ..SearchCriteria::default()
        };
        let mut search = kept(criteria("甲", None));
        let moments =
            ["01", "02", "03", "04", "05"].map(|day| at(&format!("2026-02-{day}T00:00:00Z")));
        let newest = Some(SearchOrder::Newest);
        for (place, (q, order, alert, since)) in [
            ("甲", None, true, Some(0)),
            ("甲", newest, true, Some(0)),
            ("乙", newest, true, Some(2)),
            ("乙", newest, false, None),
            ("乙", newest, true, Some(4)),
        ]
        .into_iter()
        .enumerate()
        {
            search.search_for(criteria(q, order), alert, moments[place]);
            assert_eq!(
                search.watched_since,
                since.map(|at: usize| moments[at]),
                "{place}"
            );
        }
    }
}
