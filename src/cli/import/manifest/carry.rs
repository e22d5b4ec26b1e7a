//! Carries what was checked: upload, draft, issue under its own number, send as a document of
//! the past. Each step is done once, however often the import is begun again.

use std::{fmt, path::Path};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{
    super::{
        answers::{Document, Uploaded},
        carry::has_passed,
        journal::Journal,
        session::{Party, Session},
        source::Mark,
    },
    check::Entry,
    csv,
};
use crate::cli::{
    client::{
        http::{Ask, Client, Content},
        trouble::{Refusal, Result, Trouble},
    },
    told,
};

pub(super) struct Carrier<'a> {
    pub(super) client: &'a Client,
    pub(super) party: &'a Party,
    pub(super) journal: &'a Journal,
    pub(super) batch: &'a str,
}

/// What became of one row.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) row: usize,
    name: String,
    title: String,
    fate: Fate,
}

#[derive(Debug)]
enum Fate {
    Sent(Uuid),
    /// An earlier run had sent it.
    Finished(Uuid),
    Refused(String),
}

impl Outcome {
    pub(super) fn is_refused(&self) -> bool {
        matches!(self.fate, Fate::Refused(_))
    }

    pub(super) fn was_finished(&self) -> bool {
        matches!(self.fate, Fate::Finished(_))
    }

    fn cells(&self) -> Vec<String> {
        let (fate, reason, id) = match &self.fate {
            Fate::Sent(id) => ("已发送", "", id.to_string()),
            Fate::Finished(id) => ("此前已完成", "", id.to_string()),
            Fate::Refused(reason) => ("未受理", reason.as_str(), String::new()),
        };
        let row = self.row.to_string();
        let (name, title) = (self.name.clone(), self.title.clone());
        vec![row, name, title, fate.to_owned(), reason.to_owned(), id]
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行 {}", self.row, self.name)?;
        match &self.fate {
            Fate::Refused(reason) => write!(f, "：{reason}"),
            _ => Ok(()),
        }
    }
}

/// What became of every row, as a table.
pub(super) fn outcomes_csv(outcomes: &[Outcome]) -> String {
    let header = ["行", "文号", "标题", "结果", "说明", "文书编号"];
    csv::written(&header, outcomes.iter().map(Outcome::cells))
}

/// A file that is to be uploaded.
struct File {
    content: Content,
    name: String,
    sha256: String,
    size: u64,
}

