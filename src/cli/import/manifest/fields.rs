//! What the kind of a document asks for, from the columns that have its labels.

use serde_json::{Map, Value};

use super::{
    Problem,
    check::Cells,
    dates,
    world::{Field, Kind},
};

/// Fills in the fields of a kind; tells what is missing and what is wrong.
pub(super) fn fill_in(
    cells: &Cells<'_>,
    kind: &Kind,
    problems: &mut Vec<Problem>,
) -> Map<String, Value> {
    let mut filled = Map::new();
    for field in &kind.fields {
        let cell = cells.under(&[&field.label, &field.name]);
        let (column, text) = cell.unwrap_or((&field.label, ""));
        if text.is_empty() {
            if field.required {
                let what = format!("“{}”必须填写，这里没有", kind.name);
                problems.push(cells.wrong(&field.label, what, "加上这一列并填写"));
            }
            continue;
        }
        match value(field, text) {
            Ok(value) => {
                filled.insert(field.name.clone(), value);
            }
            Err(what) => problems.push(cells.wrong(column, what, &advice(field))),
        }
    }
    for group in &kind.any_of {
        if !group.iter().any(|name| filled.contains_key(name)) {
            let label = |name: &String| {
                let field = kind.fields.iter().find(|field| field.name == *name);
                field.map_or_else(|| name.clone(), |field| field.label.clone())
            };
            let labels: Vec<String> = group.iter().map(label).collect();
            let what = "至少填写其中一项，这里都没有";
            problems.push(cells.wrong(&labels.join("或"), what, "填写其中一列"));
        }
    }
    filled
}

fn value(field: &Field, text: &str) -> Result<Value, String> {
    let fits = |text: &str| {
        if text.chars().count() > field.max_chars {
            return Err(format!("超过 {} 字", field.max_chars));
        }
        Ok(text.to_owned())
    };
    let choice = |text: &str| {
        let found = field
            .choices
            .iter()
            .find(|one| one.label == text || one.code == text);
        found
            .map(|one| one.code.clone())
            .ok_or_else(|| format!("没有“{text}”这一选项"))
    };
    let items = || {
        text.split(['\n', ';', '；'])
            .map(str::trim)
            .filter(|item| !item.is_empty())
    };
    match field.kind.as_str() {
        "date" => dates::parse(text)
            .map(|day| day.to_string().into())
            .ok_or_else(|| format!("“{text}”不是日期")),
        "choice" => choice(text).map(Value::from),
        "choices" => items()
            .map(choice)
            .collect::<Result<Vec<_>, _>>()
            .map(Value::from),
        "text_list" => items()
            .map(fits)
            .collect::<Result<Vec<_>, _>>()
            .map(Value::from),
        "bool" => match text {
            "是" | "true" | "TRUE" | "1" => Ok(true.into()),
            "否" | "false" | "FALSE" | "0" => Ok(false.into()),
            _ => Err(format!("“{text}”既不是“是”也不是“否”")),
        },
        "number" => text
            .parse::<u64>()
            .map(Value::from)
            .map_err(|_| format!("“{text}”不是整数")),
        "adoptions" => Err("清单不能填写逐项采纳情况".to_owned()),
        "long_text" => fits(text).map(Value::from),
        _ if text.contains('\n') => Err("只能写一行".to_owned()),
        _ => fits(text).map(Value::from),
    }
}

fn advice(field: &Field) -> String {
    match field.kind.as_str() {
        "date" => "写成 2019-05-06 或 2019年5月6日".to_owned(),
        "choice" | "choices" => {
            let labels: Vec<&str> = field.choices.iter().map(|one| one.label.as_str()).collect();
            format!("只能是：{}", labels.join("、"))
        }
        "bool" => "填写“是”或“否”".to_owned(),
        "number" => "填写阿拉伯数字".to_owned(),
        "adoptions" => "用接口拟稿".to_owned(),
        _ => "缩短或改写".to_owned(),
    }
}
