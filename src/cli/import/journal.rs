//! What is done: one line a step, on the disk before the next step begins.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use super::source::Mark;
use crate::cli::told;

/// What the journal belongs to; it is its first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) batch: String,
    pub(super) kind: String,
    pub(super) to: Vec<String>,
}

/// A finished step.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    item: String,
    sha256: String,
    step: String,
    /// What came of it: the number of the file, the document, the receipt.
    id: String,
}

/// The journal of one batch.
pub(super) struct Journal {
    file: Arc<Mutex<File>>,
    done: Mutex<HashMap<Mark, HashMap<String, String>>>,
}

impl Journal {
    /// Opens the journal or begins one. A last line that was cut off in the middle is dropped:
    /// its step was never told to anybody.
    pub(super) fn open(path: &Path, header: &Header) -> Result<Self, String> {
        let complaint = |what: String| format!("日志 {} {what}", path.display());
        let io = |error: std::io::Error| complaint(told(&error));
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(io)?;
        file.try_lock()
            .map_err(|_| complaint("正由另一次导入使用".to_owned()))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        file.set_len(whole as u64).map_err(io)?;
        file.seek(SeekFrom::End(0)).map_err(io)?;
        let mut lines = bytes[..whole]
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        match lines.next() {
            None => begin(&mut file, path, header).map_err(io)?,
            Some(first) => check(first, header).map_err(complaint)?,
        }
        let done = read(lines).map_err(complaint)?;
        Ok(Self {
            file: Arc::new(Mutex::new(file)),
            done: Mutex::new(done),
        })
    }

    /// What came of a step, if it is done.
    pub(super) fn done(&self, mark: &Mark, step: &str) -> Option<String> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.get(mark)?.get(step).cloned()
    }

    /// What came of a step for whichever item it is done.
    pub(super) fn any(&self, step: &str) -> Option<String> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.values().find_map(|steps| steps.get(step).cloned())
    }

    /// Notes that a step is done; returns when that is on the disk.
    pub(super) async fn note(&self, mark: &Mark, step: &str, id: &str) -> Result<(), String> {
        let line = Line {
            item: mark.name.clone(),
            sha256: mark.sha256.clone(),
            step: step.to_owned(),
            id: id.to_owned(),
        };
        let mut text = serde_json::to_vec(&line).map_err(|error| error.to_string())?;
        text.push(b'\n');
        let file = self.file.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(&text)?;
            file.sync_data()
        });
        let written = written.await.map_err(|error| error.to_string())?;
        written.map_err(|error| format!("日志无法写入：{}", told(&error)))?;
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.entry(mark.clone())
            .or_default()
            .insert(line.step, line.id);
        Ok(())
    }
}

fn begin(file: &mut File, path: &Path, header: &Header) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(header)?;
    text.push(b'\n');
    file.write_all(&text)?;
    file.sync_all()?;
    let folder = fs::canonicalize(path)?;
    folder
        .parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn check(first: &[u8], header: &Header) -> Result<(), String> {
    let known: Header = serde_json::from_slice(first)
        .map_err(|_| "不是导入的日志，请另指定 --journal".to_owned())?;
    if known == *header {
        return Ok(());
    }
    let Header { batch, kind, to } = known;
    let to = to.join("、");
    Err(format!(
        "属于另一次导入（批次 {batch}，种类 {kind}，主送 {to}）；\
         请用原来的参数继续，或另指定 --journal 和 --batch"
    ))
}

fn read<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> Result<HashMap<Mark, HashMap<String, String>>, String> {
    let mut done: HashMap<Mark, HashMap<String, String>> = HashMap::new();
    for (at, line) in lines.enumerate() {
        let Line {
            item,
            sha256,
            step,
            id,
        } = serde_json::from_slice(line).map_err(|_| format!("第 {} 行无法读取", at + 2))?;
        done.entry(Mark { name: item, sha256 })
            .or_default()
            .insert(step, id);
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(batch: &str) -> Header {
        Header {
            batch: batch.to_owned(),
            kind: "FG-TB".to_owned(),
            to: vec!["市法院".to_owned()],
        }
    }

    fn mark(name: &str) -> Mark {
        Mark {
            name: name.to_owned(),
            sha256: "00".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_line_that_was_cut_off_is_as_if_never_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let journal = Journal::open(&path, &header("a")).unwrap();
        journal.note(&mark("一.txt"), "upload", "1").await.unwrap();
        journal.note(&mark("二.txt"), "upload", "2").await.unwrap();
        drop(journal);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        let journal = Journal::open(&path, &header("a")).unwrap();
        assert_eq!(
            journal.done(&mark("一.txt"), "upload").as_deref(),
            Some("1")
        );
        assert_eq!(journal.done(&mark("二.txt"), "upload"), None);
        journal.note(&mark("二.txt"), "upload", "3").await.unwrap();
        drop(journal);
        let journal = Journal::open(&path, &header("a")).unwrap();
        assert_eq!(
            journal.done(&mark("二.txt"), "upload").as_deref(),
            Some("3")
        );
    }

    #[test]
    fn the_journal_of_another_import_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        drop(Journal::open(&path, &header("a")).unwrap());
        let said = Journal::open(&path, &header("b")).err().unwrap();
        assert!(said.contains("批次 a"), "{said}");
        fs::write(&path, "[hub]\n").unwrap();
        assert!(Journal::open(&path, &header("a")).is_err());
    }

    #[test]
    fn two_imports_do_not_share_a_journal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let _one = Journal::open(&path, &header("a")).unwrap();
        let said = Journal::open(&path, &header("a")).err().unwrap();
        assert!(said.contains("另一次导入"), "{said}");
    }
}
