//! The rules of the house: which room may open a door to which, where each library lives, and
//! the few habits that no lint can hold.
//!
//! A room that is not built yet breaks no rule.

#[path = "house/checks.rs"]
mod checks;
#[path = "house/reader.rs"]
mod reader;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use reader::{Named, paths, silenced_lints};
use walkdir::WalkDir;

/// What each room may use of the others: the table of `ARCHITECTURE.md`, row by row.
///
/// `index` is the crate of that name. The table has no columns for the faces and for what
/// assembles the house, so the last rows say who starts whom.
const DOORS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("config", &["domain"]),
    ("index", &[]),
    ("store", &["domain", "config"]),
    ("blobs", &["domain", "config"]),
    ("extract", &["domain", "config"]),
    ("app", &["domain", "config", "store", "blobs", "index"]),
    ("jobs", &["domain", "config", "store", "extract", "app"]),
    ("api", &["domain", "app"]),
    ("web", &["domain", "app"]),
    ("telemetry", &["config"]),
    (
        "server",
        &[
            "config",
            "store",
            "blobs",
            "index",
            "app",
            "jobs",
            "api",
            "web",
            "telemetry",
        ],
    ),
    (
        "cli",
        &[
            // It puts the house together: value types, the reader's program, the description.
            "domain",
            "extract",
            "api",
            "config",
            "store",
            "blobs",
            "index",
            "app",
            "jobs",
            "server",
            "telemetry",
        ],
    ),
    // The child that reads files starts in `main`, before anything else is opened.
    ("main", &["cli", "extract"]),
    ("lib", &[]),
];

/// The only places in which a library may be named; a trailing `_*` stands for a family.
const GUESTS: &[(&str, &[&str])] = &[
    ("actix_*", &["api", "web", "server"]),
    ("tracing_actix_web", &["api", "web", "server"]),
    // The bench of search measures other engines too, with databases of its own.
    ("sqlx", &["store", "cli::bench::search"]),
    ("tantivy", &["index"]),
    ("jieba_rs", &["index", "cli::bench::search"]),
    ("ferrous_opencc", &["index"]),
    ("object_store", &["blobs"]),
    ("jsonwebtoken", &["app::identity", "api::caller"]),
    ("argon2", &["app::identity"]),
    ("reqwest", &["cli"]),
    ("clap", &["cli", "main"]),
    // What the ledger writes is read back by its tests.
    ("calamine", &["cli", "app::obligations"]),
    ("rust_xlsxwriter", &["app::obligations", "app::statistics"]),
    ("indicatif", &["cli"]),
    ("lettre", &["app::mail"]),
    ("utoipa", &["api"]),
    ("utoipa_swagger_ui", &["api", "server"]),
    ("pdf_oxide", &["extract"]),
    ("undoc", &["extract"]),
    ("chardetng", &["extract"]),
    ("metrics_exporter_prometheus", &["telemetry", "server"]),
    ("tracing_subscriber", &["telemetry"]),
];

/// What would give the plain values of `domain` input, output or a clock.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "tokio",
    "futures_util",
];

/// Lines a source file may have; about 300 is the aim.
const LONGEST_FILE: usize = 400;

/// Where a path leads: into the house (from its root) or to a library.
#[derive(Debug, PartialEq)]
enum Target {
    House(Vec<String>),
    Library(String),
}

fn target(file_module: &[String], path: &Named) -> Target {
    let mut here = [file_module, &path.within].concat();
    let mut rest = path.segments.as_slice();
    match rest.first().map(String::as_str) {
        Some("crate" | "wenshu") => {
            here.clear();
            rest = &rest[1..];
        }
        Some("wenshu_index") => here = vec!["index".to_owned()],
        Some("self") => rest = &rest[1..],
        Some("super") => {
            while let Some(("super", others)) = rest.split_first().map(|(a, b)| (a.as_str(), b)) {
                here.pop();
                rest = others;
            }
        }
        Some(word) if here.is_empty() && is_room(word) => {}
        _ => return Target::Library(path.segments.join("::")),
    }
    Target::House([here, rest.to_vec()].concat())
}

fn is_room(word: &str) -> bool {
    DOORS.iter().any(|(room, _)| *room == word)
}

