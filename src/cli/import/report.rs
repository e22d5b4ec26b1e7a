//! What came of an import.

use std::{fmt, time::Duration};

/// The figures of one run.
#[derive(Debug)]
pub(super) struct Report {
    batch: String,
    /// How many units each document goes to.
    recipients: usize,
    /// Items that an earlier run had finished.
    pub(super) skipped: usize,
    pub(super) uploaded: usize,
    pub(super) sent: usize,
    /// Signatures, one for each document and unit.
    pub(super) signed: usize,
    /// Documents that every recipient has found.
    pub(super) found: usize,
    /// Titles that some recipient has not found, with the units.
    pub(super) missing: Vec<(String, String)>,
    /// Items that the hub does not accept, with its reasons.
    pub(super) refused: Vec<(String, String)>,
    pub(super) took: Duration,
}

impl Report {
    pub(super) fn new(batch: &str, recipients: usize) -> Self {
        Self {
            batch: batch.to_owned(),
            recipients,
            skipped: 0,
            uploaded: 0,
            sent: 0,
            signed: 0,
            found: 0,
            missing: Vec::new(),
            refused: Vec::new(),
            took: Duration::ZERO,
        }
    }

    /// Whether there is anything to tell.
    pub(super) fn has_anything(&self) -> bool {
        self.skipped + self.uploaded + self.sent + self.signed + self.refused.len() > 0
    }

    /// Whether everything that was accepted was found.
    pub(super) fn all_found(&self) -> bool {
        self.missing.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            batch,
            recipients,
            skipped,
            uploaded,
            sent,
            signed,
            found,
            ..
        } = self;
        writeln!(f, "导入结束（批次 {batch}，每件送 {recipients} 个单位）")?;
        writeln!(f, "  跳过（此前已完成）：{skipped}")?;
        writeln!(f, "  上传：{uploaded}")?;
        writeln!(f, "  发送：{sent}")?;
        writeln!(f, "  签收：{signed}")?;
        writeln!(f, "  检索到：{found}")?;
        writeln!(f, "  检索不到：{}", self.missing.len())?;
        for (title, units) in &self.missing {
            writeln!(f, "    {title}（{units}）")?;
        }
        writeln!(f, "  未受理：{}", self.refused.len())?;
        for (name, reason) in &self.refused {
            writeln!(f, "    {name}：{reason}")?;
        }
        let seconds = self.took.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
        let rate = if seconds > 0.0 {
            self.found as f64 / seconds
        } else {
            0.0
        };
        write!(f, "  用时：{seconds:.1} 秒，每秒 {rate:.1} 件")
    }
}
