//! Writes the documents of a unit as packages into a folder, one ZIP each, as that unit may see
//! them. Nothing is written twice: what is there already and is still the same is left alone.

mod journal;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;
use futures_util::StreamExt as _;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use self::journal::{Journal, Line};
use super::{import::progress::Progress, node::Node, say, told};
use crate::{
    app::{Caller, Package},
    config::Config,
    domain::{Card, Digest, DocumentFilter, DocumentId, UnitId, legal_day},
};

/// How many documents are listed at once.
const PAGE: i64 = 500;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 单位的全称或简称
    #[arg(long)]
    unit: String,
    /// 写到哪个文件夹；没有则建立
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// 只要这一天（含）起发送的，如 2026-01-01
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// 只要到这一天（含）为止发送的
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
}

/// What came of it.
#[derive(Debug, Default, serde::Serialize)]
struct Report {
    unit: String,
    documents: usize,
    written: usize,
    unchanged: usize,
    quarantined: usize,
    bytes: u64,
    failed: BTreeMap<String, String>,
}

/// Writes what is asked for.
pub(super) async fn run(config: Config, arguments: Arguments) -> Result<ExitCode, String> {
    let node = Node::beside(config).await?;
    let unit = node.hub.unit_called(&arguments.unit).await;
    let unit = unit.map_err(|error| told(&error))?;
    let unit = unit.ok_or_else(|| format!("没有名为“{}”的单位", arguments.unit))?;
    fs::create_dir_all(&arguments.out).map_err(|error| told(&error))?;
    let noted = node.hub.note_export(unit).await;
    noted.map_err(|error| told(&error))?;
    let mut report = Report {
        unit: arguments.unit.clone(),
        ..Report::default()
    };
    let cards = listed(&node, unit, &arguments, &mut report).await?;
    write_all(&node, unit, &arguments.out, &cards, &mut report).await?;
    node.store.close().await;
    tell(&arguments.out, &report)
}

/// The sent documents that the unit may see, the oldest first.
async fn listed(
    node: &Node,
    unit: UnitId,
    arguments: &Arguments,
    report: &mut Report,
) -> Result<Vec<DocumentId>, String> {
    let caller = Caller::operator_for(unit);
    let mut filter = DocumentFilter::default();
    let mut found = Vec::new();
    loop {
        let page = node.hub.documents(&caller, &filter, PAGE).await;
        let cards = page.map_err(|error| told(&error))?.value;
        let Some(last) = cards.last() else { break };
        filter.after = Some((last.since, last.document.id));
        found.extend(
            cards
                .iter()
                .filter(|card| is_asked_for(card, arguments))
                .cloned(),
        );
    }
    let (hidden, shown): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|card| card.document.quarantined_at.is_some());
    report.quarantined = hidden.len();
    report.documents = shown.len();
    Ok(shown.iter().rev().map(|card| card.document.id).collect())
}

fn is_asked_for(card: &Card, arguments: &Arguments) -> bool {
    let Some((_, at)) = card.document.sent else {
        return false;
    };
    let day = legal_day(at);
    arguments.since.is_none_or(|since| since <= day)
        && arguments.until.is_none_or(|until| day <= until)
}

async fn write_all(
    node: &Node,
    unit: UnitId,
    out: &Path,
    documents: &[DocumentId],
    report: &mut Report,
) -> Result<(), String> {
    let mut journal = Journal::open(out).map_err(|error| told(&error))?;
    let progress = Progress::new(documents.len());
    progress.begin("导出", documents.len());
    for id in documents {
        match write_one(node, unit, out, *id, &mut journal).await {
            Ok(Some(size)) => {
                report.written += 1;
                report.bytes += size;
            }
            Ok(None) => report.unchanged += 1,
            Err(reason) => {
                progress.say(&format!("未导出 {id}：{reason}"));
                report.failed.insert(id.to_string(), reason);
            }
        }
        progress.step();
    }
    progress.finish();
    Ok(())
}

/// Writes one package, unless it is there and is the same; gives its size.
async fn write_one(
    node: &Node,
    unit: UnitId,
    out: &Path,
    id: DocumentId,
    journal: &mut Journal,
) -> Result<Option<u64>, String> {
    let package = node.hub.package(unit, id).await;
    let package = package.map_err(|error| told(&error))?;
    let fingerprint = package.fingerprint();
    if journal.has(id, fingerprint, out) {
        return Ok(None);
    }
    let text = id.to_string();
    let short = &text[text.len().saturating_sub(12)..];
    let stem = package.name.trim_end_matches(".zip");
    let name = format!("{stem} {short}.zip");
    let (sha256, size) = write_package(package, &out.join(&name)).await?;
    let line = Line {
        document: id,
        file: name,
        fingerprint,
        sha256,
        size,
    };
    journal.note(line).map_err(|error| told(&error))?;
    Ok(Some(size))
}

/// Writes a package so that it appears whole or not at all.
async fn write_package(package: Package, path: &Path) -> Result<(Digest, u64), String> {
    let mut parcel = package.into_parcel().map_err(|error| told(&error))?;
    let half = path.with_extension("part");
    let mut file = File::create(&half).map_err(|error| told(&error))?;
    let (mut hash, mut size) = (Sha256::new(), 0);
    while let Some(piece) = parcel.next().await {
        let piece = piece.map_err(|error| told(&error))?;
        hash.update(&piece);
        size += piece.len() as u64;
        file.write_all(&piece).map_err(|error| told(&error))?;
    }
    let settle = || -> std::io::Result<()> {
        file.sync_all()?;
        fs::rename(&half, path)?;
        path.parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    settle().map_err(|error| told(&error))?;
    Ok((Digest(hash.finalize().into()), size))
}

fn tell(out: &Path, report: &Report) -> Result<ExitCode, String> {
    let text = serde_json::to_string_pretty(report).map_err(|error| told(&error))?;
    fs::write(out.join("导出报告.json"), text).map_err(|error| told(&error))?;
    say(&format!(
        "{}：共 {} 件，写出 {} 件（{} 字节），已有且未变 {} 件，已隔离不导出 {} 件，失败 {} 件",
        report.unit,
        report.documents,
        report.written,
        report.bytes,
        report.unchanged,
        report.quarantined,
        report.failed.len()
    ));
    Ok(if report.failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
