//! Imports the history of a unit's archive: a table that says of each document what it is, and
//! the files that it names. Everything is checked before anything is sent.

mod carry;
mod check;
mod csv;
mod dates;
mod fields;
mod files;
mod problem;
mod recipients;
mod table;
mod world;

use std::{fs, path::Path, process::ExitCode};

use futures_util::{StreamExt as _, stream};

use self::{
    carry::{Carrier, Outcome},
    check::{Entry, check},
    problem::{Problem, problems_csv},
    table::Table,
    world::World,
};
use super::{Arguments, Header, Journal, Party, Progress, accounts::Accounts};
use crate::cli::{
    client::{http::Client, trouble::Trouble},
    say, told,
};

/// The most problems that are written to the terminal; the report has them all.
const SHOWN: usize = 200;

/// Checks a manifest, and imports it where that is asked for and nothing is wrong with it.
pub(super) async fn run(arguments: &Arguments, path: &Path) -> Result<ExitCode, String> {
    let accounts = Accounts::read(&arguments.accounts)?;
    let table = Table::read(path)?;
    let progress = Progress::new(table.rows.len().min(arguments.limit));
    let client = arguments.client(&progress)?;
    let party = Party::gather(&client, accounts, &[])
        .await
        .map_err(Trouble::told)?;
    let import = Import {
        arguments,
        client: &client,
        party: &party,
        progress: &progress,
    };
    let outcome = import.run(path, &table).await;
    party.log_out(&client).await;
    progress.finish();
    outcome
}

struct Import<'a> {
    arguments: &'a Arguments,
    client: &'a Client,
    party: &'a Party,
    progress: &'a Progress,
}

impl Import<'_> {
    async fn run(&self, path: &Path, table: &Table) -> Result<ExitCode, String> {
        let world = World::fetch(self.client, self.party.drafter()).await;
        let world = world.map_err(Trouble::told)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let (entries, problems) = check(table, folder, &world);
        if !problems.is_empty() {
            self.report(&problems_csv(&problems))?;
            say(&told_of(&problems));
            return Ok(ExitCode::FAILURE);
        }
        if self.arguments.dry_run {
            say(&format!(
                "检查通过：{} 件，没有发现问题；没有发送任何文书",
                entries.len()
            ));
            return Ok(ExitCode::SUCCESS);
        }
        let outcomes = self.carry_all(&entries).await?;
        self.report(&carry::outcomes_csv(&outcomes))?;
        let refused = outcomes.iter().filter(|one| one.is_refused()).count();
        let skipped = outcomes.iter().filter(|one| one.was_finished()).count();
        say(&format!(
            "导入结束（批次 {}）\n  跳过（此前已完成）：{skipped}\n  发送：{}\n  未受理：{refused}",
            self.arguments.batch,
            outcomes.len() - refused - skipped,
        ));
        for one in outcomes.iter().filter(|one| one.is_refused()) {
            say(&format!("    {one}"));
        }
        Ok(if refused == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Carries every entry; those that the hub does not accept do not hold up the others.
    async fn carry_all(&self, entries: &[Entry]) -> Result<Vec<Outcome>, String> {
        let header = Header {
            batch: self.arguments.batch.clone(),
            kind: "manifest".to_owned(),
            to: Vec::new(),
        };
        let journal = Journal::open(&self.arguments.journal, &header)?;
        let carrier = Carrier {
            client: self.client,
            party: self.party,
            journal: &journal,
            batch: &self.arguments.batch,
        };
        let mut fates = stream::iter(entries.iter().take(self.arguments.limit))
            .map(|entry| carrier.carry(entry))
            .buffer_unordered(self.arguments.jobs.into());
        let mut outcomes = Vec::new();
        while let Some(outcome) = fates.next().await {
            outcomes.push(outcome?);
            self.progress.step();
        }
        outcomes.sort_by_key(|outcome| outcome.row);
        Ok(outcomes)
    }

    fn report(&self, text: &str) -> Result<(), String> {
        let Some(path) = &self.arguments.report else {
            return Ok(());
        };
        fs::write(path, text)
            .map_err(|error| format!("报告 {} 无法写入：{}", path.display(), told(&error)))
    }
}

fn told_of(problems: &[Problem]) -> String {
    let mut lines: Vec<String> = problems
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect();
    if problems.len() > SHOWN {
        lines.push(format!(
            "……其余 {} 处见报告（--report）",
            problems.len() - SHOWN
        ));
    }
    lines.push(format!("共 {} 处须更正；没有发送任何文书", problems.len()));
    lines.join("\n")
}
