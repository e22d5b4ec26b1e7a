//! Checks a receipt without the hub: what the statements say, whether the signatures are good,
//! and whether each follows from the one before.

use std::{collections::HashMap, fmt::Write as _, fs, path::PathBuf, process::ExitCode};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use clap::Args;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::{Timestamp, tz::Offset};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{say, told};
use crate::domain::{DOES_NOT_PROVE, Event};

const FORMAT: &str = "wenshu-receipt-bundle/1";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 凭证包（GET /api/v1/receipts/{id}/bundle 的回答）
    file: PathBuf,
    /// 从别处得到的公钥（/.well-known/jwks.json）；不给出时用包内自带的
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// 从别处得到的公钥指纹（64 个十六进制字符）
    #[arg(long, value_name = "SHA256")]
    fingerprint: Option<String>,
}

#[derive(Deserialize)]
struct Bundle {
    format: String,
    receipt: Signed,
    chain: Vec<Signed>,
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Signed {
    statement: String,
    signature: String,
    key_id: String,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    crv: String,
    x: String,
    wenshu_usage: Option<String>,
}

/// As much of a statement as is compared and shown.
#[derive(Deserialize)]
struct Statement {
    origin: String,
    evidence_id: String,
    event: Event,
    event_time: Timestamp,
    doc: Value,
    sender: Value,
    recipient: Value,
    reply_due: Option<String>,
    prev: Option<String>,
}

/// Public keys by their name.
type Keys = HashMap<String, VerifyingKey>;

/// Checks a bundle and says what it proves.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let read = |path: &PathBuf| {
        fs::read(path).map_err(|error| format!("{}：{}", path.display(), told(&error)))
    };
    let bundle: Bundle = serde_json::from_slice(&read(&arguments.file)?)
        .map_err(|error| format!("{} 不是凭证包：{error}", arguments.file.display()))?;
    let given = match &arguments.keys {
        None => None,
        Some(path) => Some(
            serde_json::from_slice::<KeySet>(&read(path)?)
                .map_err(|error| format!("{} 不是公钥：{error}", path.display()))?,
        ),
    };
    let is_pinned = given.is_some() || arguments.fingerprint.is_some();
    let keys = keys_of(given.as_ref().map_or(&bundle.keys, |set| &set.keys));
    match check(&bundle, &keys, arguments.fingerprint.as_deref()) {
        Ok(statements) => {
            say(&report(&statements, &bundle, &keys, is_pinned));
            Ok(ExitCode::SUCCESS)
        }
        Err(reason) => {
            say(&format!("核对未通过：{reason}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The keys that sign evidence, by names that follow from the keys themselves.
fn keys_of(keys: &[Key]) -> Keys {
    let key = |key: &Key| {
        let is_other = key
            .wenshu_usage
            .as_deref()
            .is_some_and(|usage| usage != "evidence");
        if key.crv != "Ed25519" || is_other {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(&key.x).ok()?;
        let key = VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()?;
        Some((fingerprint(&key)[..16].to_owned(), key))
    };
    keys.iter().filter_map(key).collect()
}

fn fingerprint(key: &VerifyingKey) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

/// Checks everything; returns the statements, oldest first.
fn check(bundle: &Bundle, keys: &Keys, pinned: Option<&str>) -> Result<Vec<Statement>, String> {
    if bundle.format != FORMAT {
        return Err(format!("不认识的格式“{}”", bundle.format));
    }
    let mut statements = Vec::new();
    for signed in bundle.chain.iter().chain([&bundle.receipt]) {
        statements.push(check_signed(signed, keys, pinned)?);
    }
    let mut before: Option<&Statement> = None;
    for statement in &statements {
        check_link(before, statement)?;
        before = Some(statement);
    }
    let about = statements.last().map(|last| &last.recipient["unit"]);
    let strange = statements
        .iter()
        .find(|one| one.event != Event::Submission && Some(&one.recipient["unit"]) != about);
    match strange {
        Some(one) => Err(format!("凭证 {} 说的是另一个单位", one.evidence_id)),
        None => Ok(statements),
    }
}

fn check_signed(signed: &Signed, keys: &Keys, pinned: Option<&str>) -> Result<Statement, String> {
    let text = &signed.statement;
    let key = keys
        .get(&signed.key_id)
        .ok_or_else(|| format!("没有签名所用的公钥 {}，或公钥与其编号不符", signed.key_id))?;
    let wanted = pinned.map(|pinned| pinned.replace([':', ' '], "").to_ascii_lowercase());
    if wanted.is_some_and(|wanted| wanted != fingerprint(key)) {
        return Err(format!("公钥的指纹是 {}，与所给的不符", fingerprint(key)));
    }
    let signature = BASE64_URL_SAFE_NO_PAD.decode(&signed.signature).ok();
    let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
    let is_good =
        signature.is_some_and(|signature| key.verify_strict(text.as_bytes(), &signature).is_ok());
    if !is_good {
        return Err("签名与原文不符：原文被改动，或不是这把密钥所签".to_owned());
    }
    let value: Value = serde_json::from_str(text).map_err(|_| "凭证原文无法读取".to_owned())?;
    if serde_json_canonicalizer::to_string(&value).ok().as_ref() != Some(text) {
        return Err("凭证原文不是规范化的 JSON".to_owned());
    }
    serde_json::from_value(value).map_err(|error| format!("凭证原文无法读取：{error}"))
}

fn check_link(before: Option<&Statement>, statement: &Statement) -> Result<(), String> {
    let named = statement.prev.as_ref();
    if named != before.map(|before| &before.evidence_id) {
        return Err(format!("凭证 {} 与前一份不相连", statement.evidence_id));
    }
    let Some(before) = before else { return Ok(()) };
    if before.doc["id"] != statement.doc["id"] || before.origin != statement.origin {
        return Err(format!("凭证 {} 说的是另一件文书", statement.evidence_id));
    }
    if before.event_time > statement.event_time {
        return Err(format!("凭证 {} 的时间早于前一份", statement.evidence_id));
    }
    Ok(())
}

fn report(statements: &[Statement], bundle: &Bundle, keys: &Keys, is_pinned: bool) -> String {
    let Some(last) = statements.last() else {
        return String::new();
    };
    let text = |value: &Value| value.as_str().unwrap_or("（无）").to_owned();
    let party = |party: &Value| {
        let code = party["credit_code"].as_str();
        let code = code.map(|code| format!("，统一社会信用代码 {code}"));
        format!("{}{}", text(&party["unit"]), code.unwrap_or_default())
    };
    let mut lines = format!(
        "核对通过：{} 份凭证的签名有效，前后相连\n",
        statements.len()
    );
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(lines, "  {name}：{value}");
    };
    line("文号", &text(&last.doc["doc_number"]));
    line("文书", &text(&last.doc["id"]));
    line("内容摘要", &text(&last.doc["manifest"]));
    line("发文单位", &party(&last.sender));
    line("收件单位", &party(&last.recipient));
    if let Some(due) = &last.reply_due {
        line("回复期限", due);
    }
    line("文枢", &last.origin);
    for one in statements {
        line(
            one.event.label(),
            &format!("{}　{}", beijing(one.event_time), one.evidence_id),
        );
    }
    line("证明", last.event.proves());
    for sentence in DOES_NOT_PROVE {
        line("不证明", sentence);
    }
    if let Some(key) = keys.get(&bundle.receipt.key_id) {
        line("公钥指纹", &fingerprint(key));
    }
    if !is_pinned {
        line(
            "注意",
            "公钥取自凭证包本身，只说明包内自相一致；请与文枢公布的公钥或指纹核对（--keys 或 --fingerprint）",
        );
    }
    lines.trim_end().to_owned()
}

fn beijing(at: Timestamp) -> String {
    let at = Offset::constant(8).to_datetime(at);
    at.strftime("%Y-%m-%d %H:%M:%S%.3f 北京时间").to_string()
}
