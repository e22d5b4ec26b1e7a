//! Lays the sources of options over each other and remembers which one spoke last.
//!
//! No merging crate is used, since none can say of a value both where it came from and what
//! would have been allowed in its place.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use toml::{Table, Value, de::DeTable};

use super::{
    Config,
    catalog::{SECRETS, allowed, is_secret},
    fault::{Fault, Origin, Reason, shown},
};

/// The prefix of the environment variables that are options.
const PREFIX: &str = "WENSHU__";

/// Where each option that was written anywhere was written last, by `section.key`.
pub(super) type Origins = BTreeMap<String, Origin>;

/// The options so far.
pub(super) struct Layers {
    /// section → key → value, complete from the start.
    values: Table,
    defaults: Table,
    pub(super) origins: Origins,
    pub(super) faults: Vec<Fault>,
}

impl Layers {
    /// The built-in values: every option that there is.
    pub(super) fn of_defaults() -> Self {
        let defaults =
            Table::try_from(Config::default()).expect("the built-in values are plain values");
        Self {
            values: defaults.clone(),
            defaults,
            origins: Origins::new(),
            faults: Vec::new(),
        }
    }

    /// The options of a file.
    pub(super) fn lay_file(&mut self, path: &Path) {
        match fs::read_to_string(path) {
            Ok(text) => self.lay_text(path, &text),
            Err(error) => {
                let origin = Origin::File(path.to_owned(), None);
                self.fault("", None, origin, Reason::Unreadable(error.kind()));
            }
        }
    }

    fn lay_text(&mut self, path: &Path, text: &str) {
        let (Ok(table), Ok(places)) = (text.parse::<Table>(), DeTable::parse(text)) else {
            let origin = Origin::File(path.to_owned(), None);
            return self.fault("", None, origin, syntax(text));
        };
        let places = lines(text, places.get_ref());
        for (section, options) in table {
            let at = |name: &str| Origin::File(path.to_owned(), places.get(name).copied());
            match options {
                Value::Table(options) => {
                    for (key, value) in options {
                        let name = format!("{section}.{key}");
                        self.lay(&name, value, at(&name));
                    }
                }
                _ if self.defaults.contains_key(&section) => {
                    let origin = at(&section);
                    self.fault(&section, None, origin, Reason::NotASection);
                }
                _ => self.unknown(&section, at(&section)),
            }
        }
    }

    /// One environment variable; those without the prefix are no options. The prefix has two
    /// underscores because orchestrators set `WENSHU_PORT` and the like on their own.
    pub(super) fn lay_variable(&mut self, name: &str, value: &str) {
        let Some(key) = name.strip_prefix(PREFIX) else {
            return;
        };
        let key = key.replacen("__", ".", 1).to_lowercase();
        let origin = Origin::Variable(name.to_owned());
        // Only one spelling, so that two variables never mean the same option.
        if name == variable(&key) {
            self.lay_written(&key, value, origin);
        } else {
            self.unknown(&key, origin);
        }
    }

    /// One `section.key=value`, the `number`th from 1.
    pub(super) fn lay_set(&mut self, number: usize, set: &str) {
        match set.split_once('=') {
            Some((key, value)) => self.lay_written(key.trim(), value, Origin::Flag),
            None => self.fault("", None, Origin::Flag, Reason::NotAnAssignment(number)),
        }
    }

    /// A value that is only text becomes what the built-in value is; a text that cannot is
    /// left for the deserializer to refuse.
    fn lay_written(&mut self, name: &str, text: &str, origin: Origin) {
        let text = text.trim();
        let verbatim = || Value::String(text.to_owned());
        let value = match lookup(&self.defaults, name) {
            Some(Value::Boolean(_)) => text.parse().map_or_else(|_| verbatim(), Value::Boolean),
            Some(Value::Integer(_)) => text.parse().map_or_else(|_| verbatim(), Value::Integer),
            Some(Value::Array(_)) => {
                let items = text
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
            }
            _ => verbatim(),
        };
        self.lay(name, value, origin);
    }

    fn lay(&mut self, name: &str, value: Value, origin: Origin) {
        match slot(&mut self.values, name) {
            Some(place) => {
                *place = value;
                self.origins.insert(name.to_owned(), origin);
            }
            None => self.unknown(name, origin),
        }
    }

    /// Puts the content of `…_file` in the place of the secret.
    pub(super) fn read_secret_files(&mut self) {
        for (secret, file) in SECRETS {
            let path = match lookup(&self.values, file) {
                Some(Value::String(path)) if !path.is_empty() => PathBuf::from(path),
                _ => continue,
            };
            if let Some(other) = self.origins.get(secret) {
                let reason = format!("已由{other}给出 {secret}，两者只能写一个");
                self.fault_at(file, Reason::Conflict(reason));
                continue;
            }
            match read_secret(&path) {
                Ok(text) => self.lay(secret, Value::String(text), Origin::SecretFile(path, file)),
                Err(kind) => self.fault_at(file, Reason::Unreadable(kind)),
            }
        }
    }

