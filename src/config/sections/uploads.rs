use serde::{Deserialize, Serialize};

use super::{GIB, MIB, TIB};
use crate::config::{check::Check, values::size};

/// The short names of the types that can be recognised by their content.
const NAMED_TYPES: [&str; 22] = [
    "pdf", "ofd", "docx", "xlsx", "pptx", "doc", "xls", "ppt", "wps", "et", "dps", "rtf", "odt",
    "ods", "odp", "txt", "csv", "jpg", "png", "tif", "eml", "zip",
];

/// `[uploads]`: what may be handed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Uploads {
    /// The largest file, in bytes.
    #[serde(with = "size")]
    pub max_file_bytes: u64,
    /// Files of one document.
    pub max_files_per_document: usize,
    /// Short names (`pdf`) or media types (`application/pdf`).
    pub allowed_types: Vec<String>,
    /// Bytes that one unit may upload on one day.
    #[serde(with = "size")]
    pub unit_quota_bytes_per_day: u64,
    /// Uploads of one person at once.
    pub concurrent_per_user: u32,
    /// Uploads of one unit at once.
    pub concurrent_per_unit: u32,
    /// Uploads in pieces that one person may have begun and not finished.
    pub open_per_user: u32,
    /// Uploads in pieces that one unit may have begun and not finished.
    pub open_per_unit: u32,
    /// Hours without a new byte after which an upload in pieces is thrown away.
    pub resumable_keep_hours: u32,
    /// Hours after which a file that belongs to no document is removed.
    pub keep_unattached_hours: u32,
}

/// The media types behind the short names that a content can be recognised as; other short names
/// go by the registry of file extensions.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("application/ofd", "ofd"),
    ("application/msword", "doc"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/rtf", "rtf"),
    ("text/rtf", "rtf"),
    ("message/rfc822", "eml"),
];

impl Uploads {
    /// Whether files of this media type are taken.
    #[must_use]
    pub fn allows(&self, media_type: &str) -> bool {
        let allowed = |name: &str| self.allowed_types.iter().any(|one| one == name);
        let named = MEDIA_TYPES
            .iter()
            .any(|(kind, name)| *kind == media_type && allowed(name));
        let registered = mime_guess::get_mime_extensions_str(media_type).unwrap_or_default();
        // What nothing recognises is registered under names of its own, such as `bin`.
        let recognised = media_type != "application/octet-stream";
        named || allowed(media_type) || recognised && registered.iter().any(|name| allowed(name))
    }
}

impl Default for Uploads {
    fn default() -> Self {
        // An archive can hide anything; whoever wants them must say so.
        let types = NAMED_TYPES.into_iter().filter(|name| *name != "zip");
        Self {
            max_file_bytes: 4 * GIB,
            max_files_per_document: 50,
            allowed_types: types.map(str::to_owned).collect(),
            unit_quota_bytes_per_day: 10 * GIB,
            concurrent_per_user: 4,
            concurrent_per_unit: 20,
            open_per_user: 20,
            open_per_unit: 200,
            resumable_keep_hours: 24,
            keep_unattached_hours: 24,
        }
    }
}

impl Uploads {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let known = self.allowed_types.iter().all(|name| is_type(name));
        check
            .within("max_file_bytes", self.max_file_bytes, MIB..=TIB)
            .within(
                "max_files_per_document",
                self.max_files_per_document,
                1..=500,
            )
            .holds("allowed_types", known && !self.allowed_types.is_empty())
            .within(
                "unit_quota_bytes_per_day",
                self.unit_quota_bytes_per_day,
                MIB..=1024 * TIB,
            )
            .within("concurrent_per_user", self.concurrent_per_user, 1..=100)
            .within("concurrent_per_unit", self.concurrent_per_unit, 1..=1000)
            .within("open_per_user", self.open_per_user, 1..=1000)
            .within("open_per_unit", self.open_per_unit, 1..=10_000)
            .within("resumable_keep_hours", self.resumable_keep_hours, 1..=720)
            .within(
                "keep_unattached_hours",
                self.keep_unattached_hours,
                1..=8760,
            )
            .agrees(
                "unit_quota_bytes_per_day",
                self.unit_quota_bytes_per_day >= self.max_file_bytes,
                "不得小于 uploads.max_file_bytes，否则最大的文件永远传不上来",
            );
    }
}

fn is_type(name: &str) -> bool {
    let token = |text: &str| {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".+-_".contains(&byte)
        };
        !text.is_empty() && text.bytes().all(allowed)
    };
    NAMED_TYPES.contains(&name)
        || name
            .split_once('/')
            .is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
