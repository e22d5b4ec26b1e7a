//! Bytes that are text: markup, scripts, messages, and what only the name can tell.

use encoding_rs::DecoderResult;

use super::types;
use crate::extract::readers::encoding_of;

/// Systems run these when they are opened, and their content does not give them away.
const RUN_WHEN_OPENED: &[&str] = &[
    "bat", "cmd", "com", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "wsh", "hta",
    "sct", "reg", "inf", "scf", "url", "lnk", "desktop", "sh", "bash", "zsh", "csh", "py", "pl",
    "rb", "lua", "php", "phtml", "jsp", "jspx", "asp", "aspx", "cgi",
];

/// The text of `head`, unless it is binary. Its last character may be cut in two.
pub(super) fn text(head: &[u8]) -> Option<String> {
    let mut decoder = encoding_of(head, false).new_decoder();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(head.len())?);
    let (result, _) = decoder.decode_to_string_without_replacement(head, &mut text, false);
    let whole = result == DecoderResult::InputEmpty;
    (whole && !text.contains(is_never_written)).then_some(text)
}

/// Controls that no text has; a form feed, an escape and DOS's end of file are in use.
fn is_never_written(c: char) -> bool {
    c.is_ascii_control()
        && !matches!(
            c,
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1a}' | '\u{1b}'
        )
}

pub(super) fn media_type(name: &str, text: &str) -> &'static str {
    let start = text.trim_start();
    if starts_with_ignoring_case(start, "<svg") || starts_with_ignoring_case(start, "<!doctype svg")
    {
        return types::SVG;
    }
    match infer::get(start.as_bytes()).map(|found| found.mime_type()) {
        Some(types::HTML | types::XML) => markup(text),
        Some("text/x-shellscript") => types::SCRIPT,
        Some(known @ (types::PDF | types::RTF | "application/postscript")) => known,
        _ => unmarked(name, text),
    }
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}

/// Which markup it is: the first element that a browser would act upon decides.
fn markup(text: &str) -> &'static str {
    let text = text.to_ascii_lowercase();
    let at = |tag: &str| text.find(tag).unwrap_or(usize::MAX);
    let (svg, html) = (
        at("<svg"),
        at("<html").min(at("<script")).min(at("<!doctype html")),
    );
    if svg < html {
        types::SVG
    } else if html < usize::MAX
        || !text
            .trim_start_matches('\u{feff}')
            .trim_start()
            .starts_with("<?xml")
    {
        types::HTML
    } else {
        types::XML
    }
}

/// Text that no signature explains: the first words, then the name.
fn unmarked(name: &str, text: &str) -> &'static str {
    let first = text
        .trim_start()
        .lines()
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let extension = name
        .rsplit_once('.')
        .map(|(_, end)| end.to_ascii_lowercase());
    let runs = extension.is_some_and(|end| RUN_WHEN_OPENED.contains(&end.as_str()));
    if runs || first.starts_with("<?php") || first.starts_with("<%") || first.starts_with("@echo ")
    {
        return types::SCRIPT;
    }
    match mime_guess::from_path(name).first_raw() {
        Some(types::EML) => types::EML,
        // A name that claims a format which is not text is not believed, and neither is one
        // that claims a page where there is none.
        Some(types::HTML | types::XML | types::SVG) | None => types::PLAIN,
        Some(guess) if guess.starts_with("text/") || guess == "application/json" => guess,
        Some(_) => types::PLAIN,
    }
}
