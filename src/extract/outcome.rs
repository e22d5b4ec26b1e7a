//! What can come of reading a file, in words for people and in codes for programs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One stretch of text of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The page that the text stands on, counted from 1, where the format has pages.
    pub page: Option<u32>,
    /// Lines separated by `\n`; no other control character but `\t`.
    pub text: String,
}

impl Part {
    /// Text of a format that knows no pages.
    pub(super) fn unpaged(text: String) -> Self {
        Self { page: None, text }
    }
}

/// The text of a file, in reading order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// Never empty, and no part of it is blank.
    pub parts: Vec<Part>,
    /// The reader that found the text, with the version that decides whether to read again.
    pub engine: String,
}

/// What came of reading one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The file has text, and here it is.
    Text(Extracted),
    /// The file was not at fault, and yet there is no text to search.
    NoText {
        /// Why there is none.
        reason: NoTextReason,
    },
    /// The file could not be read. It is delivered all the same, and found by its title only.
    Failed {
        /// The stable name of the failure.
        code: FailureCode,
        /// A sentence for the person who uploaded the file.
        detail: String,
    },
}

impl Outcome {
    /// A failure with the usual sentence of its code.
    pub(super) fn failed(code: FailureCode) -> Self {
        Failure::from(code).into()
    }
}

/// Why a sound file has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoTextReason {
    /// Nothing here reads files of this type yet.
    NoReader,
    /// The file was read and holds no characters: a scan, or an empty document.
    NothingWritten,
}

impl fmt::Display for NoTextReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoReader => "暂不支持读取此类文件的文字",
            Self::NothingWritten => "文件中没有可读取的文字，可能是扫描件或空白文件",
        })
    }
}

/// Declares the failure codes with their stable names and their sentences.
macro_rules! failure_codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal, $sentence:literal;)*) => {
        /// The stable names of what can go wrong with a file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FailureCode {
            $($(#[$doc])* $code,)*
        }

        impl FailureCode {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// The name under which the code is stored and answered.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }

            /// What a person is told when there is nothing more particular to say.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$code => $sentence,)*
                }
            }
        }
    };
}

failure_codes! {
    /// The type is known, this way of writing it is not.
    Unsupported = "unsupported", "文件采用了暂不支持的内部格式，未能读取文字";
    /// The file asks for a password.
    Encrypted = "encrypted", "文件已加密或设有打开密码，无法读取文字";
    /// The file is not what its type promises.
    Damaged = "damaged", "文件已损坏或不完整，无法读取文字";
    /// The file, or what it unpacks to, is larger than the hub reads.
    TooLarge = "too_large", "文件或其展开后的内容超过上限，未读取文字";
    /// The file is built as no honest program builds it.
    Suspicious = "suspicious", "文件的内部结构异常，为安全起见未读取文字";
    /// Characters were found, but they are not writing.
    UnreadableText = "unreadable_text", "文件中的文字编码无法识别，读出的内容不可用";
    /// The reading was ended after its time.
    Timeout = "timeout", "读取文件超时，已中止";
    /// The reading took more memory than it may.
    OutOfMemory = "out_of_memory", "读取文件所需的内存超过上限，已中止";
    /// The reader broke down over the file.
    Crashed = "crashed", "读取文件的程序异常退出";
    /// The reader could not be started. The file is not at fault: try again later.
    Unavailable = "unavailable", "读取文件的程序暂时无法启动，请稍后重试";
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A reader's way of giving up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub(super) struct Failure {
    pub code: FailureCode,
    pub detail: String,
}

impl Failure {
    /// A failure that has something more particular to say than its code.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl From<FailureCode> for Failure {
    fn from(code: FailureCode) -> Self {
        Self::new(code, code.sentence())
    }
}

impl From<Failure> for Outcome {
    fn from(Failure { code, detail }: Failure) -> Self {
        Self::Failed { code, detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_code_is_written_the_same_way_everywhere() {
        for code in FailureCode::ALL {
            let json = serde_json::to_string(code).unwrap();
            assert_eq!(json, format!("{:?}", code.as_str()));
        }
    }
}
