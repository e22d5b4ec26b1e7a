//! A folder of text files, searched from the command line:
//!
//! ```text
//! cargo run --release -p wenshu-index --example folder -- docs '检索 -索引'
//! cargo run --release -p wenshu-index --example folder -- docs '怎么备份？' question
//! ```
//!
//! The index lies in a temporary folder and is built anew each time.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use wenshu_index::{
    Change, Entry, Order, Page, PageRequest, Part, Place, Query, Question, SearchIndex, Snippet,
};

/// Whoever runs this sees everything.
const ME: u128 = 1;
const HITS: usize = 10;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // What is wrong with a query is said in words for whoever typed it.
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (folder, typed, is_question) = match arguments.as_slice() {
        [folder, typed] => (folder, typed, false),
        [folder, typed, mode] if mode == "question" => (folder, typed, true),
        _ => return Err("usage: folder FOLDER QUERY [question]".into()),
    };
    let files = texts_in(Path::new(folder))?;
    let place = tempfile::tempdir()?;
    let index = SearchIndex::open(place.path())?;
    let entries = (0..).zip(&files).map(|(id, file)| entry(id, file));
    let puts: Vec<_> = entries.map(Change::Put).collect();
    index.apply(&puts, 1)?;

    let page = if is_question {
        index.answer(&Question::parse(typed)?, ME, HITS)?
    } else {
        let first = PageRequest {
            limit: HITS,
            after: None,
            order: Order::Relevance,
        };
        index.search(&Query::parse(typed)?, ME, &first)?
    };
    print(&page, &files);
    Ok(())
}

/// The text files in a folder and in those below it.
fn texts_in(folder: &Path) -> Result<Vec<(PathBuf, String)>, Box<dyn Error>> {
    let (mut folders, mut texts) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for found in fs::read_dir(folder)? {
            let path = found?.path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if path.is_dir() {
                folders.push(path);
            } else if matches!(ending, Some("txt" | "md"))
                && let Ok(text) = fs::read_to_string(&path)
            {
                texts.push((path, text));
            }
        }
    }
    texts.sort();
    Ok(texts)
}

fn entry(id: u128, (path, text): &(PathBuf, String)) -> Entry {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Entry {
        id,
        visible_to: vec![ME],
        title: name.clone().into_owned(),
        parts: vec![Part {
            name: name.into_owned(),
            page: None,
            text: text.clone(),
        }],
        ..Entry::default()
    }
}

fn print(page: &Page, files: &[(PathBuf, String)]) {
    println!("{} found", page.total);
    for hit in &page.hits {
        let file = usize::try_from(hit.id).ok().and_then(|at| files.get(at));
        println!(
            "\n{}",
            file.map_or_else(String::new, |(path, _)| path.display().to_string())
        );
        for snippet in &hit.snippets {
            let place = match &snippet.place {
                Place::Title => "title",
                _ => "text",
            };
            println!("  {place}: {}", lit(snippet));
        }
    }
}

/// The snippet with what was found in brackets.
fn lit(snippet: &Snippet) -> String {
    let mut text = String::new();
    for (at, c) in snippet.text.chars().enumerate() {
        if snippet.highlights.iter().any(|range| range.start == at) {
            text.push('【');
        }
        text.push(c);
        if snippet.highlights.iter().any(|range| range.end == at + 1) {
            text.push('】');
        }
    }
    text
}
