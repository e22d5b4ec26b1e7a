//! From what is asked to what the index is asked: units for a branch, and what the database
//! knows better than the index.

use wenshu_index::{Cursor, Filter, Order, PageRequest, Query, QueryError};

use crate::{
    app::{Directory, Error, Fault, Hub, Result},
    domain::{Branch, DocumentId, SearchCriteria, SearchOrder, Subject, UnitId},
    store::Tx,
};

/// How many lines of the change log the index may lag behind before what it counts may for a
/// moment include what was just withdrawn. What it shows never does.
const LAG: i64 = 500;

/// The query itself.
pub(super) fn query(criteria: &SearchCriteria) -> Result<Query> {
    Query::parse(&criteria.q).map_err(|error| unreadable("q", error))
}

/// The query in this field cannot be read.
pub(super) fn unreadable(field: &str, error: QueryError) -> Error {
    let pointer = format!("{field}:{}", error.place());
    Error::UnreadableQuery(Fault::at(pointer, "unreadable", error))
}

pub(super) fn wrong_cursor() -> Error {
    Error::invalid("cursor", "malformed", "翻页位置无效，请从第一页开始")
}

/// The page that is wanted.
pub(super) fn page(
    criteria: &SearchCriteria,
    after: Option<&str>,
    limit: usize,
) -> Result<PageRequest> {
    let after: Option<Cursor> = after
        .map(str::parse)
        .transpose()
        .map_err(|_| wrong_cursor())?;
    let order = match criteria.order {
        None | Some(SearchOrder::Relevance) => Order::Relevance,
        Some(SearchOrder::Newest) => Order::Newest,
        Some(SearchOrder::Oldest) => Order::Oldest,
    };
    Ok(PageRequest {
        limit,
        after,
        order,
    })
}

/// What the search is narrowed by or ordered by beside the query, by its name.
pub(super) fn narrowed_by(criteria: &SearchCriteria) -> Option<&'static str> {
    let SearchCriteria {
        q: _,
        order,
        kind,
        issuer,
        branch,
        year,
        state,
    } = criteria;
    let by_order = order.is_some_and(|order| order != SearchOrder::Relevance);
    let given = [
        ("sort", by_order),
        ("kind", kind.is_some()),
        ("issuer", issuer.is_some()),
        ("branch", branch.is_some()),
        ("year", year.is_some()),
        ("state", state.is_some()),
    ];
    given
        .iter()
        .find(|(_, given)| *given)
        .map(|(name, _)| *name)
}

impl Hub {
    /// What the index is to let through for a unit.
    pub(super) async fn filter(&self, unit: UnitId, criteria: &SearchCriteria) -> Result<Filter> {
        let mut tx = self.store().read().await?;
        let issuers = match criteria.branch {
            Some(branch) => {
                let names = self.directory(&mut tx).await?;
                Some(of_branch(branch, criteria.issuer, &names))
            }
            None => criteria.issuer.map(|issuer| vec![issuer]),
        };
        Ok(Filter {
            kind: criteria.kind.clone(),
            issuers: issuers.map(|units| units.iter().map(|unit| unit.0.as_u128()).collect()),
            year: criteria.year.map(i32::from),
            state: criteria.state.map(|state| state.code().to_owned()),
            hidden: self.hidden_from(&mut tx, unit).await?,
        })
    }

    /// Documents that have changed since the index was fed, and that the unit may not see (any
    /// more): the index may still think otherwise.
    async fn hidden_from(&self, tx: &mut Tx, unit: UnitId) -> Result<Vec<u128>> {
        let position = self.index().seen_position();
        let lines = tx.changes().after(position, LAG).await?;
        let mut touched: Vec<_> = lines
            .iter()
            .filter(|line| line.subject == Subject::Document)
            .map(|line| DocumentId(line.id))
            .collect();
        touched.sort_unstable();
        touched.dedup();
        if touched.is_empty() {
            return Ok(Vec::new());
        }
        let seen = tx.documents().among_for(unit, &touched).await?;
        let is_seen = |id: &DocumentId| {
            seen.iter()
                .any(|document| document.id == *id && document.quarantined_at.is_none())
        };
        touched.retain(|id| !is_seen(id));
        Ok(touched.iter().map(|id| id.0.as_u128()).collect())
    }
}

/// The units of a branch, of which perhaps only one is wanted.
fn of_branch(branch: Branch, only: Option<UnitId>, names: &Directory) -> Vec<UnitId> {
    let units = names.of_branch(branch);
    units
        .filter(|unit| only.is_none_or(|only| only == *unit))
        .collect()
}
