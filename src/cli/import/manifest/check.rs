//! Looks at every cell before anything is sent, and tells everything that is wrong.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use super::{
    Problem, Table, dates,
    fields::fill_in,
    files::read_files,
    recipients::read_recipients,
    world::{Kind, World},
};
use crate::domain::{DocNumber, refuse_marks, title};

/// The most characters of a title (the hub's default).
const TITLE_MAX: usize = 200;

/// The columns that every manifest may have, each under several names.
const COLUMNS: [&[&str]; 8] = [
    &["文号", "发文字号", "文件编号"],
    &["标题", "题名", "文件标题"],
    &["种类", "文书种类", "文种"],
    &["成文日期", "日期", "发文日期"],
    &["主送", "主送单位", "主送机关"],
    &["抄送", "抄送单位", "抄送机关"],
    &["正文", "正文文件"],
    &["附件", "附件文件"],
];
const NUMBER: usize = 0;
const TITLE: usize = 1;
const KIND: usize = 2;
const DATE: usize = 3;
pub(super) const MAIN: usize = 4;
pub(super) const COPY: usize = 5;
pub(super) const BODY: usize = 6;
pub(super) const ATTACHED: usize = 7;

/// A document that may be imported.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) row: usize,
    /// Names it through all runs, wherever in the table it stands.
    pub(super) name: String,
    pub(super) number: Option<DocNumber>,
    pub(super) title: String,
    /// The files, the main text first.
    pub(super) files: Vec<PathBuf>,
    /// What is asked of the hub, without the files.
    pub(super) draft: Value,
}

/// What a row says, cell by cell.
pub(super) struct Cells<'a> {
    row: usize,
    header: &'a [String],
    cells: &'a [String],
}

impl<'a> Cells<'a> {
    /// The cell under one of these names, and the name.
    pub(super) fn under(&self, names: &[&str]) -> Option<(&'a str, &'a str)> {
        let place = self
            .header
            .iter()
            .position(|name| names.contains(&name.as_str()))?;
        let cell = self.cells.get(place).map_or("", |cell| cell.trim());
        Some((&self.header[place], cell))
    }

    /// What stands in a column of the manifest's own.
    pub(super) fn of(&self, column: usize) -> &'a str {
        self.under(COLUMNS[column]).map_or("", |(_, cell)| cell)
    }

    /// What is wrong in a column.
    pub(super) fn wrong(&self, column: &str, what: impl Into<String>, advice: &str) -> Problem {
        Problem {
            row: self.row,
            column: column.to_owned(),
            what: what.into(),
            advice: advice.to_owned(),
        }
    }

    /// What is wrong in a column of the manifest's own.
    pub(super) fn bad(&self, column: usize, what: impl Into<String>, advice: &str) -> Problem {
        let name = self
            .under(COLUMNS[column])
            .map_or(COLUMNS[column][0], |(name, _)| name);
        self.wrong(name, what, advice)
    }
}