impl Carrier<'_> {
    /// Carries one entry. An error ends the import; what the hub does not accept does not.
    pub(super) async fn carry(&self, entry: &Entry) -> std::result::Result<Outcome, String> {
        let fate = match self.try_carry(entry).await {
            Ok(fate) => fate,
            Err(Trouble::Refused(refusal)) => Fate::Refused(refusal.reason),
            Err(stop) => return Err(stop.told()),
        };
        Ok(Outcome {
            row: entry.row,
            name: entry.name.clone(),
            title: entry.title.clone(),
            fate,
        })
    }

    async fn try_carry(&self, entry: &Entry) -> Result<Fate> {
        let mut files = Vec::new();
        for path in &entry.files {
            files.push(File::open(path).await?);
        }
        let mark = mark(entry, &files);
        let drafted = self.noted(&mark, "draft")?;
        if let Some(id) = drafted
            && self.journal.done(&mark, "send").is_some()
        {
            return Ok(Fate::Finished(id));
        }
        let id = match drafted {
            Some(id) => id,
            None => self.draft(entry, &mark, &files).await?,
        };
        let issue = match &entry.number {
            Some(number) => json!({ "doc_number": number.to_string() }),
            None => json!({}),
        };
        let clerk = self.party.drafter();
        self.act(&mark, id, "submit", clerk, json!({})).await?;
        self.act(&mark, id, "issue", self.party.signer(), issue)
            .await?;
        let send = json!({ "historic": true });
        self.act(&mark, id, "send", clerk, send).await?;
        Ok(Fate::Sent(id))
    }

    async fn draft(&self, entry: &Entry, mark: &Mark, files: &[File]) -> Result<Uuid> {
        // An upload that became part of nothing for a day has been cleared away: then once more.
        for attempt in 0..2 {
            let mut body = entry.draft.clone();
            body["files"] = self.upload(mark, files, attempt).await?;
            let key = self.key(mark, &format!("draft {}", body["files"]));
            let ask = Ask::post("documents", &body).once(key);
            match self.client.ask::<Document>(self.party.drafter(), ask).await {
                Ok(document) => {
                    let id = document.id.to_string();
                    self.journal.note(mark, "draft", &id).await?;
                    return Ok(document.id);
                }
                Err(Trouble::Refused(refusal)) if attempt == 0 && lost_a_file(&refusal) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Err(refused("文件上传后又被清除，请重新导入"))
    }

    async fn upload(&self, mark: &Mark, files: &[File], attempt: usize) -> Result<Value> {
        let mut uploaded = Vec::new();
        for (place, file) in files.iter().enumerate() {
            let step = format!("upload {place} {attempt}");
            let id = if let Some(id) = self.noted(mark, &step)? {
                id
            } else {
                let ask = Ask::upload(&file.name, &file.content, file.size);
                let ask = ask.once(self.key(mark, &step));
                let answer = self.client.ask(self.party.drafter(), ask).await;
                let answer: Uploaded = answer.map_err(|trouble| about(&file.name, trouble))?;
                if answer.sha256 != file.sha256 {
                    return Err(refused("文件在导入时被修改，请重新导入"));
                }
                self.journal
                    .note(mark, &step, &answer.id.to_string())
                    .await?;
                answer.id
            };
            let role = if place == 0 { "main" } else { "attachment" };
            uploaded.push(json!({ "file_id": id, "role": role }));
        }
        Ok(uploaded.into())
    }

    /// Issues or sends, unless that is done.
    async fn act(
        &self,
        mark: &Mark,
        document: Uuid,
        step: &'static str,
        who: &Session,
        body: Value,
    ) -> Result<()> {
        if self.journal.done(mark, step).is_some() {
            return Ok(());
        }
        let ask = Ask::post(format!("documents/{document}/{step}"), &body);
        let ask = ask.once(self.key(mark, step));
        match self.client.ask::<Value>(who, ask).await {
            Ok(_) => {}
            Err(Trouble::Refused(refusal)) if refusal.slug == "wrong-state" => {
                // Done before, so long ago that the hub has forgotten its key.
                let ask = Ask::get(format!("documents/{document}"));
                let found: Document = self.client.ask(self.party.drafter(), ask).await?;
                if !has_passed(&found.state, step) {
                    return Err(Trouble::Refused(refusal));
                }
            }
            Err(trouble) => return Err(trouble),
        }
        self.journal.note(mark, step, "").await?;
        Ok(())
    }

    fn noted(&self, mark: &Mark, step: &str) -> std::result::Result<Option<Uuid>, String> {
        let noted = self.journal.done(mark, step);
        let noted = noted.map(|id| Uuid::try_parse(&id)).transpose();
        noted.map_err(|_| format!("日志中 {} 的编号无法读取", mark.name))
    }

    /// The same step of the same document of the same batch has the same key in every run.
    fn key(&self, mark: &Mark, step: &str) -> String {
        format!(
            "manifest-{}",
            digest_of(&[self.batch, &mark.name, &mark.sha256, step])
        )
    }
}

impl File {
    async fn open(path: &Path) -> Result<Self> {
        let content = Content::File(path.to_owned());
        let digest = content.digest().await;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let (sha256, size) =
            digest.map_err(|error| refused(&format!("文件“{name}”无法读取：{}", told(&error))))?;
        Ok(Self {
            content,
            name,
            sha256,
            size,
        })
    }
}

/// Names an entry with all that it says and holds, not with the row in which it stands.
fn mark(entry: &Entry, files: &[File]) -> Mark {
    let draft = entry.draft.to_string();
    let names = files
        .iter()
        .flat_map(|file| [file.name.as_str(), file.sha256.as_str()]);
    let parts: Vec<&str> = std::iter::once(draft.as_str()).chain(names).collect();
    Mark {
        name: entry.name.clone(),
        sha256: digest_of(&parts),
    }
}

fn digest_of(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

fn lost_a_file(refusal: &Refusal) -> bool {
    let mut faults = refusal.faults.iter();
    faults.any(|(pointer, code)| pointer.starts_with("/files/") && code == "unknown")
}

fn about(file: &str, trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Refused(refusal) => Trouble::Refused(Refusal {
            reason: format!("文件“{file}”：{}", refusal.reason),
            ..refusal
        }),
        stop => stop,
    }
}

fn refused(reason: &str) -> Trouble {
    Trouble::Refused(Refusal {
        reason: reason.to_owned(),
        ..Refusal::default()
    })
}
