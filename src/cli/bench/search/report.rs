//! What was measured, with the goals beside it.

use serde::Serialize;

use super::super::figures::Figure;
use crate::cli::told;

/// Something that was measured.
#[derive(Debug, Serialize)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) amount: f64,
    pub(super) unit: &'static str,
    pub(super) goal: Option<Goal>,
}

/// What a value is to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

/// One thing with its values.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) what: String,
    pub(super) values: Vec<Value>,
    pub(super) note: Option<String>,
}

/// Lines that belong together.
#[derive(Debug, Serialize)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
}

/// Everything.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// `sqlite` or `postgresql`.
    pub(super) engine: &'static str,
    /// Whether the program was built to be fast.
    pub(super) optimised: bool,
    pub(super) sections: Vec<Section>,
}

impl Value {
    pub(super) fn new(name: impl Into<String>, amount: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            amount,
            unit,
            goal: None,
        }
    }

    pub(super) fn at_most(self, most: f64) -> Self {
        Self {
            goal: Some(Goal::AtMost(most)),
            ..self
        }
    }

    pub(super) fn at_least(self, least: f64) -> Self {
        Self {
            goal: Some(Goal::AtLeast(least)),
            ..self
        }
    }

    fn told(&self) -> String {
        let Self {
            name, amount, unit, ..
        } = self;
        let blank = if name.is_empty() { "" } else { " " };
        let unit = match *unit {
            "" => String::new(),
            unit => format!(" {unit}"),
        };
        let goal = self.goal.map(|goal| goal.told(*amount)).unwrap_or_default();
        format!("{name}{blank}{}{unit}{goal}", figure(*amount))
    }
}

impl Goal {
    fn told(self, value: f64) -> String {
        let (sign, goal, met) = match self {
            Self::AtMost(goal) => ("≤", goal, value <= goal),
            Self::AtLeast(goal) => ("≥", goal, value >= goal),
        };
        let missed = if met { "" } else { "，未达到" };
        format!("（目标 {sign} {goal}{missed}）")
    }
}

impl Line {
    pub(super) fn new(what: impl Into<String>, values: Vec<Value>) -> Self {
        Self {
            what: what.into(),
            values,
            note: None,
        }
    }

    /// How long something took.
    pub(super) fn timed(what: impl Into<String>, figure: &Figure, goals: Option<[f64; 2]>) -> Self {
        let mut middle = Value::new("中位数", figure.median_ms, "毫秒");
        let mut late = Value::new("p99", figure.p99_ms, "毫秒");
        if let Some([median, p99]) = goals {
            middle = middle.at_most(median);
            late = late.at_most(p99);
        }
        let longest = Value::new("最长", figure.max_ms, "毫秒");
        Self::new(what, vec![middle, late, longest])
    }

    pub(super) fn and(mut self, value: Value) -> Self {
        self.values.push(value);
        self
    }

    pub(super) fn noting(self, note: impl Into<String>) -> Self {
        Self {
            note: Some(note.into()),
            ..self
        }
    }

    /// Something that was not measured, and why.
    pub(super) fn skipped(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self::new(what, Vec::new()).noting(why)
    }

    fn told(&self) -> String {
        let values: Vec<_> = self.values.iter().map(Value::told).collect();
        let note = self.note.as_ref().map(|note| format!("（{note}）"));
        let note = note.unwrap_or_default();
        format!("  {}：{}{note}", self.what, values.join("，"))
    }
}

impl Section {
    pub(super) fn new(title: impl Into<String>, lines: Vec<Line>) -> Self {
        Self {
            title: title.into(),
            lines,
        }
    }
}

impl Report {
    pub(super) fn of(engine: &'static str) -> Self {
        Self {
            engine,
            optimised: !cfg!(debug_assertions),
            sections: Vec::new(),
        }
    }

    /// What is printed: lines, or JSON.
    pub(super) fn printed(&self, json: bool) -> Result<String, String> {
        if json {
            return serde_json::to_string_pretty(self).map_err(|error| told(&error));
        }
        let build = if self.optimised {
            "release"
        } else {
            "未优化的构建，数字仅供参考"
        };
        let mut lines = vec![format!("{} · {build}", self.engine)];
        for section in &self.sections {
            lines.push(section.title.clone());
            lines.extend(section.lines.iter().map(Line::told));
        }
        Ok(lines.join("\n"))
    }
}

/// Three digits that count, whole numbers whole.
fn figure(value: f64) -> String {
    match value.abs() {
        _ if value.fract() == 0.0 || value.abs() >= 1000.0 => format!("{value:.0}"),
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_that_is_missed_is_said_to_be() {
        let line = |value: f64| {
            let value = Value::new("中位数", value, "毫秒").at_most(1.0);
            Line::new("检索", vec![value]).told()
        };
        assert_eq!(line(0.5), "  检索：中位数 0.500 毫秒（目标 ≤ 1）");
        assert_eq!(line(1.5), "  检索：中位数 1.50 毫秒（目标 ≤ 1，未达到）");
        let value = Value::new("", 12.0, "次/秒").at_least(1000.0);
        assert_eq!(value.told(), "12 次/秒（目标 ≥ 1000，未达到）");
    }

    #[test]
    fn three_digits_are_enough() {
        let told: Vec<_> = [0.12345, 1.2345, 12.345, 123.45, 12345.6, 7.0, 0.0]
            .map(figure)
            .into();
        assert_eq!(told, ["0.123", "1.23", "12.3", "123", "12346", "7", "0"]);
    }

    #[test]
    fn what_was_skipped_says_why() {
        let line = Line::skipped("PostgreSQL", "没有给出服务器").told();
        assert_eq!(line, "  PostgreSQL：（没有给出服务器）");
    }
}
