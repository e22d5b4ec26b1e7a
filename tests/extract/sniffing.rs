//! What a file is called decides nothing that its content can decide.

use std::io::Cursor;

use encoding_rs::GBK;
use wenshu::extract::sniff::{HEAD_BYTES, media_type, types};

use crate::samples::{docx, ole, p, pdf, utf16_be, zipped};

fn sniffed(name: &str, bytes: &[u8]) -> &'static str {
    media_type(
        name,
        &bytes[..bytes.len().min(HEAD_BYTES)],
        Some(&mut Cursor::new(bytes)),
    )
}

#[test]
fn a_page_a_script_or_a_program_is_seen_through_its_name() {
    let page = utf16_be("<!DOCTYPE html><p>通知");
    let cases: &[(&str, &[u8], &str)] = &[
        ("通知.pdf", b"  <!DOCTYPE html><title>x</title>", types::HTML),
        ("通知.txt", b"<ScRiPt >alert(1)</script>", types::HTML),
        ("通知.docx", b"<?xml version='1.0'?><html xmlns='x'/>", types::HTML),
        ("通知.txt", &[b"\xfe\xff", page.as_slice()].concat(), types::HTML),
        ("公章.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", types::SVG),
        ("公章.txt", b"<?xml version='1.0'?><!-- x --><svg onload='x'/>", types::SVG),
        ("名单.xml", b"<?xml version='1.0'?><list/>", types::XML),
        ("通知.txt", b"#!/bin/sh\nrm -rf /\n", types::SCRIPT),
        ("通知.txt", b"<?php system($_GET['c']); ?>", types::SCRIPT),
        ("通知.txt", b"@echo off\r\nformat c:\r\n", types::SCRIPT),
        ("通知.ps1", b"Remove-Item x", types::SCRIPT),
        ("通知.pdf", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "application/vnd.microsoft.portable-executable"),
        ("通知.txt", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "application/x-executable"),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(
            sniffed(name, bytes),
            *expected,
            "{name}: {}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn office_containers_are_told_by_what_is_in_them() {
    let office = |more: &[&str]| {
        // What decides may stand far behind the beginning of the file.
        let filler: Vec<u8> = (0..20_000_u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
            .collect();
        let mut parts = vec![
            ("[Content_Types].xml", b"".as_slice()),
            ("filler.bin", &filler),
        ];
        parts.extend(more.iter().map(|name| (*name, b"x".as_slice())));
        zipped(&parts)
    };
    let cases = [
        (office(&["word/document.xml"]), types::DOCX),
        (
            office(&["word/document.xml", "word/vbaProject.bin"]),
            types::DOCM,
        ),
        (office(&["xl/workbook.xml"]), types::XLSX),
        (
            office(&["xl/workbook.xml", "xl/vbaProject.bin"]),
            types::XLSM,
        ),
        (office(&["xl/workbook.bin"]), types::XLSB),
        (office(&["ppt/presentation.xml"]), types::PPTX),
        (
            office(&["ppt/presentation.xml", "ppt/vbaProject.bin"]),
            types::PPTM,
        ),
        (
            zipped(&[("Doc_0/Document.xml", b"x"), ("OFD.xml", b"x")]),
            types::OFD,
        ),
        (
            zipped(&[("META-INF/MANIFEST.MF", b"x"), ("word/x", b"x")]),
            types::JAR,
        ),
        (zipped(&[("通知.txt", b"x")]), types::ZIP),
    ];
    for (bytes, expected) in cases {
        assert_eq!(sniffed("通知.txt", &bytes), expected);
    }
}

#[test]
fn old_office_files_are_told_by_their_streams() {
    let cases: [(&[&str], &str, &str); 8] = [
        (&["1Table", "WordDocument"], "通知.wps", types::DOC),
        (&["Workbook"], "台账.doc", types::XLS),
        (&["Book"], "台账.xls", types::XLS),
        (&["Pictures", "PowerPoint Document"], "汇报.ppt", types::PPT),
        (
            &["__nameid_version1.0", "__properties_version1.0"],
            "来信.msg",
            types::MSG,
        ),
        (
            &["EncryptionInfo", "EncryptedPackage"],
            "台账.XLSX",
            types::XLSX,
        ),
        (&["EncryptionInfo", "EncryptedPackage"], "通知", types::DOCX),
        (&["CONTENTS"], "通知.doc", types::OLE),
    ];
    for (streams, name, expected) in cases {
        assert_eq!(sniffed(name, &ole(streams)), expected, "{streams:?}");
    }
}

#[test]
fn text_is_text_and_only_its_name_says_which() {
    let gbk = GBK
        .encode("单位,签收时间\n县人民法院,2026-11-23\n")
        .0
        .into_owned();
    let mail = b"From: a@example.gov.cn\r\nSubject: =?utf-8?B?6YCa55+l?=\r\n\r\n<html></html>\r\n";
    let cases: &[(&str, &[u8], &str)] = &[
        ("台账.csv", &gbk, types::CSV),
        ("台账.pdf", &gbk, types::PLAIN),
        ("台账", &gbk, types::PLAIN),
        ("台账.html", &gbk, types::PLAIN),
        ("来信.eml", mail, types::EML),
        ("通知.txt", "通知".as_bytes(), types::PLAIN),
        ("通知.rtf", b"{\\rtf1 x}", types::RTF),
        ("空.txt", b"", types::PLAIN),
        ("噪声.txt", b"\x01\x02\x03\x04\0\0\0\xff", types::UNKNOWN),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(sniffed(name, bytes), *expected, "{name}");
    }
}

#[test]
fn a_head_that_ends_within_a_character_is_still_text() {
    let long = "通知".repeat(HEAD_BYTES);
    for cut in HEAD_BYTES - 3..HEAD_BYTES {
        let none = None::<&mut Cursor<Vec<u8>>>;
        assert_eq!(
            media_type("通知.txt", &long.as_bytes()[..cut], none),
            types::PLAIN,
            "{cut}"
        );
        let gbk = GBK.encode(&long).0;
        let none = None::<&mut Cursor<Vec<u8>>>;
        assert_eq!(
            media_type("通知.txt", &gbk[..cut], none),
            types::PLAIN,
            "{cut}"
        );
    }
}

#[test]
fn real_documents_are_what_they_are_by_any_name() {
    assert_eq!(sniffed("通知.txt", &docx(&p("通知"))), types::DOCX);
    let pdf = pdf(&[&["通知"]], "UniGB-UCS2-H", utf16_be);
    assert_eq!(sniffed("通知.docx", &pdf), types::PDF);
    assert_eq!(
        sniffed(
            "通知.pdf",
            &[b"\x1b%-12345X@PJL\r\n\0", pdf.as_slice()].concat()
        ),
        types::PDF
    );
}

#[test]
fn no_head_at_all_makes_the_hub_stumble() {
    let mut seeds = vec![
        docx(&p("通知")),
        ole(&["WordDocument"]),
        zipped(&[("OFD.xml", b"x")]),
    ];
    seeds.push(pdf(&[&["通知"]], "UniGB-UCS2-H", utf16_be));
    for seed in seeds {
        for cut in 0..seed.len().min(1200) {
            sniffed("通知.docx", &seed[..cut]);
            let mut bent = seed.clone();
            bent[cut] ^= 0xff;
            sniffed("通知.docx", &bent);
        }
    }
}
