//! What a draft says: the title, the recipients, and what its kind asks for.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    Arguments,
    session::{Recipient, Session},
    source::{Item, Law, Sources, shortened},
};
use crate::cli::client::{
    http::{Ask, Client, Tokens},
    trouble::Result,
};

/// What a corpus can fill in by itself.
const FROM_A_CORPUS: [&str; 5] = [
    "regulation_title",
    "force_level",
    "maker",
    "in_force_on",
    "regulation_number",
];

/// A kind of document, as far as drafting needs it.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Kind {
    code: String,
    name: String,
    fields: Vec<Field>,
}

#[derive(Debug, Deserialize)]
struct Field {
    name: String,
    label: String,
    kind: String,
    required: bool,
    max_chars: usize,
}

impl Kind {
    /// Fetches a kind.
    pub(in crate::cli) async fn fetch(
        client: &Client,
        who: &impl Tokens,
        code: &str,
    ) -> Result<Self> {
        let path: String = url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
        client.ask(who, Ask::get(format!("kinds/{path}"))).await
    }
}

/// The form that each draft is filled in on.
pub(super) struct Form {
    kind: Kind,
    /// What is the same in all of them.
    given: Map<String, Value>,
    prefix: Option<String>,
}

impl Form {
    /// Fetches the kind and fills in what was given with the command.
    pub(super) async fn fetch(
        client: &Client,
        who: &Session,
        arguments: &Arguments,
    ) -> Result<Self> {
        let kind = Kind::fetch(client, who, &arguments.kind).await?;
        let given = given(&kind, &arguments.fields)?;
        Ok(Self {
            kind,
            given,
            prefix: arguments.prefix.clone(),
        })
    }

    /// Says at once what every item of a source would be refused for.
    pub(super) fn check_given(&self, sources: &Sources) -> std::result::Result<(), String> {
        let missing = |filled: &[&str]| -> Vec<String> {
            let fields = self.kind.fields.iter().filter(|field| field.required);
            fields
                .filter(|field| !self.given.contains_key(&field.name))
                .filter(|field| !filled.contains(&field.name.as_str()))
                .map(|field| format!("--field {}=…（{}）", field.name, field.label))
                .collect()
        };
        let mut missing = if sources.has_files() {
            missing(&["regulation_title"])
        } else {
            missing(&FROM_A_CORPUS)
        };
        if !sources.has_files() && !sources.has_corpus() {
            missing.clear();
        }
        if missing.is_empty() {
            return Ok(());
        }
        let Kind { code, name, .. } = &self.kind;
        Err(format!(
            "文书种类“{name}”（{code}）还须填写：{}",
            missing.join("、")
        ))
    }

    /// The body of a draft.
    pub(super) fn draft(&self, item: &Item, file: Uuid, recipients: &[Recipient]) -> Value {
        let recipients: Vec<Value> = recipients
            .iter()
            .map(|recipient| json!({ "unit_id": recipient.unit.id, "role": "main" }))
            .collect();
        json!({
            "kind": self.kind.code,
            "title": item.title,
            "fields": self.fields(item),
            "files": [{ "file_id": file, "role": "main" }],
            "recipients": recipients,
        })
    }

    /// The body of the act of issuing.
    pub(super) fn issue(&self) -> Value {
        match &self.prefix {
            Some(prefix) => json!({ "prefix": prefix }),
            None => json!({}),
        }
    }

    fn fields(&self, item: &Item) -> Map<String, Value> {
        let mut fields = self.given.clone();
        for field in &self.kind.fields {
            if fields.contains_key(&field.name) {
                continue;
            }
            if let Some(text) = known(&field.name, item) {
                fields.insert(field.name.clone(), shortened(&text, field.max_chars).into());
            }
        }
        fields
    }
}

/// What the item itself says about a field.
fn known(field: &str, item: &Item) -> Option<String> {
    if field == "regulation_title" {
        return Some(item.bare_title().to_owned());
    }
    let law = item.law.as_ref()?;
    let text = match field {
        "force_level" => Some(force_level(law).to_owned()),
        "maker" => law.office.clone(),
        "in_force_on" => law.issued_date.clone(),
        "regulation_number" => law.doc_number.clone(),
        _ => None,
    };
    text.filter(|text| !text.trim().is_empty())
}

fn force_level(law: &Law) -> &'static str {
    match law.category.as_deref().unwrap_or_default() {
        "行政法规" => "administrative_regulation",
        "监察法规" => "supervision_regulation",
        "地方性法规" => "local_regulation",
        "部门规章" => "department_rule",
        "地方政府规章" => "local_rule",
        "司法解释" => "judicial_interpretation",
        "国务院文件" | "行政规范性文件" => "normative_document",
        "" | "裁判文书" | "案例" => "other",
        _ => "law",
    }
}

/// Reads `name=value`, each as its field is written in JSON.
pub(in crate::cli) fn given(
    kind: &Kind,
    options: &[String],
) -> std::result::Result<Map<String, Value>, String> {
    let mut given = Map::new();
    for option in options {
        let (name, text) = option
            .split_once('=')
            .ok_or_else(|| format!("--field {option} 应写成 名称=内容"))?;
        let field = kind
            .fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = kind
                    .fields
                    .iter()
                    .map(|field| field.name.as_str())
                    .collect();
                format!(
                    "“{}”没有 {name} 这一项，只有：{}",
                    kind.name,
                    names.join("、")
                )
            })?;
        let wrong = |what: &str| format!("--field {name}：“{}”应为{what}", field.label);
        match field.kind.as_str() {
            "text_list" | "choices" => match given.entry(name).or_insert_with(|| json!([])) {
                Value::Array(items) => items.push(text.into()),
                _ => return Err(wrong("列表")),
            },
            "bool" => {
                let value: bool = text.parse().map_err(|_| wrong(" true 或 false"))?;
                given.insert(name.to_owned(), value.into());
            }
            "number" => {
                let value: u64 = text.parse().map_err(|_| wrong("整数"))?;
                given.insert(name.to_owned(), value.into());
            }
            "adoptions" => {
                let value = serde_json::from_str(text).map_err(|_| wrong(" JSON 数组"))?;
                given.insert(name.to_owned(), value);
            }
            _ => {
                given.insert(name.to_owned(), text.into());
            }
        }
    }
    Ok(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> Kind {
        let field = |name: &str, kind: &str| json!({"name": name, "label": name, "kind": kind, "required": true, "max_chars": 9});
        let fields = [
            field("maker", "text"),
            field("problems", "text_list"),
            field("emergency", "bool"),
            field("cases", "number"),
        ];
        serde_json::from_value(json!({"code": "X", "name": "某函", "fields": fields})).unwrap()
    }

    #[test]
    fn options_become_what_their_fields_are_in_json() {
        let options = [
            "maker=甲=乙",
            "problems=一",
            "problems=二",
            "emergency=true",
            "cases=3",
        ];
        let read = given(&kind(), &options.map(str::to_owned)).unwrap();
        let expected = json!({
            "maker": "甲=乙", "problems": ["一", "二"], "emergency": true, "cases": 3
        });
        assert_eq!(Value::Object(read), expected);
        for wrong in ["maker", "colour=red", "emergency=yes", "cases=-1"] {
            assert!(given(&kind(), &[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }
}
