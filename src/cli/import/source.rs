//! What is imported: the files of folders, in the order of their paths, and then the lines of a
//! corpus.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::cli::{client::http::Content, told};

/// The most characters of a title (the hub's default).
const TITLE_MAX: usize = 200;
/// The most characters of the file name that a line of a corpus is given.
const NAME_MAX: usize = 60;

/// Names an item through all runs: where it was found, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    pub(super) name: String,
    pub(super) sha256: String,
}

/// A line of a corpus.
#[derive(Debug, Deserialize)]
pub(super) struct Law {
    id: String,
    title: String,
    #[serde(default)]
    pub(super) office: Option<String>,
    #[serde(default)]
    pub(super) issued_date: Option<String>,
    #[serde(default)]
    pub(super) category: Option<String>,
    #[serde(default)]
    pub(super) doc_number: Option<String>,
    text: String,
}

/// One thing to import.
#[derive(Debug)]
pub(super) struct Item {
    /// The relative path with its folder's name before it, or the id in the corpus.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) file_name: String,
    pub(super) content: Content,
    /// What a corpus says of it.
    pub(super) law: Option<Law>,
}

/// Where items come from.
pub(super) struct Sources {
    files: Vec<(String, PathBuf)>,
    corpus: Option<PathBuf>,
}

impl Sources {
    /// Lists the folders. Links are not followed and hidden files are left out.
    pub(super) fn open(folders: &[PathBuf], corpus: Option<&Path>) -> Result<Self, String> {
        if folders.is_empty() && corpus.is_none() {
            return Err("请给出要导入的文件夹，或用 --jsonl 给出语料文件".to_owned());
        }
        let mut files = Vec::new();
        let mut names = BTreeSet::new();
        for folder in folders {
            let complaint = |error: io::Error| format!("{}：{}", folder.display(), told(&error));
            let whole = fs::canonicalize(folder).map_err(complaint)?;
            let name = whole
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if !names.insert(name.clone()) {
                return Err(format!(
                    "有两个文件夹都叫“{name}”，无法区分其中的文件，请分批导入"
                ));
            }
            list(&whole, &name, &mut files).map_err(complaint)?;
        }
        files.sort();
        Ok(Self {
            files,
            corpus: corpus.map(Path::to_owned),
        })
    }

    /// Whether there are files, of which nothing but their names is known.
    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether there is a corpus.
    pub(super) fn has_corpus(&self) -> bool {
        self.corpus.is_some()
    }

    /// How many items there are.
    pub(super) fn count(&self) -> Result<usize, String> {
        let mut count = self.files.len();
        for line in self.lines()? {
            count += usize::from(!line?.trim().is_empty());
        }
        Ok(count)
    }

    /// The items, one after the other; a corpus is read as it is used up.
    pub(super) fn items(&self) -> Result<impl Iterator<Item = Result<Item, String>>, String> {
        let files = self
            .files
            .iter()
            .map(|(name, path)| Ok(Item::of_file(name, path)));
        let lines = self
            .lines()?
            .enumerate()
            .filter_map(|(at, line)| match line {
                Ok(line) if line.trim().is_empty() => None,
                Ok(line) => Some(
                    Item::of_line(&line)
                        .map_err(|error| format!("语料第 {} 行无法读取：{error}", at + 1)),
                ),
                Err(error) => Some(Err(error)),
            });
        Ok(files.chain(lines))
    }

    fn lines(&self) -> Result<impl Iterator<Item = Result<String, String>>, String> {
        let complaint =
            |path: &Path, error: io::Error| format!("{}：{}", path.display(), told(&error));
        let lines = match &self.corpus {
            None => None,
            Some(path) => {
                let file = File::open(path).map_err(|error| complaint(path, error))?;
                let path = path.clone();
                let lines = BufReader::new(file).lines();
                Some(lines.map(move |line| line.map_err(|error| complaint(&path, error))))
            }
        };
        Ok(lines.into_iter().flatten())
    }
}

