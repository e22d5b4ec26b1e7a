//! The duties behind a figure.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;

use super::{
    super::{
        cut,
        obligations::{Row, row},
        rows_to_read,
    },
    Asked, scope,
};
use crate::{
    app::{Caller, Hub, cursor},
    domain::{
        ObligationId, Side,
        statistics::{Figure, FigurePart},
    },
    web::{
        faults::{Fault, page},
        frame::{Frame, visitor},
    },
};

#[derive(Template)]
#[template(path = "statistics_rows.html")]
struct RowsPage {
    frame: Frame,
    side: Side,
    scope: String,
    code: &'static str,
    name: &'static str,
    basis: &'static str,
    part: &'static str,
    part_code: &'static str,
    words: &'static str,
    rows: Vec<Row>,
    next: Option<String>,
}

/// Shows the duties that a count is made of.
pub(in crate::web) async fn rows(
    hub: Data<Hub>,
    request: HttpRequest,
    caller: Option<Caller>,
    query: Query<Asked>,
) -> Result<HttpResponse, Fault> {
    let caller = visitor(&request, caller)?;
    let side = query.side.parse().unwrap_or(Side::Owed);
    let figure = query.figure.unwrap_or(Figure::Replying);
    let part = query.part.unwrap_or(FigurePart::Numerator);
    let after = cursor::place(query.cursor.as_deref())?.map(|(at, id)| (at, ObligationId(id)));
    let question = query.question(side)?;
    let wanted = (figure, part);
    let shown = hub
        .figure_rows(&caller, &question, wanted, after, rows_to_read())
        .await?;
    let mut lines = shown.value;
    let next = cut(&mut lines, |line| {
        cursor::cursor(line.obligation.created_at, line.obligation.id.0)
    });
    page(&RowsPage {
        frame: Frame::of(&hub, &caller, "statistics").await?,
        side,
        scope: scope(&query),
        code: figure.code(),
        name: figure.label(),
        basis: figure.basis(),
        part: part.label(),
        part_code: part.code(),
        words: figure.words(part),
        rows: lines
            .iter()
            .map(|line| row(&hub, line, &shown.names))
            .collect(),
        next,
    })
}
