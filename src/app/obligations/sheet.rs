//! The ledger as a workbook, for whoever reports it (domain rules, 8.8: 台账).

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    fs::File,
    io::{Seek as _, SeekFrom},
};

use bytes::Bytes;
use futures_util::{Stream, stream};
use jiff::civil::Date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use tokio::{io::AsyncReadExt as _, sync::mpsc};

use super::browse::{LedgerRequest, criteria_for, keep_titles_to_parties, side_for};
use crate::{
    app::{Caller, Directory, Error, Hub, Result},
    domain::{
        Adoption, Document, DocumentId, LedgerCriteria, LedgerLine, Obligation, UnitId,
        deadline::EscalationLevel, legal_day,
    },
    store::Tx,
};

/// Rows that are read at once.
const AT_ONCE: usize = 500;
/// Batches of rows that may wait to be written.
const WAITING: usize = 2;
/// The bytes of a piece that is handed out.
const PIECE: usize = 64 << 10;
/// The columns with their widths in characters.
const COLUMNS: [(&str, f64); 13] = [
    ("序号", 6.0),
    ("文号", 26.0),
    ("标题", 48.0),
    ("来文单位", 20.0),
    ("主送单位", 20.0),
    ("收文日期", 12.0),
    ("期限", 12.0),
    ("承办人", 12.0),
    ("回复文号、日期", 36.0),
    ("采纳情况", 12.0),
    ("状态", 14.0),
    ("逾期天数", 10.0),
    ("备注", 30.0),
];

/// What makes a formula of a text where somebody types it, also as the full-width characters of a
/// Chinese input method.
const BEGINNINGS: [char; 12] = [
    '=', '+', '-', '@', '\'', '|', '%', '＝', '＋', '－', '＠', '＇',
];

/// A workbook that is ready to be handed out.
pub struct LedgerSheet {
    /// What the file is called.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    file: File,
}

/// A row, in the order of [`COLUMNS`].
struct Row {
    number: String,
    title: String,
    creditor: String,
    debtor: String,
    received_on: Date,
    due_on: Option<Date>,
    handler: String,
    reply: String,
    adoption: &'static str,
    state: &'static str,
    days_late: Option<i64>,
    remarks: String,
}

impl LedgerSheet {
    /// Its bytes, piece by piece.
    pub fn into_bytes(self) -> impl Stream<Item = std::io::Result<Bytes>> {
        let file = tokio::fs::File::from_std(self.file);
        stream::try_unfold(file, async |mut file| {
            let mut piece = Vec::with_capacity(PIECE);
            let read = file.read_buf(&mut piece).await?;
            Ok((read > 0).then(|| (Bytes::from(piece), file)))
        })
    }
}

impl Hub {
    /// What the ledger says to what is asked of it, as a workbook. It is written row by row to a
    /// file that has no name, so that its length costs no memory.
    pub async fn ledger_sheet(
        &self,
        caller: &Caller,
        asked: &LedgerRequest,
    ) -> Result<LedgerSheet> {
        let mut tx = self.store().read().await?;
        let criteria = criteria_for(&mut tx, caller, asked).await?;
        side_for(caller, criteria.side())?;
        let permit = self.permit_to_archive()?;
        let today = legal_day(self.now());
        let names = self.directory(&mut tx).await?;
        let about = self.about(caller, &criteria, &names);
        let (sender, batches) = mpsc::channel(WAITING);
        let writing = tokio::task::spawn_blocking(move || write(batches, &about));
        self.read_rows(&mut tx, caller, &criteria, &sender).await?;
        drop((tx, sender));
        let (file, length) = writing.await.map_err(Error::internal)??;
        drop(permit);
        Ok(LedgerSheet {
            name: format!("台账{today}.xlsx"),
            size: length,
            file,
        })
    }

