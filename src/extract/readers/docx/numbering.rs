//! Numbers that Word puts before paragraphs and that stand nowhere in the text: without them
//! a law has no 第一条 to search for.

use std::collections::HashMap;

use super::counting::written;
use crate::extract::{
    outcome::Failure,
    readers::xml::{Element, Visitor},
};

const LEVELS: usize = 9;
/// Styles are based on styles; more steps than this are a circle.
const MOST_STEPS: usize = 16;

/// The lists of a document and how far each has been counted.
#[derive(Default)]
pub(super) struct Numbering {
    schemes: HashMap<String, Scheme>,
    lists: HashMap<String, List>,
    styles: HashMap<String, Style>,
}

/// An abstract list: how its levels look, and where they stand.
#[derive(Default)]
struct Scheme {
    levels: [Level; LEVELS],
    counted: [Option<u32>; LEVELS],
}

#[derive(Default)]
struct Level {
    start: Option<u32>,
    format: String,
    /// Such as `第%1条`.
    label: String,
    suffix: Option<String>,
}

/// A use of a scheme, which may start anew.
#[derive(Default)]
struct List {
    scheme: String,
    restarts: [Option<u32>; LEVELS],
}

#[derive(Default)]
struct Style {
    based_on: Option<String>,
    list: Option<String>,
    level: Option<u32>,
}

impl Numbering {
    /// A visitor that takes in `numbering.xml` and `styles.xml`.
    pub fn definitions(&mut self) -> Definitions<'_> {
        Definitions {
            numbering: self,
            at: At::Outside,
            level: 0,
        }
    }

    /// The label of the next paragraph of `list`, or else of what `style` says.
    pub fn next(
        &mut self,
        list: Option<&str>,
        style: Option<&str>,
        level: Option<u32>,
    ) -> Option<String> {
        let (styled_list, styled_level) = self.of_style(style);
        let list = self
            .lists
            .get_mut(&list.map(str::to_owned).or(styled_list)?)?;
        let level = usize::try_from(level.or(styled_level).unwrap_or(0)).ok()?;
        let scheme = self.schemes.get_mut(&list.scheme)?;
        let restart = list.restarts.get_mut(level)?.take();
        scheme.advance(level, restart);
        scheme.label(level)
    }

    fn of_style(&self, style: Option<&str>) -> (Option<String>, Option<u32>) {
        let mut level = None;
        let mut name = style;
        for _ in 0..MOST_STEPS {
            let Some(style) = name.and_then(|name| self.styles.get(name)) else {
                break;
            };
            level = level.or(style.level);
            if style.list.is_some() {
                return (style.list.clone(), level);
            }
            name = style.based_on.as_deref();
        }
        (None, level)
    }
}

impl Scheme {
    fn advance(&mut self, level: usize, restart: Option<u32>) {
        let start = self.levels[level].start.unwrap_or(1);
        let next = self.counted[level].map_or(start, |count| count.saturating_add(1));
        self.counted[level] = Some(restart.unwrap_or(next));
        self.counted[level + 1..].fill(None);
    }

    fn label(&self, level: usize) -> Option<String> {
        let here = &self.levels[level];
        let mut label = here.label.clone();
        for (index, other) in self.levels.iter().enumerate().take(level + 1) {
            let place = format!("%{}", index + 1);
            if label.contains(&place) {
                let count = self.counted[index].or(other.start).unwrap_or(1);
                label = label.replace(&place, &written(count, &other.format)?);
            }
        }
        let numbered = here.label.contains('%') && !label.is_empty();
        let gap = if here.suffix.as_deref() == Some("nothing") {
            ""
        } else {
            " "
        };
        numbered.then(|| label + gap)
    }
}

/// See [`Numbering::definitions`].
pub(super) struct Definitions<'n> {
    numbering: &'n mut Numbering,
    at: At,
    level: usize,
}

enum At {
    Outside,
    Scheme(String),
    List(String),
    Style(String),
}

impl Definitions<'_> {
    fn in_scheme(&mut self, id: &str, element: &Element<'_>) {
        let scheme = self.numbering.schemes.entry(id.to_owned()).or_default();
        let Some(level) = scheme.levels.get_mut(self.level) else {
            return;
        };
        match element.name() {
            "start" => level.start = element.number("val"),
            "numFmt" => level.format = element.attribute("val").unwrap_or_default(),
            "lvlText" => level.label = element.attribute("val").unwrap_or_default(),
            "suff" => level.suffix = element.attribute("val"),
            _ => {}
        }
    }

    fn in_list(&mut self, id: &str, element: &Element<'_>) {
        let list = self.numbering.lists.entry(id.to_owned()).or_default();
        match element.name() {
            "abstractNumId" => list.scheme = element.attribute("val").unwrap_or_default(),
            "startOverride" => {
                if let Some(restart) = list.restarts.get_mut(self.level) {
                    *restart = element.number("val");
                }
            }
            _ => {}
        }
    }

    fn in_style(&mut self, id: &str, element: &Element<'_>) {
        let style = self.numbering.styles.entry(id.to_owned()).or_default();
        match element.name() {
            "basedOn" => style.based_on = element.attribute("val"),
            "numId" => style.list = element.attribute("val"),
            "ilvl" => style.level = element.number("val"),
            _ => {}
        }
    }
}

impl Visitor for Definitions<'_> {
    fn open(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let id = |name| element.attribute(name).unwrap_or_default();
        match element.name() {
            "abstractNum" => self.at = At::Scheme(id("abstractNumId")),
            "num" => self.at = At::List(id("numId")),
            "style" => self.at = At::Style(id("styleId")),
            "lvl" | "lvlOverride" => {
                let level = element
                    .number("ilvl")
                    .and_then(|level| usize::try_from(level).ok());
                self.level = level.unwrap_or(LEVELS);
            }
            _ => {}
        }
        match std::mem::replace(&mut self.at, At::Outside) {
            At::Outside => {}
            At::Scheme(id) => {
                self.in_scheme(&id, element);
                self.at = At::Scheme(id);
            }
            At::List(id) => {
                self.in_list(&id, element);
                self.at = At::List(id);
            }
            At::Style(id) => {
                self.in_style(&id, element);
                self.at = At::Style(id);
            }
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        if matches!(name, "abstractNum" | "num" | "style") {
            self.at = At::Outside;
        }
        Ok(())
    }

    fn text(&mut self, _text: &str) -> Result<(), Failure> {
        Ok(())
    }
}
