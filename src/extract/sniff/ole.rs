//! OLE containers by the names in their root directory: a bounded walk, nothing more.

use std::io::{Read, Seek, SeekFrom};

use super::types;

const MAGIC: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const ENTRY: usize = 128;
/// Sectors of the directory that are looked at: 512 entries at least. Real files have dozens.
const MOST_SECTORS: usize = 128;
/// The ids above this one mark ends and free space.
const LAST_SECTOR: u32 = 0xffff_fffa;
/// The class of a Windows installer package and of a patch, in its first bytes.
const INSTALLERS: [u8; 2] = [0x84, 0x86];
const INSTALLER_TAIL: [u8; 15] = [0x10, 0x0c, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46];

pub(super) fn is_ole(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

pub(super) fn media_type<F: Read + Seek>(
    name: &str,
    head: &[u8],
    whole: Option<&mut F>,
) -> &'static str {
    let directory = match whole {
        Some(file) => directory(head, file),
        None => directory(head, &mut std::io::Cursor::new(head)),
    };
    let Some(directory) = directory else {
        return types::OLE;
    };
    let names = root_names(&directory);
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if is_installer(&directory) {
        types::MSI
    } else if has("EncryptedPackage") {
        // What is inside cannot be seen; whichever it is, its reader says that it is locked.
        encrypted_package(name)
    } else if has("WordDocument") {
        types::DOC
    } else if has("Workbook") || has("Book") {
        types::XLS
    } else if has("PowerPoint Document") {
        types::PPT
    } else if has("__properties_version1.0") {
        types::MSG
    } else {
        types::OLE
    }
}

fn encrypted_package(name: &str) -> &'static str {
    let name = name.to_ascii_lowercase();
    let named = |letter: &str| {
        name.rsplit_once('.')
            .is_some_and(|(_, end)| end.starts_with(letter))
    };
    if named("xls") {
        types::XLSX
    } else if named("ppt") {
        types::PPTX
    } else {
        types::DOCX
    }
}

fn is_installer(directory: &[u8]) -> bool {
    let class = directory.get(80..96);
    class.is_some_and(|class| INSTALLERS.contains(&class[0]) && class[1..] == INSTALLER_TAIL)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_le_bytes)
}

/// The directory's bytes, gathered along its chain of sectors.
fn directory<F: Read + Seek>(head: &[u8], file: &mut F) -> Option<Vec<u8>> {
    let shift = number(head, 30)? & 0xffff;
    if !matches!(shift, 9 | 12) {
        return None;
    }
    let size = 1_u64 << shift;
    let mut sector = number(head, 48)?;
    let mut gathered = Vec::new();
    for _ in 0..MOST_SECTORS {
        if sector > LAST_SECTOR {
            break;
        }
        gathered.extend(read_at(file, (u64::from(sector) + 1) * size, size)?);
        sector = next_sector(head, file, sector, size).unwrap_or(u32::MAX);
    }
    Some(gathered)
}

/// The sector after `sector`, by the first 109 sectors of the allocation table, which the
/// header lists: the directory of a larger file may look shorter than it is.
fn next_sector<F: Read + Seek>(head: &[u8], file: &mut F, sector: u32, size: u64) -> Option<u32> {
    let per_sector = u32::try_from(size / 4).ok()?;
    let listed = usize::try_from(sector / per_sector)
        .ok()
        .filter(|index| *index < 109)?;
    let table = number(head, 76 + 4 * listed)?;
    let place = (u64::from(table) + 1) * size + 4 * u64::from(sector % per_sector);
    number(&read_at(file, place, 4)?, 0)
}

fn read_at<F: Read + Seek>(file: &mut F, place: u64, length: u64) -> Option<Vec<u8>> {
    file.seek(SeekFrom::Start(place)).ok()?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).ok()?;
    (!bytes.is_empty()).then_some(bytes)
}

/// The names directly under the root: embedded objects have directories of their own, and a
/// workbook that holds a letter is still a workbook.
fn root_names(directory: &[u8]) -> Vec<String> {
    let entries: Vec<_> = directory.chunks_exact(ENTRY).collect();
    let mut seen = vec![false; entries.len()];
    let mut names = Vec::new();
    let mut ahead: Vec<_> = entries
        .first()
        .and_then(|root| number(root, 76))
        .into_iter()
        .collect();
    while let Some(id) = ahead.pop() {
        let Some((index, entry)) = usize::try_from(id)
            .ok()
            .and_then(|index| Some((index, *entries.get(index)?)))
        else {
            continue;
        };
        if !std::mem::replace(&mut seen[index], true) {
            names.push(entry_name(entry));
            ahead.extend([number(entry, 68), number(entry, 72)].into_iter().flatten());
        }
    }
    names
}

fn entry_name(entry: &[u8]) -> String {
    let units = entry[..64]
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    char::decode_utf16(units.take_while(|unit| *unit != 0))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
