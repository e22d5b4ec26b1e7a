//! Small files made by hand, so that the repository holds none of anybody's.

use std::{
    fmt::Write as _,
    io::{Cursor, Read as _, Write as _},
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// A ZIP container of `parts`.
pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A Word document whose body is `body`, with more parts beside it.
pub fn docx_with(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let main = format!(
        "<?xml version='1.0'?>\n{}",
        wrapped("document", &format!("<w:body>{body}</w:body>"))
    );
    docx_raw(&main, more)
}

/// A Word document whose main part is `main`, word for word.
pub fn docx_raw(main: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = vec![
        ("[Content_Types].xml", "<Types/>".as_bytes()),
        ("_rels/.rels", b"<Relationships/>"),
        ("word/document.xml", main.as_bytes()),
    ];
    parts.extend(
        more.iter()
            .map(|(name, content)| (*name, content.as_bytes())),
    );
    zipped(&parts)
}

pub fn docx(body: &str) -> Vec<u8> {
    docx_with(body, &[])
}

/// `content` in a root element of Word's.
pub fn wrapped(root: &str, content: &str) -> String {
    format!("<w:{root} xmlns:w='{W}'>{content}</w:{root}>")
}

/// One paragraph with `text`.
pub fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A PDF of pages that hold lines, in a font that is not embedded, as typesetters of official
/// documents make them. `encoding` is the name of a predefined character map.
pub fn pdf(pages: &[&[&str]], encoding: &str, bytes_of: fn(&str) -> Vec<u8>) -> Vec<u8> {
    let kids: Vec<_> = (0..pages.len())
        .map(|page| format!("{} 0 R", 6 + 2 * page))
        .collect();
    let mut objects =
        vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {} /Kids [{}] >>", pages.len(), kids.join(" ")),
        format!(
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /{encoding} \
             /DescendantFonts [4 0 R] >>"
        ),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo \
         << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /StemV 80 /ItalicAngle 0 \
         /FontBBox [0 -200 1000 900] /Ascent 880 /Descent -120 /CapHeight 700 >>"
            .to_owned(),
    ];
    for (page, lines) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>",
            7 + 2 * page
        ));
        let mut shown = String::new();
        for line in *lines {
            writeln!(shown, "<{}> Tj T*", hex::encode(bytes_of(line))).unwrap();
        }
        objects.push(stream(
            "",
            format!("BT /F1 12 Tf 18 TL 60 780 Td\n{shown}ET").as_bytes(),
        ));
    }
    pdf_of(&objects)
}

pub fn utf16_be(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// A stream object; what it holds must be Latin-1.
pub fn stream(entries: &str, content: &[u8]) -> String {
    let content: String = content.iter().map(|byte| char::from(*byte)).collect();
    format!(
        "<< /Length {} {entries} >>\nstream\n{content}\nendstream",
        content.chars().count()
    )
}

/// A PDF of `objects`, the first of which is the catalogue.
pub fn pdf_of(objects: &[String]) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", file.len()).unwrap();
        let object = format!("{} 0 obj\n{object}\nendobj\n", number + 1);
        file.extend(object.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
    }
    let start = file.len();
    let size = objects.len() + 1;
    let end = format!("{table}trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend(end.as_bytes());
    file
}

/// `length` zeros, deflated and wrapped as PDF wants it.
pub fn deflated_zeros(length: u32) -> Vec<u8> {
    let zipped = zipped(&[("zeros", &vec![0; length as usize])]);
    let mut archive = ZipArchive::new(Cursor::new(zipped)).unwrap();
    let mut wrapped = vec![0x78, 0x9c];
    archive
        .by_index_raw(0)
        .unwrap()
        .read_to_end(&mut wrapped)
        .unwrap();
    wrapped.extend(((length % 65_521) << 16 | 1).to_be_bytes());
    wrapped
}

/// An OLE container of 512-byte sectors with nothing in it but names under the root.
pub fn ole(names: &[&str]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    header[24..34].copy_from_slice(&[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    header[44] = 1;
    header[48] = 1;
    header[76..512].fill(0xff);
    header[76..80].fill(0);
    let mut table = vec![0xff; 512];
    table[..8].copy_from_slice(&[0xfd, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff]);
    let mut directory = entry("Root Entry", 5, u32::MAX, u32::from(!names.is_empty()));
    if names.is_empty() {
        directory[76..80].fill(0xff);
    }
    for (index, name) in names.iter().enumerate() {
        let last = index + 1 == names.len();
        let right = if last {
            u32::MAX
        } else {
            u32::try_from(index).unwrap() + 2
        };
        directory.extend(entry(name, 2, right, u32::MAX));
    }
    directory.resize(512.max(directory.len()), 0);
    [header, table, directory].concat()
}

fn entry(name: &str, kind: u8, right: u32, child: u32) -> Vec<u8> {
    let mut entry = vec![0; 128];
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    entry[..name.len()].copy_from_slice(&name);
    entry[64] = u8::try_from(name.len() + 2).unwrap();
    entry[66] = kind;
    entry[68..72].fill(0xff);
    entry[72..76].copy_from_slice(&right.to_le_bytes());
    entry[76..80].copy_from_slice(&child.to_le_bytes());
    entry
}
