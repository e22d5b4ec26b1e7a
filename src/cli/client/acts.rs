//! The inbox, fetching and signing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Desk,
    http::Ask,
    key, text,
    trouble::{Result, Trouble},
};
use crate::cli::{say, told};

#[derive(Debug, Args)]
pub(super) struct Inbox {
    /// 状态：arrived、read、signed 等
    #[arg(long)]
    state: Option<String>,
    /// 哪一格，原样传给接口的 box 参数
    #[arg(long = "box", value_name = "BOX")]
    folder: Option<String>,
    /// 最多几件，1 至 100
    #[arg(long, default_value_t = 50)]
    limit: u32,
}

#[derive(Debug, Args)]
pub(super) struct Fetch {
    /// 文书编号
    id: Uuid,
    /// 放到哪个文件夹
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Sign {
    /// 投递编号或文书编号
    id: Uuid,
    /// 备注
    #[arg(long)]
    note: Option<String>,
}

impl Desk {
    pub(super) async fn inbox(&self, asked: Inbox) -> Result<()> {
        let mut ask = Ask::get("deliveries").with("limit", asked.limit.to_string());
        if let Some(state) = asked.state {
            ask = ask.with("state", state);
        }
        if let Some(folder) = asked.folder {
            ask = ask.with("box", folder);
        }
        let page: Value = self.client.ask(&self.who, ask).await?;
        self.show(&page, |page| {
            let items = page["items"].as_array().cloned().unwrap_or_default();
            let line = |one: &Value| {
                let document = &one["document"];
                format!(
                    "{}\t{}\t{}\t{}\t{}\t{}",
                    text(one, "/id"),
                    text(one, "/state_label"),
                    text(one, "/sent_at"),
                    text(document, "/unit/name"),
                    text(document, "/doc_number"),
                    text(document, "/title"),
                )
            };
            items.iter().map(line).collect::<Vec<_>>().join("\n")
        });
        Ok(())
    }

    pub(super) async fn fetch(&self, asked: Fetch) -> Result<()> {
        let folder = self.fetch_into(asked.id, &asked.out).await?;
        let done = json!({ "document_id": asked.id, "folder": folder });
        self.show(&done, |_| folder.display().to_string());
        Ok(())
    }

    /// Fetches a document into a folder named by its id; the folder gets its name when all of it
    /// is there and fits its digests.
    pub(super) async fn fetch_into(&self, id: Uuid, out: &Path) -> Result<PathBuf> {
        let wrong = |error: std::io::Error| format!("{}：{}", out.display(), told(&error));
        let whole = out.join(id.to_string());
        if whole.exists() {
            return Ok(whole);
        }
        let half = out.join(format!(".{id}.part"));
        if half.exists() {
            fs::remove_dir_all(&half).map_err(wrong)?;
        }
        fs::create_dir_all(&half).map_err(wrong)?;
        let ask = Ask::get(format!("documents/{id}"));
        let document: Value = self.client.ask(&self.who, ask).await?;
        let files = document["files"].as_array().cloned().unwrap_or_default();
        for (place, file) in (1..).zip(&files) {
            let path = format!("documents/{id}/files/{}", text(file, "/id"));
            // Two files of a document may bear one name, and none may name another folder.
            let name = text(file, "/name").replace(['/', '\\', '\0'], "_");
            let to = half.join(format!("{place:02}-{name}"));
            let digest = self.client.download(&self.who, &path, &to).await?;
            if digest != text(file, "/sha256") {
                let said = format!("“{name}”与其摘要不符，请重新取");
                return Err(Trouble::Stop(said));
            }
        }
        let shown = serde_json::to_string_pretty(&document).map_err(|error| told(&error))?;
        fs::write(half.join("document.json"), shown).map_err(wrong)?;
        fs::rename(&half, &whole).map_err(wrong)?;
        let folder = fs::File::open(out).map_err(wrong)?;
        folder.sync_all().map_err(wrong)?;
        Ok(whole)
    }

    pub(super) async fn sign(&self, asked: Sign) -> Result<()> {
        let id = self.delivery_of(asked.id).await?;
        let body = match asked.note {
            Some(note) => json!({ "note": note }),
            None => json!({}),
        };
        let ask = Ask::post(format!("deliveries/{id}/sign"), &body).once(key());
        let signed: Value = self.client.ask(&self.who, ask).await?;
        self.show(&signed, |signed| {
            let receipt = text(signed, "/receipt/id");
            format!("已签收，凭证 {receipt}")
        });
        Ok(())
    }

    /// The delivery that an id stands for, be it the document's.
    async fn delivery_of(&self, id: Uuid) -> Result<String> {
        let ask = Ask::get(format!("deliveries/{id}"));
        match self.client.ask::<Value>(&self.who, ask).await {
            Ok(delivery) => return Ok(text(&delivery, "/id").to_owned()),
            Err(Trouble::Refused(refusal)) if refusal.slug == "not-found" => {}
            Err(trouble) => return Err(trouble),
        }
        let ask = Ask::get(format!("documents/{id}/deliveries"));
        let page: Value = self.client.ask(&self.who, ask).await?;
        let first = text(&page, "/items/0/id");
        if first.is_empty() {
            return Err(Trouble::Stop("这件文书没有投递给本单位".to_owned()));
        }
        Ok(first.to_owned())
    }

    /// Says something that is no answer, where a person looks.
    pub(super) fn remark(&self, sentence: &str) {
        if !self.json {
            say(sentence);
        }
    }
}
