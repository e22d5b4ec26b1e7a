//! What a unit's own system has issued: it comes complete, with its number, and goes out at once.

use super::NumberWish;
use crate::{
    app::{Error, Fault, Result, Work},
    domain::{
        Digest, DocNumber, Document, DocumentState, Draft, FileId, FileRole, Numbering, Scope,
        UnitId,
    },
};

/// The longest reference of a client's own.
const REFERENCE_MAX: usize = 128;

/// Which upload is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileWish {
    /// The one with this id.
    Id(FileId),
    /// The unit's newest with this content.
    Content(Digest),
}

/// A document that was issued in the unit's own system.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// What the client calls it; never two documents are sent under one reference.
    pub reference: String,
    /// SHA-256 of what is asked.
    pub fingerprint: [u8; 32],
    /// What it says; its files are named by `files`.
    pub draft: Draft,
    /// Its files, in order.
    pub files: Vec<(FileWish, FileRole)>,
    /// The number that it was given.
    pub number: Option<DocNumber>,
}

/// What came of a dispatch.
#[derive(Debug, Clone)]
pub enum Dispatched {
    /// It has been sent just now.
    Now(Document),
    /// It had been sent before under the same reference.
    Before(Document),
}

impl Work {
    /// Sends a document that the unit's own system has issued. The program that brings it stands
    /// for the issuing, so that everybody can see that no signer did it here. Asked again with
    /// the same reference, shows the same document.
    pub async fn dispatch(&mut self, dispatch: Dispatch) -> Result<Dispatched> {
        let unit = self.caller.machine(Scope::Send)?;
        let client = self.caller.client();
        let reference = tidy_reference(&dispatch.reference)?;
        let now = self.now;
        let taken = self
            .tx
            .clients()
            .take_reference(client, &reference, &dispatch.fingerprint, now)
            .await?;
        if !taken {
            return self
                .dispatched_before(&reference, &dispatch.fingerprint)
                .await
                .map(Dispatched::Before);
        }
        let mut draft = dispatch.draft;
        draft.files = self.wished_files(unit, &dispatch.files).await?;
        if !draft.joint_issuers.is_empty() {
            let detail = "联合发文须在文枢会签，不能由程序账号直接发送";
            return Err(Error::invalid("/joint_issuers", "not_allowed", detail));
        }
        let document = self.draft(draft).await?;
        let document = self.adopt_issue(document, dispatch.number).await?;
        let document = self.send(document.id).await?;
        self.tx
            .clients()
            .keep_reference(client, &reference, document.id)
            .await?;
        Ok(Dispatched::Now(document))
    }

    async fn dispatched_before(&mut self, reference: &str, fingerprint: &[u8]) -> Result<Document> {
        let client = self.caller.client();
        let known = self.tx.clients().referred(client, reference).await?;
        // On PostgreSQL the other unit of work may have been seen in the insert and not yet here.
        let (id, before) = known.ok_or(Error::KeyBusy)?;
        if before != fingerprint {
            let detail = "此编号已用于内容不同的另一件文书";
            return Err(Error::Taken(Fault::at(
                "/client_reference",
                "taken",
                detail,
            )));
        }
        self.own_document(id).await
    }

    /// Takes over that a document was issued elsewhere, under the number that it has there.
    async fn adopt_issue(
        &mut self,
        document: Document,
        number: Option<DocNumber>,
    ) -> Result<Document> {
        let kind = self.kind(&document.kind)?;
        if number.is_none() && kind.numbering != Numbering::Optional {
            let detail = "在本单位系统签发的文书须填写发文字号";
            return Err(Error::invalid("/doc_number", "required", detail));
        }
        debug_assert_eq!(document.state, DocumentState::Draft);
        let wish = NumberWish {
            number,
            prefix: None,
        };
        self.put_in_force(document, wish).await
    }

    async fn wished_files(
        &mut self,
        unit: UnitId,
        wished: &[(FileWish, FileRole)],
    ) -> Result<Vec<(FileId, FileRole)>> {
        let mut files = Vec::new();
        for (place, (wish, role)) in wished.iter().enumerate() {
            let id = match wish {
                FileWish::Id(id) => *id,
                FileWish::Content(digest) => {
                    let found = self.tx.files().find_content(unit, digest).await?;
                    let missing = || {
                        let pointer = format!("/files/{place}/sha256");
                        Error::invalid(pointer, "unknown", "本单位没有上传过此内容的文件")
                    };
                    found.ok_or_else(missing)?.id
                }
            };
            files.push((id, *role));
        }
        Ok(files)
    }
}

fn tidy_reference(text: &str) -> Result<String> {
    let text = text.trim();
    let fits =
        (1..=REFERENCE_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        let detail = format!("须为 1 至 {REFERENCE_MAX} 个字，不含控制字符");
        Err(Error::invalid("/client_reference", "malformed", detail))
    }
}
