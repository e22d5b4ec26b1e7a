//! The program `wenshu`.

use std::process::ExitCode;

fn main() -> ExitCode {
    wenshu::cli::run()
}
