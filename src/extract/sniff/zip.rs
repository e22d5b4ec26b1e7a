//! ZIP containers by the names of their entries: the table of contents is walked, nothing is
//! unpacked.

use std::io::{Read, Seek, SeekFrom};

use super::types;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
/// The end record and the longest comment that may follow it.
const TAIL: u64 = 22 + 65_535;
/// As much of the table of contents as is looked at; an Office file needs a few kilobytes.
const TABLE_BYTES: u64 = 256 * 1024;

pub(super) fn is_zip(head: &[u8]) -> bool {
    [LOCAL, END, b"PK\x07\x08"]
        .iter()
        .any(|magic| head.starts_with(magic))
}

pub(super) fn media_type<F: Read + Seek>(head: &[u8], whole: Option<&mut F>) -> &'static str {
    if let Some(declared) = declared(head) {
        return declared;
    }
    let mut names = records(head, LOCAL, 26, 30);
    names.extend(
        whole
            .and_then(table)
            .map(|table| records(&table, CENTRAL, 28, 46))
            .unwrap_or_default(),
    );
    by_names(&names)
}

/// `OpenDocument` and EPUB say what they are in their first entry, which is not packed.
fn declared(head: &[u8]) -> Option<&'static str> {
    let said = head.get(30..)?.strip_prefix(b"mimetype")?;
    [types::ODT, types::ODS, types::ODP, types::EPUB]
        .into_iter()
        .find(|known| said.starts_with(known.as_bytes()))
}

fn by_names(names: &[String]) -> &'static str {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    let within = |folder: &str| names.iter().any(|name| name.starts_with(folder));
    let macros = names
        .iter()
        .any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin"));
    let office = has("[Content_Types].xml") || within("_rels/");
    match () {
        () if has("AndroidManifest.xml") => types::APK,
        () if has("META-INF/MANIFEST.MF") => types::JAR,
        () if office && has("xl/workbook.bin") => types::XLSB,
        () if office && within("word/") => {
            if macros {
                types::DOCM
            } else {
                types::DOCX
            }
        }
        () if office && within("xl/") => {
            if macros {
                types::XLSM
            } else {
                types::XLSX
            }
        }
        () if office && within("ppt/") => {
            if macros {
                types::PPTM
            } else {
                types::PPTX
            }
        }
        () if has("OFD.xml") => types::OFD,
        () => types::ZIP,
    }
}

/// The names in the records of one kind, in bytes that need not be whole.
fn records(bytes: &[u8], magic: &[u8], length_at: usize, name_at: usize) -> Vec<String> {
    let starts = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, four)| *four == magic);
    starts
        .filter_map(|(start, _)| name(&bytes[start..], length_at, name_at))
        .collect()
}

fn name(record: &[u8], length_at: usize, name_at: usize) -> Option<String> {
    let length = u16::from_le_bytes(record.get(length_at..length_at + 2)?.try_into().ok()?);
    let name = record.get(name_at..name_at + usize::from(length))?;
    // Some programs write the separator of their own system.
    Some(String::from_utf8_lossy(name).replace('\\', "/"))
}

/// The beginning of the table of contents.
fn table<F: Read + Seek>(file: &mut F) -> Option<Vec<u8>> {
    let length = file.seek(SeekFrom::End(0)).ok()?;
    let tail = read_at(file, length.saturating_sub(TAIL), TAIL)?;
    let end = tail.windows(4).rposition(|four| four == END)?;
    let record = tail.get(end..end + END_BYTES)?;
    let start = u32::from_le_bytes(record[16..20].try_into().ok()?);
    read_at(file, u64::from(start), TABLE_BYTES)
}

fn read_at<F: Read + Seek>(file: &mut F, place: u64, length: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(place)).ok()?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
