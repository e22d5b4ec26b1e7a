use super::{Error, Hub, Result};
use crate::blobs::Verdict;

/// How many digests are read at once.
const PAGE: i64 = 500;

/// What comparing every file with its digest has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many files were read.
    pub checked: u64,
    /// Those that are damaged or missing.
    pub faults: Vec<(String, &'static str)>,
}

impl Hub {
    /// Reads every file that some upload refers to and compares it with its digest.
    pub async fn verify_files(&self) -> Result<VerifyReport> {
        let mut report = VerifyReport::default();
        let mut after = String::new();
        loop {
            let page = self
                .store()
                .read()
                .await?
                .files()
                .digests(&after, PAGE)
                .await?;
            let Some((last, _)) = page.last() else {
                return Ok(report);
            };
            after.clone_from(last);
            for (text, _) in page {
                let digest = text.parse().map_err(Error::internal)?;
                report.checked += 1;
                match self.blobs().verify(digest).await? {
                    Verdict::Sound => {}
                    Verdict::Damaged => report.faults.push((text, "已损坏")),
                    Verdict::Missing => report.faults.push((text, "缺失")),
                }
            }
        }
    }
}