    /// The whole configuration. A value that is refused is noted and replaced by the built-in
    /// one, so that the operator hears of all of them at once.
    pub(super) fn configuration(&mut self) -> Config {
        loop {
            let values = Value::Table(self.values.clone());
            let error = match serde_path_to_error::deserialize::<_, Config>(values) {
                Ok(config) => return config,
                Err(error) => error,
            };
            // Two steps: an item of a list is a part of its option.
            let path: Vec<String> = error
                .path()
                .iter()
                .take(2)
                .map(ToString::to_string)
                .collect();
            let key = path.join(".");
            self.fault_at(&key, Reason::NotAllowed(allowed(&key)));
            let default = lookup(&self.defaults, &key).cloned();
            match (slot(&mut self.values, &key), default) {
                (Some(place), Some(default)) if *place != default => *place = default,
                _ => return Config::default(),
            }
        }
    }

    /// Notes a fault in the value of an option that there is; the first one counts.
    pub(super) fn fault_at(&mut self, key: &str, reason: Reason) {
        if self.faults.iter().any(|fault| fault.key == key) {
            return;
        }
        let value = lookup(&self.values, key).map(|value| shown(is_secret(key), value));
        let origin = self.origins.get(key).cloned().unwrap_or_default();
        self.fault(key, value, origin, reason);
    }

    fn unknown(&mut self, name: &str, origin: Origin) {
        let reason = match (self.nearest(name), &origin) {
            (Some(key), Origin::Variable(_)) => Reason::Misspelt(variable(&key)),
            (Some(key), _) => Reason::Misspelt(key),
            (None, _) => Reason::Unknown(self.known(name)),
        };
        self.fault(name, None, origin, reason);
    }

    fn fault(&mut self, key: &str, value: Option<String>, origin: Origin, reason: Reason) {
        self.faults.push(Fault {
            key: key.to_owned(),
            value,
            origin,
            reason,
        });
    }

    /// The options of the same section, or else the sections.
    fn known(&self, name: &str) -> String {
        let section = name.split('.').next().unwrap_or_default();
        let table = self
            .defaults
            .get(section)
            .and_then(Value::as_table)
            .unwrap_or(&self.defaults);
        table
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("、")
    }

    fn nearest(&self, name: &str) -> Option<String> {
        let sections = self.defaults.iter();
        sections
            .filter_map(|(section, options)| Some((section, options.as_table()?)))
            .flat_map(|(section, options)| {
                options.keys().map(move |key| format!("{section}.{key}"))
            })
            .map(|known| (likeness(&known, name), known))
            .filter(|(likeness, _)| *likeness > 0.75)
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, known)| known)
    }
}

/// How much two names are alike, from 0 to 1; the right key in the wrong section is very much
/// so.
fn likeness(known: &str, name: &str) -> f64 {
    let key = |name: &str| name.split_once('.').map(|(_, key)| key.to_owned());
    let likeness = strsim::normalized_damerau_levenshtein(known, name);
    let same_key = key(known).is_some() && key(known) == key(name);
    if same_key {
        0.9 + likeness / 10.0
    } else {
        likeness
    }
}

/// The environment variable of `section.key`.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replacen('.', "__", 1).to_uppercase())
}

fn lookup<'a>(table: &'a Table, name: &str) -> Option<&'a Value> {
    let (section, key) = name.split_once('.')?;
    table.get(section)?.get(key)
}

fn slot<'a>(table: &'a mut Table, name: &str) -> Option<&'a mut Value> {
    let (section, key) = name.split_once('.')?;
    table.get_mut(section)?.get_mut(key)
}

fn read_secret(path: &Path) -> Result<String, io::ErrorKind> {
    let text = fs::read_to_string(path).map_err(|error| error.kind())?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        Err(io::ErrorKind::UnexpectedEof)
    } else {
        Ok(text.to_owned())
    }
}

/// The line of every section and of every `section.key` of a file.
fn lines(text: &str, table: &DeTable<'_>) -> BTreeMap<String, usize> {
    let mut lines = BTreeMap::new();
    for (section, options) in table {
        lines.insert(
            section.get_ref().to_string(),
            position(text, section.span().start).0,
        );
        for (key, _) in options.get_ref().as_table().into_iter().flatten() {
            let name = format!("{}.{}", section.get_ref(), key.get_ref());
            lines.insert(name, position(text, key.span().start).0);
        }
    }
    lines
}

/// The line and the column of a place in a text, both from 1.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}

/// Where a text stops being TOML. The parser's own message is not passed on: it is English, and
/// it quotes the line, which may hold a secret.
fn syntax(text: &str) -> Reason {
    let error = DeTable::parse(text).err();
    let offset = error
        .as_ref()
        .and_then(toml::de::Error::span)
        .map_or(0, |span| span.start);
    let (line, column) = position(text, offset);
    let repeated = error.is_some_and(|error| error.message().contains("duplicate key"));
    Reason::Syntax {
        line,
        column,
        repeated,
    }
}
