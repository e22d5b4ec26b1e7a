//! To whom a document went, by the names of the registry.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Problem,
    check::{COPY, Cells, MAIN},
    world::{Kind, Unit, World},
};

/// The recipients of a row; tells which are wrong.
pub(super) fn read_recipients(
    cells: &Cells<'_>,
    world: &World,
    kind: Option<&Kind>,
    problems: &mut Vec<Problem>,
) -> Vec<Value> {
    let mut found: Vec<Uuid> = Vec::new();
    let mut recipients = Vec::new();
    for (column, role) in [(MAIN, "main"), (COPY, "copy")] {
        let names: Vec<&str> = pieces(cells.of(column)).collect();
        if column == MAIN && names.is_empty() {
            problems.push(cells.bad(MAIN, "没有填写", "至少填写一个主送单位"));
        }
        let max = kind
            .and_then(|kind| kind.max_main_recipients)
            .filter(|_| column == MAIN);
        if let Some(max) = max.filter(|max| names.len() > *max) {
            let what = format!("主送单位有 {} 个，此种类最多 {max} 个", names.len());
            problems.push(cells.bad(column, what, "其余单位改为抄送"));
        }
        for name in names {
            match recipient(name, column, world, kind) {
                Err((what, advice)) => problems.push(cells.bad(column, what, advice)),
                Ok(unit) if found.contains(&unit.id) => {
                    let what = format!("“{name}”列了两次");
                    problems.push(cells.bad(column, what, "同一单位只列一次"));
                }
                Ok(unit) => {
                    found.push(unit.id);
                    recipients.push(serde_json::json!({ "unit_id": unit.id, "role": role }));
                }
            }
        }
    }
    recipients
}

fn recipient<'w>(
    name: &str,
    column: usize,
    world: &'w World,
    kind: Option<&Kind>,
) -> Result<&'w Unit, (String, &'static str)> {
    let found = world
        .units
        .iter()
        .find(|unit| unit.short_name == name || unit.full_name == name);
    let Some(unit) = found else {
        let advice = "用名录里的全称或简称，几个单位之间用顿号或分号分开";
        return Err((format!("文枢中没有名为“{name}”的单位"), advice));
    };
    if unit.id == world.own.id {
        return Err((format!("“{name}”是本单位"), "删去本单位"));
    }
    if !unit.active {
        return Err((format!("“{name}”已停用"), "改为承继其职能的单位"));
    }
    let fits = |kind: &Kind| kind.recipient_branches.contains(&unit.branch);
    if column == MAIN && !kind.is_none_or(fits) {
        return Err((format!("此种类不能主送“{name}”"), "改为抄送，或更换种类"));
    }
    Ok(unit)
}

/// The names in a cell.
fn pieces(cell: &str) -> impl Iterator<Item = &str> {
    let parts = cell.split(['、', ';', '；', ',', '，', '\n']);
    parts.map(str::trim).filter(|part| !part.is_empty())
}
