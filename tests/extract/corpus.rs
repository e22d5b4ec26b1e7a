//! Real files, when they are at hand: `../shared/data/files` beside the repository.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde::Deserialize;
use wenshu::{
    domain::{FileText, SecretMark, TextPart, refuse_marks_in},
    extract::{FailureCode, Outcome, sniff},
};

use crate::support::{extractor, read_file};

/// The share of a file's Chinese characters that counts as having read it, in percent.
const READ_PERCENT: usize = 90;

#[derive(Deserialize)]
struct Entry {
    file: String,
    format: String,
    cls: String,
    cjk_chars: i64,
}

/// How one kind of file fared.
#[derive(Default)]
struct Tally {
    files: usize,
    text: usize,
    none: usize,
    failed: BTreeMap<&'static str, usize>,
    slowest: Duration,
}

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/files");
    folder.join("manifest.jsonl").exists().then_some(folder)
}

/// The mark of classification for which the hub would destroy the file.
fn mark(outcome: &Outcome) -> Option<SecretMark> {
    let Outcome::Text(found) = outcome else {
        return None;
    };
    let parts = found.parts.iter().map(|part| TextPart {
        page: part.page,
        text: part.text.clone(),
    });
    refuse_marks_in(&FileText {
        engine: found.engine.clone(),
        parts: parts.collect(),
    })
}

fn han(outcome: &Outcome) -> usize {
    let Outcome::Text(found) = outcome else {
        return 0;
    };
    let characters = found.parts.iter().flat_map(|part| part.text.chars());
    characters
        .filter(|c| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'))
        .count()
}

#[tokio::test]
async fn real_files_are_read_and_none_of_them_harms_the_hub() {
    let Some(folder) = folder() else {
        println!("SKIPPED: ../shared/data/files is not here, so no real file was read");
        return;
    };
    let manifest = fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let extractor = extractor();
    let mut tallies = BTreeMap::<String, Tally>::new();
    let mut chinese = BTreeMap::<String, (usize, usize)>::new();
    for line in manifest.lines() {
        let entry: Entry = serde_json::from_str(line).unwrap();
        let path = folder.join(&entry.file);
        let Ok(mut file) = File::open(&path) else {
            continue;
        };
        let mut head = Vec::new();
        (&mut file)
            .take(sniff::HEAD_BYTES as u64)
            .read_to_end(&mut head)
            .unwrap();
        let media_type = sniff::media_type(&entry.file, &head, Some(&mut file));

        let before = Instant::now();
        let outcome = read_file(&extractor, file, media_type).await;
        let taken = before.elapsed();

        let unavailable = matches!(
            outcome,
            Outcome::Failed {
                code: FailureCode::Unavailable,
                ..
            }
        );
        assert!(!unavailable, "{}: {outcome:?}", entry.file);
        assert!(
            taken < Duration::from_secs(35),
            "{} took {taken:?}",
            entry.file
        );
        assert_eq!(mark(&outcome), None, "{} is taken for a secret", entry.file);
        count(
            tallies
                .entry(format!("{} {}", entry.cls, entry.format))
                .or_default(),
            &outcome,
            taken,
        );
        if entry.cls == "chinese" && ["txt", "docx", "pdf"].contains(&entry.format.as_str()) {
            let stated = usize::try_from(entry.cjk_chars).unwrap();
            let found = han(&outcome);
            let (read, all) = chinese.entry(entry.format.clone()).or_default();
            *all += 1;
            *read += usize::from(found * 100 >= stated * READ_PERCENT);
            println!(
                "{found:>6} of {stated:>6} {taken:>8.0?} {} {}",
                entry.file,
                said(&outcome)
            );
        }
    }
    for (kind, tally) in &tallies {
        println!(
            "{kind:<18} {:>3} files, {:>3} with text, {:>3} without, failed {:?}, slowest {:.0?}",
            tally.files, tally.text, tally.none, tally.failed, tally.slowest
        );
    }
    println!("{chinese:?}");
    for (format, (read, all)) in chinese {
        let floor = floor(&format, all);
        assert!(
            read >= floor,
            "{format}: {read} of {all} read, {floor} expected"
        );
    }
}

/// How many of `all` Chinese files must give their characters: what held when it was measured.
/// The manifest also counts what a revision deleted, the properties of a Word file and the cell
/// references of its charts, none of which is its text: three in eight fall short by that.
fn floor(format: &str, all: usize) -> usize {
    if format == "docx" { all * 5 / 8 } else { all }
}

fn count(tally: &mut Tally, outcome: &Outcome, taken: Duration) {
    tally.files += 1;
    tally.slowest = tally.slowest.max(taken);
    match outcome {
        Outcome::Text(_) => tally.text += 1,
        Outcome::NoText { .. } => tally.none += 1,
        Outcome::Failed { code, .. } => *tally.failed.entry(code.as_str()).or_default() += 1,
    }
}

fn said(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Text(found) => found.engine.clone(),
        Outcome::NoText { reason } => reason.to_string(),
        Outcome::Failed { code, .. } => code.to_string(),
    }
}
