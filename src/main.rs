//! The program `wenshu`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["extract-worker", "--media-type", media_type] => wenshu::extract::worker::main(media_type),
        _ => ExitCode::FAILURE,
    }
}
