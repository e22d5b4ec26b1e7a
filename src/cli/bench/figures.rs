//! What was measured, in a table or as JSON.

use std::time::Duration;

use serde::Serialize;

use crate::cli::told;

/// The median, the 99th percentile and the longest of some repetitions, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Figure {
    /// How often it was done.
    pub(super) times: usize,
    pub(super) median_ms: f64,
    pub(super) p99_ms: f64,
    /// The longest.
    pub(super) max_ms: f64,
    /// How many rows a page held; none where it is no list.
    pub(super) rows: Option<usize>,
}

impl Figure {
    /// Of durations, at least one.
    pub(super) fn of(mut took: Vec<Duration>) -> Self {
        took.sort_unstable();
        let rank = |percent: usize| {
            let place = (took.len() * percent).div_ceil(100).max(1) - 1;
            let found = took.get(place).copied().unwrap_or_default();
            found.as_secs_f64() * 1000.0
        };
        Self {
            times: took.len(),
            median_ms: rank(50),
            p99_ms: rank(99),
            max_ms: rank(100),
            rows: None,
        }
    }

    /// The same, of a page with so many rows.
    pub(super) fn with_rows(self, rows: Option<usize>) -> Self {
        Self { rows, ..self }
    }
}

/// One thing that was measured at every size.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    /// What was done.
    pub(super) what: &'static str,
    /// A figure for each size.
    pub(super) figures: Vec<Figure>,
    /// The median at the largest size by that at the smallest.
    pub(super) ratio: f64,
}

impl Line {
    pub(super) fn new(what: &'static str, figures: Vec<Figure>) -> Self {
        let ratio = match (figures.first(), figures.last()) {
            (Some(first), Some(last)) => last.median_ms / first.median_ms,
            _ => f64::NAN,
        };
        Self {
            what,
            figures,
            ratio,
        }
    }

    /// How many rows the pages held; a longer page costs more wherever it stands.
    fn rows(&self) -> String {
        let rows: Vec<_> = self.figures.iter().filter_map(|one| one.rows).collect();
        match rows.as_slice() {
            [] => String::new(),
            [first, others @ ..] if others.iter().all(|rows| rows == first) => {
                format!("（{first} 行）")
            }
            differing => {
                let rows: Vec<_> = differing.iter().map(ToString::to_string).collect();
                format!("（行数不同：{}）", rows.join("、"))
            }
        }
    }
}

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// `sqlite` or `postgresql`.
    pub(super) engine: &'static str,
    /// Whether the program was built to be fast.
    pub(super) optimised: bool,
    /// How an acknowledgement is kept.
    pub(super) durability: &'static str,
    /// What the hub is filled with.
    pub(super) filled_with: &'static str,
    /// How many of these there are, from few to many.
    pub(super) sizes: Vec<usize>,
    /// How long filling took, for each size.
    pub(super) filled_in_seconds: Vec<f64>,
    /// The pages and acts.
    pub(super) lines: Vec<Line>,
    /// What else is compared with a goal.
    pub(super) remarks: Vec<String>,
}

/// A page costs at most this much more where there is a hundred times as much.
const PAGE_GOAL: f64 = 1.3;

impl Report {
    /// A report of this program, of which nothing is measured yet.
    pub(super) fn of(engine: &'static str, filled_with: &'static str, sizes: &[usize]) -> Self {
        Self {
            engine,
            optimised: !cfg!(debug_assertions),
            durability: "每次确认前落盘（fsync）",
            filled_with,
            sizes: sizes.to_vec(),
            filled_in_seconds: Vec::new(),
            lines: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// What is printed: a table, or JSON.
    pub(super) fn printed(&self, json: bool) -> Result<String, String> {
        if json {
            return serde_json::to_string_pretty(self).map_err(|error| told(&error));
        }
        Ok(self.table())
    }

    fn table(&self) -> String {
        let build = if self.optimised {
            "release"
        } else {
            "未优化的构建，数字仅供参考"
        };
        let mut lines = vec![format!("{} · {build} · {}", self.engine, self.durability)];
        for (size, took) in self.sizes.iter().zip(&self.filled_in_seconds) {
            lines.push(format!("填充至 {size} {}：{took:.1} 秒", self.filled_with));
        }
        lines.push(format!(
            "{:>8} {:>28} {:>9}  {}",
            "次数", "各规模的中位数 / p99（毫秒）", "比值", "内容"
        ));
        for line in &self.lines {
            let figures: Vec<_> = line
                .figures
                .iter()
                .map(|one| format!("{:.2} / {:.2}", one.median_ms, one.p99_ms))
                .collect();
            lines.push(format!(
                "{:>8} {:>34} {:>9.2}  {}{}",
                line.figures.first().map_or(0, |one| one.times),
                figures.join("  "),
                line.ratio,
                line.what,
                line.rows()
            ));
        }
        lines.extend(self.remarks.iter().cloned());
        lines.push(format!(
            "页面比值的目标 ≤ {PAGE_GOAL}（最大规模 ÷ 最小规模，中位数）"
        ));
        lines.join("\n")
    }
}
