//! The options as `config/default.toml` describes them.
//!
//! That file is the one place where an option is explained: the messages about a wrong value,
//! `wenshu config` and the table in `docs/configuration.md` all quote it.

use std::sync::LazyLock;

const TEXT: &str = include_str!("../../config/default.toml");
const ALLOWED: &str = "允许：";

/// The options whose values are never shown, and the options naming a file that holds them.
pub const SECRETS: [(&str, &str); 3] = [
    ("database.url", "database.url_file"),
    (
        "blobs.s3_secret_access_key",
        "blobs.s3_secret_access_key_file",
    ),
    ("mail.password", "mail.password_file"),
];

/// One section of the configuration.
#[derive(Debug)]
pub struct SectionDoc {
    /// Its name in brackets.
    pub name: &'static str,
    /// What it is about, in a sentence.
    pub about: &'static str,
    /// Its options in the order of the file.
    pub options: Vec<OptionDoc>,
}

/// One option of a section.
#[derive(Debug)]
pub struct OptionDoc {
    /// Its name within the section.
    pub key: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// The values it takes.
    pub allowed: &'static str,
    /// The built-in value, as TOML.
    pub default: &'static str,
}

static CATALOG: LazyLock<Vec<SectionDoc>> = LazyLock::new(|| read(TEXT));

/// All sections in the order of `config/default.toml`.
#[must_use]
pub fn catalog() -> &'static [SectionDoc] {
    &CATALOG
}

/// The values that `section.key` takes; empty when there is no such option.
pub(super) fn allowed(key: &str) -> &'static str {
    let Some((section, key)) = key.split_once('.') else {
        return "";
    };
    catalog()
        .iter()
        .filter(|doc| doc.name == section)
        .flat_map(|doc| &doc.options)
        .find(|option| option.key == key)
        .map_or("", |option| option.allowed)
}

/// Whether the value of `section.key` must not be shown.
pub(super) fn is_secret(key: &str) -> bool {
    SECRETS.iter().any(|(secret, _)| *secret == key)
}

fn read(text: &'static str) -> Vec<SectionDoc> {
    let mut sections: Vec<SectionDoc> = Vec::new();
    let (mut about, mut allowed) = ("", "");
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            match comment.strip_prefix(ALLOWED) {
                Some(values) => allowed = values,
                None => about = comment,
            }
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            sections.push(SectionDoc {
                name,
                about,
                options: Vec::new(),
            });
        } else if let (Some((key, default)), Some(section)) =
            (line.split_once(" = "), sections.last_mut())
        {
            section.options.push(OptionDoc {
                key,
                about,
                allowed,
                default,
            });
        }
        (about, allowed) = ("", "");
    }
    sections
}
