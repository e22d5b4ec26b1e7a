//! Sending: upload, draft, and on from there as far as the roles of whoever asks allow.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Desk,
    http::{Ask, Content},
    key, text,
    trouble::{Result, Trouble},
};
use crate::cli::{
    import::{
        draft::{Kind, given},
        session::{find, units},
    },
    told,
};

/// What a document says.
#[derive(Debug, Args)]
struct Words {
    /// 文书种类编码
    #[arg(long)]
    kind: String,
    /// 标题
    #[arg(long)]
    title: String,
    /// 文件，第一个为正文，其余为附件；可重复
    #[arg(long = "file", value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// 该种类要求的内容，如 --field signer=张三；可重复，同名的合为一个列表
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
    /// 文书写明的回复期限
    #[arg(long, value_name = "DATE")]
    reply_due_on: Option<String>,
    /// 发文字号；程序账号必填（该种类须编号时），人员不填则自动编号
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// 签发日期，仅程序账号，必填
    #[arg(long, value_name = "DATE")]
    issued_on: Option<String>,
    /// 本单位系统中的编号，仅程序账号；同一编号只会发送一件
    #[arg(long, value_name = "REFERENCE")]
    reference: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Send {
    #[command(flatten)]
    words: Words,
    /// 主送单位的全称或简称，可重复
    #[arg(long = "to", value_name = "UNIT", required = true)]
    to: Vec<String>,
    /// 抄送单位，可重复
    #[arg(long = "copy", value_name = "UNIT")]
    copy: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Reply {
    /// 所回复的文书编号
    id: Uuid,
    #[command(flatten)]
    words: Words,
}

impl Desk {
    pub(super) async fn send(&self, asked: Send) -> Result<()> {
        let units = units(&self.client, &self.who).await?;
        let mut recipients = Vec::new();
        for (names, role) in [(&asked.to, "main"), (&asked.copy, "copy")] {
            for name in names {
                let unit = find(&units, name)?;
                recipients.push(json!({ "unit_id": unit.id, "role": role }));
            }
        }
        self.carry(asked.words, json!({ "recipients": recipients }))
            .await
    }

    pub(super) async fn reply(&self, asked: Reply) -> Result<()> {
        self.carry(asked.words, json!({ "in_reply_to": asked.id }))
            .await
    }

    async fn carry(&self, words: Words, mut body: Value) -> Result<()> {
        let kind = Kind::fetch(&self.client, &self.who, &words.kind).await?;
        body["kind"] = json!(words.kind);
        body["title"] = json!(words.title);
        body["fields"] = Value::Object(given(&kind, &words.fields)?);
        if let Some(date) = &words.reply_due_on {
            body["reply_due_on"] = json!(date);
        }
        body["files"] = self.upload(&words.files).await?;
        if self.who.is_machine() {
            self.dispatch(words, body).await
        } else {
            self.draft(words, body).await
        }
    }

    async fn upload(&self, files: &[PathBuf]) -> Result<Value> {
        let mut uploaded = Vec::new();
        for path in files {
            let content = Content::File(path.clone());
            let digest = content.digest().await;
            let (digest, size) =
                digest.map_err(|error| format!("{}：{}", path.display(), told(&error)))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let ask = Ask::upload(&name, &content, size).once(key());
            let file: Value = self.client.ask(&self.who, ask).await?;
            if text(&file, "/sha256") != digest {
                let said = format!("{} 上传时变化了，请再试", path.display());
                return Err(Trouble::Stop(said));
            }
            let role = if uploaded.is_empty() {
                "main"
            } else {
                "attachment"
            };
            uploaded.push(json!({ "file_id": file["id"], "role": role }));
        }
        Ok(Value::Array(uploaded))
    }

    /// A program sends what its own system has issued.
    async fn dispatch(&self, words: Words, mut body: Value) -> Result<()> {
        let missing = |what: &str| Trouble::Stop(format!("程序账号发文须给出 {what}"));
        body["issued_on"] = json!(words.issued_on.ok_or_else(|| missing("--issued-on"))?);
        body["client_reference"] = json!(words.reference.ok_or_else(|| missing("--reference"))?);
        if let Some(number) = words.number {
            body["doc_number"] = json!(number);
        }
        let batch = json!({ "documents": [body] });
        let ask = Ask::post("documents/batch", &batch);
        let answer: Value = self.client.ask(&self.who, ask).await?;
        let item = &answer["items"][0];
        if let Some(problem) = item.get("problem") {
            let fault = text(problem, "/errors/0/detail");
            let place = text(problem, "/errors/0/pointer");
            let said = format!("{} {place} {fault}", text(problem, "/detail"));
            return Err(Trouble::Forbidden(said.trim_end().to_owned()));
        }
        self.show(&item["document"], |document| {
            format!(
                "已发送\t{}\t{}",
                text(document, "/id"),
                text(document, "/doc_number")
            )
        });
        Ok(())
    }

    /// A person drafts, and goes on as far as their roles allow.
    async fn draft(&self, words: Words, body: Value) -> Result<()> {
        let ask = Ask::post("documents", &body).once(key());
        let draft: Value = self.client.ask(&self.who, ask).await?;
        let path = format!("documents/{}", text(&draft, "/id"));
        let number = match words.number {
            Some(number) => json!({ "doc_number": number }),
            None => json!({}),
        };
        let mut document = draft;
        for (act, body) in [
            ("submit", json!({})),
            ("issue", number),
            ("send", json!({})),
        ] {
            let ask = Ask::post(format!("{path}/{act}"), &body).once(key());
            match self.client.ask::<Value>(&self.who, ask).await {
                Ok(next) => document = next,
                // Somebody else has the next step.
                Err(Trouble::Forbidden(reason)) => {
                    self.remark(&reason);
                    break;
                }
                Err(trouble) => return Err(trouble),
            }
        }
        self.show(&document, |document| {
            format!(
                "{}\t{}\t{}",
                text(document, "/state_label"),
                text(document, "/id"),
                text(document, "/doc_number")
            )
        });
        Ok(())
    }
}