fn list(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let own = entry.file_name().to_string_lossy().into_owned();
        if own.starts_with('.') {
            continue;
        }
        let name = format!("{name}/{own}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(&entry.path(), &name, files)?;
        } else if kind.is_file() {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}

impl Item {
    fn of_file(name: &str, path: &Path) -> Self {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            name: name.to_owned(),
            title: shortened(&stem, TITLE_MAX),
            file_name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            content: Content::File(path.to_owned()),
            law: None,
        }
    }

    fn of_line(line: &str) -> serde_json::Result<Self> {
        let mut law: Law = serde_json::from_str(line)?;
        let date = law.issued_date.as_deref().filter(|date| !date.is_empty());
        let date = date.map(|date| format!("（{date}）")).unwrap_or_default();
        let own = shortened(&law.title, TITLE_MAX - date.chars().count().min(TITLE_MAX));
        let file: String = own
            .chars()
            .filter(|c| !"/\\".contains(*c))
            .take(NAME_MAX)
            .collect();
        Ok(Self {
            name: format!("#{}", law.id),
            title: format!("{own}{date}"),
            file_name: format!("{file}.txt"),
            content: Content::Text(std::mem::take(&mut law.text).into()),
            law: Some(law),
        })
    }

    /// The title that a corpus gives, without a date; of a file, its own.
    pub(super) fn bare_title(&self) -> &str {
        self.law.as_ref().map_or(&self.title, |law| &law.title)
    }
}

impl Content {
    /// SHA-256 in hexadecimal, and the number of bytes.
    pub(in crate::cli) async fn digest(&self) -> io::Result<(String, u64)> {
        let content = self.clone();
        tokio::task::spawn_blocking(move || {
            let mut hash = Sha256::new();
            let size = match content {
                Self::File(path) => io::copy(&mut File::open(path)?, &mut Hashing(&mut hash))?,
                Self::Text(bytes) => {
                    hash.update(&bytes);
                    bytes.len() as u64
                }
            };
            Ok((hex::encode(hash.finalize()), size))
        })
        .await
        .map_err(io::Error::other)?
    }
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The beginning of a text on one line.
pub(super) fn shortened(text: &str, chars: usize) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain
        .trim()
        .chars()
        .take(chars)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_in_the_order_of_their_paths_and_hidden_ones_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("来文");
        fs::create_dir_all(root.join("乙")).unwrap();
        for name in ["乙/二.txt", "一.tar.gz", ".DS_Store"] {
            fs::write(root.join(name), name).unwrap();
        }
        let sources = Sources::open(&[root], None).unwrap();
        let items: Vec<Item> = sources.items().unwrap().map(Result::unwrap).collect();
        let seen: Vec<_> = items
            .iter()
            .map(|item| (&*item.name, &*item.title))
            .collect();
        assert_eq!(
            seen,
            [("来文/一.tar.gz", "一.tar"), ("来文/乙/二.txt", "二")]
        );
        assert_eq!(sources.count().unwrap(), 2);
    }

    #[test]
    fn folders_of_one_name_are_not_mixed_up() {
        let folder = tempfile::tempdir().unwrap();
        let twins = ["甲/附件", "乙/附件"].map(|name| folder.path().join(name));
        for twin in &twins {
            fs::create_dir_all(twin).unwrap();
        }
        assert!(Sources::open(&twins, None).err().unwrap().contains("附件"));
    }

    #[test]
    fn a_line_of_a_corpus_is_titled_with_its_date() {
        let title = "长".repeat(300);
        let line =
            format!(r#"{{"id":"7","title":"{title}","issued_date":"2024-05-01","text":"文"}}"#);
        let item = Item::of_line(&line).unwrap();
        assert_eq!(item.title.chars().count(), 200);
        assert!(item.title.ends_with("长（2024-05-01）"), "{}", item.title);
        assert_eq!(item.name, "#7");
        assert!(item.file_name.len() <= 240);
    }
}
