//! `wenshu bench …`: what the hub promises about speed, measured on this machine. One file a
//! subject; what they share lies beside them.

mod city;
mod client;
mod duties;
mod exchange;
mod figures;
mod fill;
mod lives;
mod random;
mod search;
mod share;
mod stage;

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::Options;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// 交换：收件箱、发文、签收、发送在一万件和一百万件投递时各要多久
    Exchange(exchange::Arguments),
    /// 回复义务：台账和一年的统计在一万项和一百万项时各要多久
    Duties(duties::Arguments),
    /// 检索：建索引、索引大小、各种检索的用时、排序的好坏，与 SQLite FTS5、PostgreSQL 三元组索引对照
    Search(search::Arguments),
}

/// Measures what was asked for.
pub(super) async fn run(options: &Options, arguments: Arguments) -> Result<ExitCode, String> {
    match arguments.subject {
        Subject::Exchange(arguments) => exchange::run(options, arguments).await,
        Subject::Duties(arguments) => duties::run(options, arguments).await,
        Subject::Search(arguments) => Box::pin(search::run(options, arguments)).await,
    }
}