    fn about(
        &self,
        caller: &Caller,
        criteria: &LedgerCriteria,
        names: &Directory,
    ) -> Vec<(&'static str, String)> {
        let unit = caller.actor.unit.map(|unit| named(names, unit));
        let now = jiff::tz::Offset::constant(8).to_datetime(self.now());
        vec![
            ("台账", criteria.side().label().to_owned()),
            ("排序", criteria.order().label().to_owned()),
            ("导出单位", unit.unwrap_or_default()),
            ("导出时间", now.strftime("%Y-%m-%d %H:%M").to_string()),
            ("收文日期", "文书送达收件单位之日".to_owned()),
            ("期限", "现在的届满日；签收前没有".to_owned()),
            (
                "逾期天数",
                "已回复的算到回复之日，未回复的算到导出之日".to_owned(),
            ),
            ("标题", "只有当事双方看得到".to_owned()),
        ]
    }

    /// Reads rows and hands them on, until there are no more or the writer has given up.
    async fn read_rows(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        criteria: &LedgerCriteria,
        sender: &mpsc::Sender<Vec<Row>>,
    ) -> Result<()> {
        let side = side_for(caller, criteria.side())?;
        let today = legal_day(self.now());
        let max = self.config().limits.ledger_rows_max;
        let names = self.directory(tx).await?;
        let (mut after, mut rows) = (None, 0);
        loop {
            let mut obligations = tx.obligations();
            let page = obligations.ledger(side, criteria, after, today, AT_ONCE);
            let (mut lines, next) = page.await?;
            rows += lines.len();
            if rows > max as usize {
                let detail = format!("超过 {max} 行，请用 since、until 等缩小范围，分几次导出");
                return Err(Error::invalid("since", "too_many", detail));
            }
            keep_titles_to_parties(caller, &mut lines);
            let replies = replies(tx, caller.actor.unit, &lines).await?;
            let batch = lines.iter().map(|line| row(line, &names, &replies, today));
            if sender.send(batch.collect()).await.is_err() || next.is_none() {
                return Ok(());
            }
            after = next;
        }
    }
}

/// The replies among what the unit may see.
async fn replies(
    tx: &mut Tx,
    unit: Option<UnitId>,
    lines: &[LedgerLine],
) -> Result<HashMap<DocumentId, Document>> {
    let Some(unit) = unit else {
        return Ok(HashMap::new());
    };
    let replies = lines.iter().filter_map(|line| line.obligation.reply);
    let ids: Vec<_> = replies.map(|(id, _)| id).collect();
    let found = tx.documents().among_for(unit, &ids).await?;
    Ok(found.into_iter().map(|one| (one.id, one)).collect())
}

fn named(names: &Directory, unit: UnitId) -> String {
    let unit = names.unit(unit);
    unit.map(|unit| unit.short_name.clone()).unwrap_or_default()
}

fn row(
    line: &LedgerLine,
    names: &Directory,
    replies: &HashMap<DocumentId, Document>,
    today: Date,
) -> Row {
    let duty = &line.obligation;
    let handler = duty.progress.handler.and_then(|user| names.user(user));
    let reply = duty.reply.map(|(id, at)| {
        let number = replies.get(&id).and_then(|reply| reply.number.as_ref());
        let number = number.map(ToString::to_string).unwrap_or_default();
        format!("{number} {}", legal_day(at)).trim().to_owned()
    });
    Row {
        number: line
            .number
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        title: line.title.clone(),
        creditor: named(names, duty.creditor),
        debtor: named(names, duty.debtor),
        received_on: legal_day(duty.created_at),
        due_on: duty.due.as_ref().map(|due| due.due_on),
        handler: handler.unwrap_or_default().to_owned(),
        reply: reply.unwrap_or_default(),
        adoption: duty.progress.adoption.map_or("", Adoption::label),
        state: duty.standing().label(),
        days_late: duty.days_overdue(today, duty.replied_on()),
        remarks: remarks(duty),
    }
}

