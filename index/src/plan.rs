//! From the query that a person meant to the query that the engine runs.

use std::ops::Bound;

use tantivy::{
    Term as EngineTerm,
    query::{
        AllQuery, BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, PhraseQuery,
        Query as EngineQuery, RangeQuery, TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use crate::{
    Filter,
    entry::number,
    query::{Cited, Expr, Range, Scope, Term},
    schema::Fields,
    steady::Steady,
    tokenizer::pairs,
};

type Boxed = Box<dyn EngineQuery>;

/// What a term counts for, by the best place it was found in. A query's points are the sum
/// over its terms.
mod points {
    pub const WHOLE_TITLE: f32 = 16.0;
    pub const TITLE: f32 = 8.0;
    pub const NUMBER: f32 = 4.0;
    pub const UNIT: f32 = 2.0;
    pub const BODY: f32 = 1.0;
    pub const NONE: f32 = 0.0;
}

/// The query, of what `viewer` may see and the filter lets through. Visibility is a clause of
/// the query itself, so that nothing is counted, ranked or shown before it.
pub(crate) fn plan(expr: &Expr, viewer: u128, filter: &Filter, fields: &Fields) -> BooleanQuery {
    seen_by(viewer, compile(expr, fields), filter, fields)
}

/// Titles that are typed so by their sounds, in full or by the first letters.
pub(crate) fn titles_read_as(
    typed: &[char],
    viewer: u128,
    filter: &Filter,
    fields: &Fields,
) -> BooleanQuery {
    let reading = worth(points::NONE, substring(fields.reading, typed));
    seen_by(viewer, reading, filter, fields)
}

fn seen_by(viewer: u128, query: Boxed, filter: &Filter, fields: &Fields) -> BooleanQuery {
    let seen = EngineTerm::from_field_ip_addr(fields.visible_to, number(viewer));
    let mut clauses = filter.clauses(fields);
    clauses.push((Occur::Must, worth(points::NONE, term(seen))));
    clauses.push((Occur::Must, query));
    BooleanQuery::new(clauses)
}

fn compile(expr: &Expr, fields: &Fields) -> Boxed {
    match expr {
        Expr::Term(term) => anywhere(term, fields),
        Expr::Article(cited) => article(cited, fields),
        Expr::Kind(text) => coded(text, fields.kind, fields.kind_label),
        Expr::State(text) => coded(text, fields.state, fields.state_label),
        Expr::Year(years) => worth(points::NONE, range(fields.year, *years)),
        Expr::Sent(times) => worth(points::NONE, range(fields.sent_at, *times)),
        Expr::Not(inner) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, worth(points::NONE, Box::new(AllQuery))),
            (Occur::MustNot, Steady::boxed(compile(inner, fields))),
        ])),
        Expr::And(items) => {
            let clauses = items.iter().map(|item| match item {
                Expr::Not(inner) => (Occur::MustNot, Steady::boxed(compile(inner, fields))),
                other => (Occur::Must, compile(other, fields)),
            });
            all_of(clauses.collect())
        }
        Expr::Or(items) => Box::new(BooleanQuery::union(
            items.iter().map(|item| compile(item, fields)).collect(),
        )),
    }
}

/// The engine finds nothing where every clause is a negation, so there the whole stands first.
fn all_of(mut clauses: Vec<(Occur, Boxed)>) -> Boxed {
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, worth(points::NONE, Box::new(AllQuery))));
    }
    Box::new(BooleanQuery::new(clauses))
}

/// A term in each of the places that it may be in, the best of which counts.
fn anywhere(sought: &Term, fields: &Fields) -> Boxed {
    let whole_title: String = sought.text.iter().collect();
    let whole_title = term(EngineTerm::from_field_text(
        fields.whole_title,
        &whole_title,
    ));
    let in_field = |points, field| worth(points, substring(field, &sought.text));
    let title = || {
        vec![
            worth(points::WHOLE_TITLE, whole_title),
            in_field(points::TITLE, fields.title),
        ]
    };
    let number =
        || [fields.doc_number, fields.case_number].map(|field| in_field(points::NUMBER, field));
    let unit = || in_field(points::UNIT, fields.unit);
    let body = || in_field(points::BODY, fields.body);
    let places = match sought.scope {
        Scope::Anywhere => {
            let mut places = title();
            places.extend(number());
            places.extend([unit(), body()]);
            places
        }
        Scope::Title => title(),
        Scope::Number => number().into(),
        Scope::Unit => vec![unit()],
        Scope::Body => vec![body()],
    };
    Box::new(DisjunctionMaxQuery::new(places))
}

/// The law itself, if it has the article, before whatever cites it.
fn article(cited: &Cited, fields: &Fields) -> Boxed {
    let named = term(EngineTerm::from_field_text(fields.law, &cited.law));
    let headings = cited.headings.iter();
    let headings = headings.map(|heading| substring(fields.body, &heading.text));
    let law = BooleanQuery::intersection(vec![named, any_of(headings)]);
    let citations = |field| {
        let citations = cited.citations.iter();
        any_of(citations.map(move |citation| substring(field, &citation.text)))
    };
    Box::new(DisjunctionMaxQuery::new(vec![
        worth(points::WHOLE_TITLE, Box::new(law)),
        anywhere(&cited.typed, fields),
        worth(points::TITLE, citations(fields.title)),
        worth(points::BODY, citations(fields.body)),
    ]))
}

fn any_of(queries: impl Iterator<Item = Boxed>) -> Boxed {
    Box::new(BooleanQuery::union(queries.collect()))
}

/// The code as a whole, or any part of the name.
fn coded(text: &[char], code: Field, label: Field) -> Boxed {
    let whole: String = text.iter().collect();
    let whole = term(EngineTerm::from_field_text(code, &whole));
    let either = BooleanQuery::union(vec![whole, substring(label, text)]);
    worth(points::NONE, Box::new(either))
}

/// An exact substring: its pairs of characters, each at its place behind the first.
fn substring(field: Field, text: &[char]) -> Boxed {
    let mut terms: Vec<_> = pairs(text)
        .into_iter()
        .map(|(at, pair)| (at, EngineTerm::from_field_text(field, &pair)))
        .collect();
    match terms.pop() {
        Some((_, only)) if terms.is_empty() => term(only),
        Some(last) => {
            terms.push(last);
            Box::new(PhraseQuery::new_with_offset(terms))
        }
        None => Box::new(tantivy::query::EmptyQuery),
    }
}

fn term(term: EngineTerm) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn worth(points: f32, query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, points))
}

fn range(field: Field, Range { from, before }: Range) -> Boxed {
    let value = |value| EngineTerm::from_field_i64(field, value);
    let lower = from.map_or(Bound::Unbounded, |from| Bound::Included(value(from)));
    let upper = before.map_or(Bound::Unbounded, |before| Bound::Excluded(value(before)));
    Box::new(RangeQuery::new(lower, upper))
}
