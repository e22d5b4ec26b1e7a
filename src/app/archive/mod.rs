//! The 档案包 of a document: its files, what it is and what has happened to it, and the statements
//! that prove it, in one ZIP that can be read and checked without the hub. Somebody gets in it
//! what they may see, and nothing else.
//!
//! Everything but the files is small and is put together first, so that the list of digests is
//! known before a byte of a file is read. Two packages of the same are therefore known to be the
//! same by their [`Package::fingerprint`] alone.

mod facts;
mod names;
mod parcel;
mod proofs;

use std::fmt::Write as _;

use bytes::Bytes;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

pub use parcel::Parcel;

use super::{Caller, Error, Hub, Result, exchange::IN_QUARANTINE};
use crate::domain::{Delivery, Digest, Document, DocumentId, Evidence, Subject, UnitId};

/// How whoever holds the package can check it.
const GUIDE: &str = include_str!("说明.txt");
/// More statements than a document ever has.
const ALL: i64 = 1_000_000;

/// A package that is ready to be written.
pub struct Package {
    /// What the file is called.
    pub name: String,
    entries: Vec<Entry>,
    dated: Timestamp,
    hub: Hub,
}

/// One file in a package.
struct Entry {
    path: String,
    digest: Digest,
    size: u64,
    /// The bytes, unless they are those of a kept file.
    text: Option<Bytes>,
}

/// What a package is about, as its viewer may see it.
struct Matter {
    viewer: UnitId,
    document: Document,
    deliveries: Vec<Delivery>,
    statements: Vec<Evidence>,
}

impl Hub {
    /// The package of a document for somebody who may see it. Taking it counts as reading, like
    /// taking one of its files.
    pub async fn archive(&self, caller: &Caller, id: DocumentId) -> Result<Package> {
        self.open_document(caller, id).await?;
        self.package(caller.unit()?, id).await
    }

    /// The package of a document as a unit may see it; nobody is taken to have read it.
    pub async fn package(&self, viewer: UnitId, id: DocumentId) -> Result<Package> {
        let mut tx = self.store().read().await?;
        let document = tx.documents().find_for(viewer, id).await?;
        let document = document.ok_or(Error::NotFound)?;
        if document.quarantined_at.is_some() {
            return Err(Error::WrongState(IN_QUARANTINE));
        }
        let matter = Matter {
            viewer,
            deliveries: tx.deliveries().of_document_for(viewer, id).await?,
            statements: tx.evidence().of_document_for(viewer, id, ALL).await?,
            document,
        };
        let directory = self.directory(&mut tx).await?;
        let mut entries = vec![
            Entry::text("说明.txt".to_owned(), GUIDE.as_bytes().to_vec()),
            Entry::json(
                "元数据.json",
                &facts::metadata(&matter, &directory, self.rules()),
            )?,
            Entry::json("过程.json", &facts::process(&matter, &directory))?,
        ];
        entries.extend(proofs::entries(&matter, &directory, self)?);
        entries.extend(files(&matter.document));
        entries.push(list(&entries));
        Ok(Package {
            name: names::package(&matter.document),
            entries,
            dated: matter.document.sent.unwrap_or(matter.document.drafted).1,
            hub: self.clone(),
        })
    }
}

impl Hub {
    /// The unit with this full or short name.
    pub async fn unit_called(&self, name: &str) -> Result<Option<UnitId>> {
        let mut tx = self.store().read().await?;
        Ok(self.directory(&mut tx).await?.called(name))
    }

    /// Notes that the operator takes what a unit may see.
    pub async fn note_export(&self, unit: UnitId) -> Result<()> {
        let mut work = self.work(Caller::operator_for(unit)).await?;
        work.did("unit.export", Subject::Unit, unit.0);
        work.commit().await
    }
}

impl Package {
    /// Stands for everything in it: the SHA-256 of its list of digests.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        let list = self.entries.last().and_then(|list| list.text.as_ref());
        digest_of(list.map_or(&[][..], |list| list))
    }

    /// How many bytes it holds, before they are packed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }
}

impl Entry {
    fn text(path: String, text: Vec<u8>) -> Self {
        Self {
            path,
            digest: digest_of(&text),
            size: text.len() as u64,
            text: Some(text.into()),
        }
    }

    fn json(path: &str, value: &serde_json::Value) -> Result<Self> {
        let text = serde_json::to_vec_pretty(value).map_err(Error::internal)?;
        Ok(Self::text(path.to_owned(), text))
    }
}

fn files(document: &Document) -> impl Iterator<Item = Entry> {
    document.files.iter().enumerate().map(|(place, attached)| {
        let path = names::file(place + 1, attached);
        Entry {
            path,
            digest: attached.file.digest,
            size: attached.file.size,
            text: None,
        }
    })
}

/// The digests of all that is in the package, as `sha256sum -c` reads them.
fn list(entries: &[Entry]) -> Entry {
    let mut lines = String::new();
    for Entry { path, digest, .. } in entries {
        // Writing into a string cannot fail.
        let _ = writeln!(lines, "{digest}  {path}");
    }
    Entry::text("目录.txt".to_owned(), lines.into_bytes())
}

fn digest_of(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}
