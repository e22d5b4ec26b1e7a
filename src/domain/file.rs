use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

use super::{Digest, FileId, UnitId, UserId, labelled::labelled};

/// The most bytes of a file name in UTF-8: what common file systems keep.
const NAME_MAX_BYTES: usize = 240;

labelled! {
    /// What a file is to its document.
    pub enum FileRole {
        /// 正文: the document itself.
        Main = "main", "正文";
        /// 附件: what is attached to it.
        Attachment = "attachment", "附件";
    }
}

labelled! {
    /// How far the text of a file is known.
    pub enum TextState {
        /// The extractor has yet to read the file.
        Pending = "pending", "待提取";
        /// The text is there.
        Ready = "ready", "已提取";
        /// The file holds no text, or none that the hub can read.
        None = "none", "无可读文本";
        /// Reading failed; the document is delivered all the same.
        Failed = "failed", "提取失败";
        /// A mark of classification was found in it: its bytes and its text are no more.
        Destroyed = "destroyed", "已销毁";
    }
}

/// A file somebody uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Identifies the upload.
    pub id: FileId,
    /// Names its bytes.
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
    /// The name it was uploaded under, made harmless.
    pub name: String,
    /// Decided from the content.
    pub media_type: String,
    /// The unit it was uploaded for.
    pub unit: UnitId,
    /// Who uploaded it.
    pub uploaded_by: UserId,
    /// When.
    pub uploaded_at: Timestamp,
}

/// A file in its place in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// The file.
    pub file: StoredFile,
    /// What it is to the document.
    pub role: FileRole,
    /// How far its text is known.
    pub text: TextState,
    /// Why there is no text, for people.
    pub text_reason: Option<String>,
}

/// Why a file name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFileName {
    /// Nothing is left of it.
    #[error("文件名为空")]
    Empty,
    /// It names a place, not a file.
    #[error("文件名不能含有路径（/、\\ 或 ..）")]
    Path,
    /// It holds characters that hide or reorder what people see.
    #[error("文件名含有控制字符或改变显示方向的字符")]
    Control,
    /// It is longer than file systems keep.
    #[error("文件名过长，最多 240 个字节（约 80 个汉字）")]
    TooLong,
}

/// Checks a file name and brings it to one Unicode form; Chinese names are kept as they are.
///
/// # Errors
///
/// When it names a path, hides characters, is empty or too long.
pub fn file_name(text: &str) -> Result<String, InvalidFileName> {
    let name: String = text.trim().nfc().collect();
    if name.is_empty() {
        return Err(InvalidFileName::Empty);
    }
    if name.contains(['/', '\\']) || name == "." || name == ".." {
        return Err(InvalidFileName::Path);
    }
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(InvalidFileName::Control);
    }
    if name.len() > NAME_MAX_BYTES {
        return Err(InvalidFileName::TooLong);
    }
    Ok(name)
}

/// Zero-width, direction-changing and line-separating characters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        // Blanks and fillers that look like nothing, marks of direction, tags.
        '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{3164}' | '\u{FFA0}' | '\u{E0000}'..='\u{E007F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mislead_are_refused() {
        use InvalidFileName::{Control, Empty, Path, TooLong};
        let long = "长".repeat(81);
        let cases = [
            ("关于……的函.pdf", Ok("关于……的函.pdf")),
            ("  通知 (1).docx ", Ok("通知 (1).docx")),
            ("", Err(Empty)),
            ("   ", Err(Empty)),
            ("../密.txt", Err(Path)),
            ("a\\b.txt", Err(Path)),
            ("..", Err(Path)),
            ("a\r\nb.pdf", Err(Control)),
            ("a\0.pdf", Err(Control)),
            ("\u{202E}fdp.exe", Err(Control)),
            (long.as_str(), Err(TooLong)),
        ];
        for (text, expected) in cases {
            assert_eq!(
                file_name(text).as_deref(),
                expected.as_ref().map(|s| &**s),
                "{text:?}"
            );
        }
    }
}