fn begins_with(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What `source` does against the rules, if it were the module `place` (`app::exchange::send`).
fn broken_doors(place: &str, source: &str) -> Vec<String> {
    let room = place.split("::").next().unwrap_or_default();
    let module: Vec<String> = match room {
        "main" | "lib" => Vec::new(),
        _ => place.split("::").map(str::to_owned).collect(),
    };
    let mut broken = Vec::new();
    for path in paths(source) {
        let fault = match target(&module, &path) {
            Target::House(path_in_house) => wrong_room(room, &path_in_house, path.reexported),
            Target::Library(name) => wrong_guest(place, &name),
        };
        broken.extend(fault.map(|fault| format!("{place}:{}: {fault}", path.line)));
    }
    broken
}

fn wrong_room(room: &str, path: &[String], reexported: bool) -> Option<String> {
    let (_, doors) = DOORS.iter().find(|(name, _)| *name == room)?;
    match path.first().map(String::as_str) {
        None | Some("*") => Some("the whole house is not to be used at once".to_owned()),
        Some(other) if other == room || !is_room(other) => None,
        Some(other) if !doors.contains(&other) => Some(format!("`{room}` may not use `{other}`")),
        // Whoever could use the re-export would walk through this room into the other.
        Some(other) if reexported && other != "domain" => Some(format!(
            "`{room}` may not hand on what belongs to `{other}`"
        )),
        Some(_) => None,
    }
}

fn wrong_guest(place: &str, name: &str) -> Option<String> {
    let crate_name = name.split("::").next().unwrap_or_default();
    if begins_with(place, "domain") && IMPURE.iter().any(|impure| begins_with(name, impure)) {
        return Some(format!(
            "`domain` holds plain values and does not use `{name}`"
        ));
    }
    let (guest, rooms) = GUESTS
        .iter()
        .find(|(guest, _)| match guest.strip_suffix('*') {
            Some(family) => crate_name.starts_with(family),
            None => crate_name == *guest,
        })?;
    let welcome = rooms.iter().any(|room| begins_with(place, room));
    (!welcome).then(|| format!("`{guest}` is named only in {}", rooms.join(", ")))
}

/// Every Rust file under `folder`, with its place in the house (`app::exchange::send`).
fn files(folder: &str) -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    WalkDir::new(&root)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "rs")
        })
        .map(|entry| {
            let inner = entry
                .path()
                .strip_prefix(&root)
                .expect("it was found in there");
            let place = inner
                .with_extension("")
                .to_string_lossy()
                .replace('/', "::");
            let text = fs::read_to_string(entry.path()).expect("a source file is readable text");
            (
                place.trim_end_matches("::mod").to_owned(),
                entry.into_path(),
                text,
            )
        })
        .collect()
}

fn assert_none(broken: &[String]) {
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn rooms_use_only_what_their_doors_allow() {
    let mut broken = Vec::new();
    for (place, _, text) in files("src") {
        broken.extend(broken_doors(&place, &text));
    }
    for (place, _, text) in files("index/src") {
        broken.extend(broken_doors(&format!("index::{place}"), &text));
    }
    assert_none(&broken);
}

#[test]
fn every_room_is_in_the_table() {
    let rooms: BTreeSet<_> = files("src")
        .iter()
        .map(|(place, ..)| place.split("::").next().unwrap_or_default().to_owned())
        .collect();
    assert!(
        rooms.contains("domain"),
        "the sources are not where this test looks for them"
    );
    let unknown: Vec<_> = rooms.into_iter().filter(|room| !is_room(room)).collect();
    assert_none(&unknown);
}

#[test]
fn no_source_file_is_longer_than_one_can_hold_in_mind() {
    let long: Vec<_> = [files("src"), files("index/src")]
        .concat()
        .into_iter()
        .filter(|(_, _, text)| text.lines().count() > LONGEST_FILE)
        .map(|(_, path, text)| format!("{}: {} lines", path.display(), text.lines().count()))
        .collect();
    assert_none(&long);
}

#[test]
fn exceptions_to_lints_expire_and_give_a_reason() {
    let mut broken = Vec::new();
    for folder in ["src", "index/src", "index/tests", "tests", "benches"] {
        for (_, path, text) in files(folder) {
            let faults = silenced_lints(&text);
            broken.extend(
                faults
                    .iter()
                    .map(|fault| format!("{}:{fault}", path.display())),
            );
        }
    }
    assert_none(&broken);
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |engine: &str| -> BTreeSet<_> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let entries = fs::read_dir(root.join("src/store/migrations").join(engine));
        entries
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name())
            .collect()
    };
    assert_eq!(
        names("sqlite"),
        names("postgres"),
        "a migration lacks its twin"
    );
}
