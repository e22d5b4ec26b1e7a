//! Comma-separated values (RFC 4180), as spreadsheets write and read them.

/// A row and the number of the line that it begins on.
pub(super) type Row = (usize, Vec<String>);

/// Reads a text. Cells may be quoted and then hold separators, quotes and line breaks.
pub(super) fn read(text: &str) -> Result<Vec<Row>, String> {
    let separator = separator(text);
    let mut rows = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut cell = String::new();
    let (mut line, mut began) = (1, 1);
    let mut chars = text.chars().peekable();
    let mut is_quoted = false;
    let mut was_quoted = false;
    while let Some(c) = chars.next() {
        line += usize::from(c == '\n');
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' if is_quoted => is_quoted = false,
            _ if is_quoted => cell.push(c),
            '"' if cell.trim().is_empty() && !was_quoted => {
                cell.clear();
                (is_quoted, was_quoted) = (true, true);
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                row.push(std::mem::take(&mut cell));
                rows.push((began, std::mem::take(&mut row)));
                (began, was_quoted) = (line, false);
            }
            _ if c == separator => {
                row.push(std::mem::take(&mut cell));
                was_quoted = false;
            }
            _ => cell.push(c),
        }
    }
    if is_quoted {
        return Err(format!(
            "第 {began} 行的引号没有结束，请检查该行的英文双引号"
        ));
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        rows.push((began, row));
    }
    Ok(rows)
}

/// What stands between the cells of the first line: a comma, or the tab of a table that was
/// copied as text.
fn separator(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    let count = |c: char| first.chars().filter(|one| *one == c).count();
    [',', '\t', ';']
        .into_iter()
        .rev()
        .max_by_key(|c| count(*c))
        .unwrap_or(',')
}

/// Writes a table that a spreadsheet opens rightly and runs nothing of.
pub(super) fn written(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = String::from('\u{feff}');
    let header = header.iter().map(|name| (*name).to_owned()).collect();
    for row in std::iter::once(header).chain(rows) {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn quoted(cell: &str) -> String {
    let mut cell = cell.to_owned();
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        cell.insert(0, '\'');
    }
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_hold_what_separates_them() {
        let text =
            "文号,标题\r\n\"甲〔2019〕1号\",\"关于\"\"放管服\"\",的\r\n通知\"\r\n乙, 无引号 \n,";
        let rows = read(text).unwrap();
        let row = |line, cells: [&str; 2]| (line, cells.map(str::to_owned).to_vec());
        assert_eq!(
            rows,
            [
                row(1, ["文号", "标题"]),
                row(2, ["甲〔2019〕1号", "关于\"放管服\",的\r\n通知"]),
                row(4, ["乙", " 无引号 "]),
                row(5, ["", ""]),
            ]
        );
        assert_eq!(read("甲\t乙\n1\t2").unwrap()[1].1, ["1", "2"]);
        assert!(read("甲,\"乙\n丙").unwrap_err().contains("第 1 行"));
    }

    #[test]
    fn what_is_written_is_read_back_and_is_no_formula() {
        let cells = ["a,b", "c\"d\ne", "=1+1", "平常"]
            .map(str::to_owned)
            .to_vec();
        let text = written(&["一", "二", "三", "四"], std::iter::once(cells));
        let rows = read(text.trim_start_matches('\u{feff}')).unwrap();
        assert_eq!(rows[1].1, ["a,b", "c\"d\ne", "'=1+1", "平常"]);
    }
}
