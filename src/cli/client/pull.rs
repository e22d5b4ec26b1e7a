//! The loop of a program that fetches: lease, fetch all of it, acknowledge. What breaks off before
//! the acknowledgement comes again.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Desk,
    http::Ask,
    key, text,
    trouble::{Result, Trouble},
};

#[derive(Debug, Args)]
pub(super) struct Pull {
    /// 放到哪个文件夹，每件一个子文件夹
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// 取完就结束；不给出则一直等候新的
    #[arg(long)]
    once: bool,
    /// 一次租几件
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u8).range(1..=100))]
    max: u8,
    /// 租约秒数
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u16).range(30..=3600))]
    seconds: u16,
    /// 没有新件时隔多少秒再看
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=3600))]
    every: u16,
}

impl Desk {
    pub(super) async fn pull(&self, asked: Pull) -> Result<()> {
        loop {
            let body = json!({ "max": asked.max, "seconds": asked.seconds });
            let ask = Ask::post("deliveries/lease", &body).once(key());
            let lease: Value = self.client.ask(&self.who, ask).await?;
            let items = lease["items"].as_array().cloned().unwrap_or_default();
            for item in &items {
                self.take(&lease, item, &asked).await?;
            }
            if !items.is_empty() {
                continue;
            }
            if asked.once {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(asked.every.into())).await;
        }
    }

    async fn take(&self, lease: &Value, item: &Value, asked: &Pull) -> Result<()> {
        let document: Uuid = text(item, "/document_id")
            .parse()
            .map_err(|_| Trouble::Stop("文枢的回答无法读取".to_owned()))?;
        let folder = self.fetch_into(document, &asked.out).await?;
        let body = json!({ "lease_id": lease["lease_id"] });
        let path = format!("deliveries/{}/ack", text(item, "/id"));
        let ask = Ask::post(path, &body).once(key());
        match self.client.ask::<Value>(&self.who, ask).await {
            Ok(_) => {}
            // The lease ran out over the fetching: it comes again and is known by its folder.
            Err(Trouble::Refused(refusal)) if refusal.slug == "wrong-state" => {
                self.remark(&refusal.reason);
                return Ok(());
            }
            Err(trouble) => return Err(trouble),
        }
        let done = json!({
            "document_id": document,
            "delivery_id": item["id"],
            "folder": folder,
        });
        self.show(&done, |_| {
            format!("{}\t{}", folder.display(), text(item, "/document/title"))
        });
        Ok(())
    }
}