fn remarks(duty: &Obligation) -> String {
    let mut remarks = Vec::new();
    if let Some(due) = &duty.due {
        if due.provisional {
            remarks.push("期限暂定".to_owned());
        }
        let original = duty.original_due_on.filter(|day| *day != due.due_on);
        remarks.extend(original.map(|day| format!("原期限 {day}")));
    }
    let supplement = duty.progress.supplement_due_on;
    remarks.extend(supplement.map(|day| format!("补充期限 {day}")));
    if duty.progress.level != EscalationLevel::None {
        remarks.push(duty.progress.level.label().to_owned());
    }
    remarks.join("；")
}

/// Writes rows as they come. Whatever a row says is written as a text or a number, so that no
/// program takes it for a formula; and what looks like one is marked as typed text, so that it
/// stays one when somebody edits the cell.
fn write(
    mut batches: mpsc::Receiver<Vec<Row>>,
    about: &[(&'static str, String)],
) -> Result<(File, u64)> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory();
    let sheet = sheet.map_err(failed)?;
    begin(sheet).map_err(failed)?;
    let looks = Looks::default();
    let mut place = 0;
    while let Some(batch) = batches.blocking_recv() {
        for row in batch {
            place += 1;
            write_row(sheet, place, &row, &looks).map_err(failed)?;
        }
    }
    explain(workbook.add_worksheet(), about).map_err(failed)?;
    let mut file = tempfile::tempfile().map_err(out_of_room)?;
    workbook.save_to_writer(&mut file).map_err(failed)?;
    let size = file.seek(SeekFrom::End(0)).map_err(out_of_room)?;
    file.rewind().map_err(out_of_room)?;
    Ok((file, size))
}

/// How cells look.
struct Looks {
    day: Format,
    typed: Format,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            day: Format::new().set_num_format("yyyy-mm-dd"),
            typed: Format::new().set_quote_prefix(),
        }
    }
}

/// Whether a program might take it for a formula if somebody typed it.
fn looks_like_a_formula(text: &str) -> bool {
    text.trim_start().starts_with(BEGINNINGS) || text.starts_with(char::is_control)
}

fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => out_of_room(error),
        other => Error::internal(other),
    }
}

fn out_of_room(error: std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        Error::Full
    } else {
        Error::internal(error)
    }
}

fn begin(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("台账")?.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, (name, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    Ok(())
}

fn write_row(sheet: &mut Worksheet, place: u32, row: &Row, looks: &Looks) -> Result<(), XlsxError> {
    sheet.write_number(place, 0, place)?;
    let texts = [
        (1, row.number.as_str()),
        (2, &row.title),
        (3, &row.creditor),
        (4, &row.debtor),
        (7, &row.handler),
        (8, &row.reply),
        (9, row.adoption),
        (10, row.state),
        (12, &row.remarks),
    ];
    let days = [(5, Some(row.received_on)), (6, row.due_on)];
    for (column, text) in texts {
        if looks_like_a_formula(text) {
            sheet.write_string_with_format(place, column, text, &looks.typed)?;
        } else {
            sheet.write_string(place, column, text)?;
        }
    }
    for (column, date) in days {
        if let Some(date) = date {
            sheet.write_datetime_with_format(place, column, in_excel(date)?, &looks.day)?;
        }
    }
    if let Some(days) = row.days_late.and_then(|days| u32::try_from(days).ok()) {
        sheet.write_number(place, 11, days)?;
    }
    Ok(())
}

fn explain(sheet: &mut Worksheet, about: &[(&'static str, String)]) -> Result<(), XlsxError> {
    sheet.set_name("说明")?.set_column_width(1, 60)?;
    for (place, (name, text)) in (0..).zip(about) {
        sheet.write_string(place, 0, *name)?;
        sheet.write_string(place, 1, text)?;
    }
    Ok(())
}

fn in_excel(date: Date) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(date.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, date.month().unsigned_abs(), date.day().unsigned_abs())
}
