//! Files made to hurt: each is answered in time, by a sentence, and the hub lives on.

use std::{fmt::Write as _, time::Instant};

use wenshu::extract::{FailureCode, Limits, Outcome, sniff::types};

use crate::{
    samples::{
        deflated_zeros, docx, docx_raw, docx_with, p, pdf, pdf_of, stream, utf16_be, wrapped,
        zipped,
    },
    support::{code, limited, read, read_with},
};

#[tokio::test]
async fn a_zip_bomb_is_refused_while_it_inflates() {
    let bomb = docx_raw(&" ".repeat(64 << 20), &[]);
    assert!(bomb.len() < 200_000);
    assert_eq!(
        code(&read(&bomb, types::DOCX).await),
        Some(FailureCode::Suspicious)
    );
}

#[tokio::test]
async fn many_modest_parts_are_counted_together() {
    let limits = Limits {
        max_zip_bytes: 1 << 20,
        ..Limits::default()
    };
    let notes = wrapped("footnotes", &p(&"注".repeat(300_000)));
    let file = docx_with(
        &p("正文"),
        &[
            ("word/footnotes.xml", &notes),
            ("word/endnotes.xml", &notes),
        ],
    );
    let outcome = read_with(&limited(limits), &file, types::DOCX).await;
    assert_eq!(code(&outcome), Some(FailureCode::TooLarge));
}

#[tokio::test]
async fn a_container_of_thousands_of_entries_is_not_opened() {
    let names: Vec<_> = (0..2001)
        .map(|number| format!("word/{number}.xml"))
        .collect();
    let parts: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), b"".as_slice()))
        .collect();
    assert_eq!(
        code(&read(&zipped(&parts), types::DOCX).await),
        Some(FailureCode::TooLarge)
    );
}

#[tokio::test]
async fn a_document_type_is_refused_before_it_can_laugh() {
    let mut laughs = "<!ENTITY l0 '哈'>".to_owned();
    for level in 1..20 {
        let previous = format!("&l{};", level - 1).repeat(10);
        write!(laughs, "<!ENTITY l{level} '{previous}'>").unwrap();
    }
    let main = format!(
        "<?xml version='1.0'?><!DOCTYPE d [{laughs}]>{}",
        wrapped("document", &p("&l19;"))
    );
    assert_eq!(
        code(&read(&docx_raw(&main, &[]), types::DOCX).await),
        Some(FailureCode::Suspicious)
    );
}

#[tokio::test]
async fn elements_without_end_are_refused() {
    let deep = "<w:sdt>".repeat(100_000);
    assert_eq!(
        code(&read(&docx(&deep), types::DOCX).await),
        Some(FailureCode::Suspicious)
    );
}

#[tokio::test]
async fn a_locked_word_document_is_called_locked() {
    let file = crate::samples::ole(&["EncryptionInfo", "EncryptedPackage"]);
    assert_eq!(
        code(&read(&file, types::DOCX).await),
        Some(FailureCode::Encrypted)
    );
}

#[tokio::test]
async fn a_torn_file_of_any_kind_is_answered() {
    let files = [
        (types::DOCX, docx(&p(&"司法建议".repeat(500)))),
        (
            types::PDF,
            pdf(
                &[["关于召开会议的通知"; 30].as_slice(); 3],
                "UniGB-UCS2-H",
                utf16_be,
            ),
        ),
        (types::DOC, crate::samples::ole(&["WordDocument", "1Table"])),
    ];
    for (media_type, file) in files {
        for tenth in 0..10 {
            let torn = &file[..file.len() * tenth / 10];
            let outcome = read(torn, media_type).await;
            let code = code(&outcome);
            assert!(
                !matches!(code, Some(FailureCode::Timeout | FailureCode::OutOfMemory)),
                "{media_type} at {tenth} tenths: {outcome:?}"
            );
        }
    }
}

#[tokio::test]
async fn arrays_within_arrays_within_arrays_do_not_bring_the_hub_down() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let in_an_object = pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R /Deep 3 0 R >>".to_owned(),
        "<< /Type /Pages /Count 1 /Kids [4 0 R] >>".to_owned(),
        deep.clone(),
        "<< /Type /Page /Parent 2 0 R /MediaBox 3 0 R /Contents 5 0 R >>".to_owned(),
        stream("", deep.as_bytes()),
    ]);
    assert_in_time(&in_an_object).await;
}

#[tokio::test]
async fn pages_that_are_their_own_parents_end() {
    let circle = pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Count 1000000000 /Kids [2 0 R 2 0 R 2 0 R] /Parent 2 0 R >>".to_owned(),
    ]);
    assert_in_time(&circle).await;
}

#[tokio::test]
async fn a_stream_that_inflates_without_end_is_stopped() {
    let bomb = pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>".to_owned(),
        stream("/Filter /FlateDecode", &deflated_zeros(200 << 20)),
    ]);
    assert_in_time(&bomb).await;
}

/// Whatever is made of the file, it is no text, and the answer comes in time.
async fn assert_in_time(file: &[u8]) {
    let before = Instant::now();
    let limits = Limits {
        cpu_seconds: 3,
        ..Limits::default()
    };
    let outcome = read_with(&limited(limits), file, types::PDF).await;
    assert!(!matches!(outcome, Outcome::Text(_)), "{outcome:?}");
    assert!(before.elapsed().as_secs() < 20, "{outcome:?}");
}
