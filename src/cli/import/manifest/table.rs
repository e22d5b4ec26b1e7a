//! A table as it lies in a file: CSV in any usual encoding, or the first sheet of a workbook.

use std::{fs, io::Cursor, path::Path};

use calamine::{Data, Reader as _, Xlsx};

use super::{csv, dates};
use crate::cli::told;

/// The most bytes of a manifest: much more than a person looks through.
const LARGEST: u64 = 64 << 20;

/// The cells of a manifest as text.
#[derive(Debug)]
pub(super) struct Table {
    /// The row of the header, as a spreadsheet counts it.
    pub(super) head: usize,
    pub(super) header: Vec<String>,
    /// The rows below it that hold anything.
    pub(super) rows: Vec<csv::Row>,
}

impl Table {
    /// Reads a file by what it holds, whatever it is called.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let complaint = |what: &str| format!("清单 {}：{what}", path.display());
        let size = fs::metadata(path)
            .map_err(|error| complaint(&told(&error)))?
            .len();
        if size > LARGEST {
            return Err(complaint("超过 64 MiB，请分成几个清单"));
        }
        let bytes = fs::read(path).map_err(|error| complaint(&told(&error)))?;
        let rows = if bytes.starts_with(b"PK") {
            sheet(bytes)
        } else if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            Err("是旧式的 XLS，请另存为 XLSX 或 CSV".to_owned())
        } else {
            text(&bytes).and_then(|text| csv::read(&text))
        };
        Self::of(rows.map_err(|what| complaint(&what))?).map_err(|what| complaint(&what))
    }

    fn of(rows: Vec<csv::Row>) -> Result<Self, String> {
        let mut rows = rows
            .into_iter()
            .filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
        let (head, header) = rows.next().ok_or("是空的")?;
        let header = header.iter().map(|cell| tidy(cell)).collect();
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return Err("只有表头，没有文书".to_owned());
        }
        Ok(Self { head, header, rows })
    }
}

/// A header without the marks that people put on it: `＊标题（必填）`.
fn tidy(cell: &str) -> String {
    let cell = cell.trim().trim_matches(['*', '＊', '\u{feff}']);
    let cut = cell.find(['(', '（']).unwrap_or(cell.len());
    cell[..cut].chars().filter(|c| !c.is_whitespace()).collect()
}

/// UTF-8 with or without a mark, UTF-16 with one, or GB18030 as a spreadsheet in China writes it.
fn text(bytes: &[u8]) -> Result<String, String> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _, is_broken) = encoding.decode(bytes);
        return sound(text.into_owned(), is_broken);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return sound(text.to_owned(), false);
    }
    let (text, is_broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    sound(text.into_owned(), is_broken)
}

fn sound(text: String, is_broken: bool) -> Result<String, String> {
    if is_broken || text.contains('\0') {
        return Err("不是 CSV（UTF-8 或 GB18030），也不是 XLSX".to_owned());
    }
    Ok(text)
}

fn sheet(bytes: Vec<u8>) -> Result<Vec<csv::Row>, String> {
    let unreadable = |error: calamine::XlsxError| format!("工作簿无法读取：{error}");
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(unreadable)?;
    let range = book.worksheet_range_at(0).ok_or("工作簿里没有工作表")?;
    let range = range.map_err(unreadable)?;
    let first = range.start().map_or(0, |(row, _)| row as usize);
    let cells = |row: &[Data]| row.iter().map(cell).collect();
    let rows = range.rows().enumerate();
    Ok(rows.map(|(at, row)| (first + at + 1, cells(row))).collect())
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::DateTime(date) => dates::of_serial(date.as_f64()).unwrap_or_else(|| date.to_string()),
        Data::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Table, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("清单.csv");
        fs::write(&path, bytes).unwrap();
        Table::read(&path)
    }

    #[test]
    fn a_table_is_read_in_each_encoding_that_spreadsheets_write() {
        let text = "＊文号,标题（必填）\r\n\r\n鹤政函〔2019〕3号,关于灞桥镕基㙍的函\r\n";
        let (gb, ..) = encoding_rs::GB18030.encode(text);
        let utf16: Vec<u8> = [0xfeff]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        let marked = format!("\u{feff}{text}");
        for bytes in [text.as_bytes(), marked.as_bytes(), &gb[..], &utf16[..]] {
            let table = read(bytes).unwrap();
            assert_eq!(table.header, ["文号", "标题"]);
            assert_eq!(
                table.rows,
                [(
                    3,
                    vec![
                        "鹤政函〔2019〕3号".to_owned(),
                        "关于灞桥镕基㙍的函".to_owned()
                    ]
                )]
            );
        }
    }

    #[test]
    fn what_is_no_table_is_told() {
        for (bytes, part) in [
            (&b""[..], "空的"),
            ("文号,标题\n".as_bytes(), "只有表头"),
            (b"\xd0\xcf\x11\xe0old", "XLS"),
            (b"PK\x03\x04no", "工作簿无法读取"),
            (b"\x00\x01\xff\xff", "不是 CSV"),
        ] {
            let said = read(bytes).unwrap_err();
            assert!(said.contains(part), "{said}");
        }
    }
}
