//! Names that every system can unpack: no path, no character that Windows refuses, not too long.

use crate::domain::{Attached, Document};

/// The most bytes of one name; with its folder and number it stays below 255.
const MOST: usize = 180;

/// What the package of a document is called.
pub(super) fn package(document: &Document) -> String {
    let number = document.number.as_ref().map(ToString::to_string);
    let number = number.unwrap_or_else(|| "无文号".to_owned());
    format!(
        "{}.zip",
        harmless(&format!("{number} {}", document.title), MOST)
    )
}

/// Where a file lies in the package; the number keeps the order and makes the name unique.
pub(super) fn file(place: usize, attached: &Attached) -> String {
    let role = attached.role.label();
    format!(
        "文件/{place:02}-{role}-{}",
        harmless(&attached.file.name, MOST)
    )
}

/// A name without what some system cannot keep, its extension being the last to be cut.
pub(super) fn harmless(name: &str, most: usize) -> String {
    let refused = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    let name: String = name
        .chars()
        .map(|c| if refused(c) { '_' } else { c })
        .collect();
    let name = name.trim_matches([' ', '.']);
    let name = if name.is_empty() { "_" } else { name };
    if name.len() <= most {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 16 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let stem = &stem[..stem.floor_char_boundary(most - extension.len())];
    format!("{}{extension}", stem.trim_end_matches([' ', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_unpacked_everywhere() {
        let long = format!("{}.pdf", "长".repeat(100));
        let cut = format!("{}.pdf", "长".repeat(58));
        for (name, expected) in [
            ("关于……的函.pdf", "关于……的函.pdf"),
            ("..", "_"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\密.txt", "C__密.txt"),
            ("a<b>|?*\".txt", "a_b_____.txt"),
            ("尾点. . .", "尾点"),
            (" 空格 ", "空格"),
            ("换\r\n行.txt", "换__行.txt"),
            (&long, &cut),
        ] {
            assert_eq!(harmless(name, MOST), expected, "{name:?}");
        }
    }
}
