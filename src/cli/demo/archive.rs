//! Where a folder of real texts lies beside the clone: the real founding rules are issued, and
//! the archive is filled with real laws. A run that was interrupted goes on where it stopped.

use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::Path,
};

use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::{Date, date};
use serde::Deserialize;
use serde_json::json;

use super::stage::{Scene, Stage};
use crate::{
    app::Hub,
    cli::{registry::City, say, told},
    domain::{DocumentFilter, FileRole, Role},
};

/// A real text.
#[derive(Deserialize)]
struct Law {
    id: String,
    title: String,
    office: String,
    issued_date: Option<String>,
    #[serde(default)]
    category: String,
    text: String,
    /// Which of the texts of one title it is, counted from one.
    #[serde(skip)]
    edition: usize,
}

/// Fills the archive, if there is anything to fill it with.
pub(super) async fn fill(
    hub: &Hub,
    city: &City,
    folder: &Path,
    at_most: usize,
) -> Result<(), String> {
    let stage = Stage { hub, city };
    if !folder.is_dir() {
        say(&format!(
            "没有 {}，不充实档案（演示照常）",
            folder.display()
        ));
        return Ok(());
    }
    let sent = titles_sent(&stage).await.map_err(|error| told(&error))?;
    if let Ok(text) = fs::read_to_string(folder.join("founding-rules.txt")) {
        issue_founding_rules(&stage, &sent, text)
            .await
            .map_err(|error| told(&error))?;
    }
    let Ok(corpus) = fs::read_to_string(folder.join("corpus.jsonl")) else {
        return Ok(());
    };
    let laws = corpus
        .lines()
        .take(at_most)
        .filter_map(|line| serde_json::from_str(line).ok());
    let mut laws: Vec<Law> = laws.collect();
    tell_editions(&mut laws);
    let bar = ProgressBar::new(laws.len() as u64).with_message("充实档案");
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    for law in laws {
        if !sent.contains(&law.title()) {
            archive(&stage, &law)
                .await
                .map_err(|error| format!("{}：{}", law.id, told(&error)))?;
        }
        bar.inc(1);
    }
    bar.finish();
    say(&format!(
        "档案中有 {} 件真实法规和文书",
        bar.length().unwrap_or(0)
    ));
    Ok(())
}

/// Counts the texts of one title: several versions of one law have the same.
fn tell_editions(laws: &mut [Law]) {
    let mut counts = HashMap::<String, usize>::new();
    for law in laws {
        let count = counts.entry(shortened(&law.title, 150)).or_default();
        *count += 1;
        law.edition = *count;
    }
}

/// What the justice bureau and the government office have sent before.
async fn titles_sent(stage: &Stage<'_>) -> crate::app::Result<BTreeSet<String>> {
    let mut titles = BTreeSet::new();
    for unit in ["sfj", "zfb"] {
        let clerk = stage.somebody(unit, Role::Clerk).await?;
        let mut filter = DocumentFilter {
            own: true,
            ..DocumentFilter::default()
        };
        loop {
            let page = stage.hub.documents(&clerk, &filter, 500).await?.value;
            let Some(last) = page.last() else { break };
            filter.after = Some((last.since, last.document.id));
            let sent = page.into_iter().filter(|card| card.document.sent.is_some());
            titles.extend(sent.map(|card| card.document.title));
        }
    }
    Ok(titles)
}

async fn issue_founding_rules(
    stage: &Stage<'_>,
    sent: &BTreeSet<String>,
    text: String,
) -> crate::app::Result<()> {
    let title = "关于印发《磐石市府院联席会议工作规则》的通知";
    if sent.contains(title) {
        return Ok(());
    }
    let file = stage
        .upload("zfb", "磐石市府院联席会议工作规则.txt", text)
        .await?;
    stage
        .send(Scene {
            unit: "zfb",
            kind: "GW-TONGZHI",
            title,
            prefix: Some("青崖政函"),
            files: vec![(file, FileRole::Main)],
            main: stage.city.keys_but(&["zfb", "fy", "jcy"]),
            copy: Vec::new(),
            joint: vec!["fy", "jcy"],
            fields: json!({}),
            in_reply_to: None,
        })
        .await?;
    Ok(())
}

async fn archive(stage: &Stage<'_>, law: &Law) -> crate::app::Result<()> {
    let file = stage
        .upload("sfj", &law.file_name(), law.text.clone())
        .await?;
    stage
        .send(Scene {
            unit: "sfj",
            kind: "FG-TB",
            title: &law.title(),
            prefix: None,
            files: vec![(file, FileRole::Main)],
            main: vec!["fy", "jcy", "zfb"],
            copy: Vec::new(),
            joint: Vec::new(),
            fields: json!({
                "regulation_title": shortened(&law.title, 100),
                "force_level": law.force_level(),
                "maker": law.maker(),
                "in_force_on": law.in_force_on(),
            }),
            in_reply_to: None,
        })
        .await?;
    Ok(())
}

impl Law {
    /// Its title, which no other has: from the second version on it says which year's it is.
    fn title(&self) -> String {
        let title = shortened(&self.title, 150);
        match self.edition {
            ..=1 => title,
            edition => format!(
                "{title}（{}年文本，第{edition}件）",
                self.in_force_on().year()
            ),
        }
    }

    fn file_name(&self) -> String {
        let name: String = shortened(&self.title, 60)
            .chars()
            .filter(|c| !c.is_control() && !"/\\".contains(*c))
            .collect();
        format!("{name}.txt")
    }

    /// The organ that made it, which is missing from many texts too.
    fn maker(&self) -> String {
        let told = shortened(&self.office, 50);
        if told.is_empty() {
            "未注明".to_owned()
        } else {
            told
        }
    }

    /// The day that the collection tells, which is missing from many texts.
    fn in_force_on(&self) -> Date {
        let told = self.issued_date.as_deref().unwrap_or_default();
        told.parse().unwrap_or_else(|_| date(2000, 1, 1))
    }

    fn force_level(&self) -> &'static str {
        match self.category.as_str() {
            "行政法规" => "administrative_regulation",
            "地方性法规" => "local_regulation",
            "部门规章" => "department_rule",
            "司法解释" => "judicial_interpretation",
            "国务院文件" => "normative_document",
            "裁判文书" => "other",
            _ => "law",
        }
    }
}

fn shortened(text: &str, chars: usize) -> String {
    text.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(chars)
        .collect()
}