/// Checks the whole table; the entries are complete where there are no problems.
pub(super) fn check(table: &Table, folder: &Path, world: &World) -> (Vec<Entry>, Vec<Problem>) {
    let mut problems = check_header(table, world);
    let mut entries: Vec<Entry> = Vec::new();
    for (row, cells) in &table.rows {
        let cells = Cells {
            row: *row,
            header: &table.header,
            cells,
        };
        let before = problems.len();
        let entry = entry(&cells, folder, world, &mut problems);
        entries.extend(entry.filter(|_| problems.len() == before));
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for entry in &entries {
        if let Some(first) = seen.insert(&entry.name, entry.row) {
            problems.push(Problem {
                row: entry.row,
                column: COLUMNS[if entry.number.is_some() {
                    NUMBER
                } else {
                    TITLE
                }][0]
                    .to_owned(),
                what: format!("与第 {first} 行是同一件文书"),
                advice: "删去重复的一行".to_owned(),
            });
        }
    }
    problems.sort();
    problems.dedup();
    (entries, problems)
}

fn check_header(table: &Table, world: &World) -> Vec<Problem> {
    let header = Cells {
        row: table.head,
        header: &table.header,
        cells: &[],
    };
    let mut problems = Vec::new();
    for column in [TITLE, KIND, DATE, MAIN, BODY] {
        if header.under(COLUMNS[column]).is_none() {
            let what = "没有这一列";
            problems.push(header.bad(column, what, "在表头中加上；样板见 docs/manifest.csv"));
        }
    }
    let is_field = |name: &String| {
        let mut fields = world.kinds.iter().flat_map(|kind| &kind.fields);
        fields.any(|field| field.label == *name || field.name == *name)
    };
    for (place, name) in table.header.iter().enumerate() {
        let is_known = COLUMNS.iter().any(|names| names.contains(&name.as_str())) || is_field(name);
        let shown = if name.is_empty() {
            "（无名）"
        } else {
            name
        };
        if table.header[..place].contains(name) {
            problems.push(header.wrong(shown, "这一列出现了两次", "删去其中一列"));
        } else if !is_known {
            let advice = "改为清单的列名或文书种类的栏目名，或删去这一列";
            problems.push(header.wrong(shown, "不认识这一列", advice));
        }
    }
    problems
}

fn entry(
    cells: &Cells<'_>,
    folder: &Path,
    world: &World,
    problems: &mut Vec<Problem>,
) -> Option<Entry> {
    let title = read_title(cells, problems);
    let kind = read_kind(cells, world, problems);
    let number = read_number(cells, world, kind, problems);
    let day = read_day(cells, world, problems);
    let recipients = read_recipients(cells, world, kind, problems);
    let files = read_files(cells, folder, problems);
    let fields = kind.map(|kind| fill_in(cells, kind, problems));
    let (kind, day) = (kind?, day?);
    let draft = serde_json::json!({
        "kind": kind.code,
        "title": title,
        "dated_on": day.to_string(),
        "recipients": recipients,
        "fields": fields.unwrap_or_else(Map::new),
    });
    let name = match &number {
        Some(number) => number.to_string(),
        None => format!("{title}（{day}）"),
    };
    Some(Entry {
        row: cells.row,
        name,
        number,
        title,
        files,
        draft,
    })
}

fn read_title(cells: &Cells<'_>, problems: &mut Vec<Problem>) -> String {
    let text = cells.of(TITLE);
    if let Some(mark) = refuse_marks(text) {
        let advice = "本系统不得处理国家秘密，请删去这一行，通过机要渠道办理";
        problems.push(cells.bad(TITLE, mark.to_string(), advice));
    }
    match title(text, TITLE_MAX) {
        Ok(title) => title,
        Err(error) => {
            problems.push(cells.bad(TITLE, error.to_string(), "填写文书的完整标题"));
            String::new()
        }
    }
}

fn read_kind<'w>(
    cells: &Cells<'_>,
    world: &'w World,
    problems: &mut Vec<Problem>,
) -> Option<&'w Kind> {
    let text = cells.of(KIND);
    let found = world
        .kinds
        .iter()
        .find(|kind| kind.code == text || kind.name == text);
    let Some(kind) = found else {
        let what = if text.is_empty() {
            "没有填写".to_owned()
        } else {
            format!("没有“{text}”这一种类")
        };
        problems.push(cells.bad(
            KIND,
            what,
            "填写文书种类的名称或编码，如“通知”或“GW-TONGZHI”",
        ));
        return None;
    };
    if !kind.issuer_branches.contains(&world.own.branch) {
        let what = format!("本单位不能制发“{}”", kind.name);
        problems.push(cells.bad(KIND, what, "只能导入本单位制发的文书；来文由发文单位导入"));
    }
    if kind.is_reply {
        let what = format!("“{}”是对另一件文书的回复", kind.name);
        problems.push(cells.bad(KIND, what, "历史文书改用“函”等种类导入"));
    }
    Some(kind)
}

fn read_number(
    cells: &Cells<'_>,
    world: &World,
    kind: Option<&Kind>,
    problems: &mut Vec<Problem>,
) -> Option<DocNumber> {
    let text = cells.of(NUMBER);
    if text.is_empty() {
        if kind.is_some_and(|kind| kind.numbering != "optional") {
            let advice = "填写当年的发文字号；历史文书不重新编号";
            problems.push(cells.bad(NUMBER, "没有填写", advice));
        }
        return None;
    }
    match text.parse::<DocNumber>() {
        Ok(number) => {
            let prefix = number.prefix().to_string();
            if !world.own.prefixes.contains(&prefix) {
                let what = format!("“{prefix}”不是本单位登记的机关代字");
                let advice = "核对文号；曾用的代字请系统管理员先登记";
                problems.push(cells.bad(NUMBER, what, advice));
            }
            Some(number)
        }
        Err(error) => {
            let advice = "写成“代字〔年份〕序号号”，括号用〔〕、[]、（）都可以";
            problems.push(cells.bad(NUMBER, error.to_string(), advice));
            None
        }
    }
}

fn read_day(
    cells: &Cells<'_>,
    world: &World,
    problems: &mut Vec<Problem>,
) -> Option<jiff::civil::Date> {
    let text = cells.of(DATE);
    let day = dates::parse(text);
    match day {
        None if text.is_empty() => {
            problems.push(cells.bad(DATE, "没有填写", "填写成文日期，如 2019-05-06"));
        }
        None => {
            let what = format!("“{text}”不是日期");
            problems.push(cells.bad(DATE, what, "写成 2019-05-06 或 2019年5月6日"));
        }
        Some(day) if day >= world.today => {
            let what = format!("{day} 不早于今天");
            problems.push(cells.bad(DATE, what, "清单只导入历史文书；今天的文书请拟稿发送"));
        }
        Some(_) => {}
    }
    day
}
