use std::{fmt, io, path::PathBuf};

use super::values::MASK;

/// Where the value of an option was written, from the weakest to the strongest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// Built in.
    #[default]
    Default,
    /// A configuration file, and the line in it (from 1) where that is known.
    File(PathBuf, Option<usize>),
    /// An environment variable, by its name.
    Variable(String),
    /// The flag `--set`.
    Flag,
    /// A file that holds nothing but a secret, named by the option given here.
    SecretFile(PathBuf, &'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("默认值"),
            Self::File(path, None) => write!(f, "文件 {}", path.display()),
            Self::File(path, Some(line)) => write!(f, "文件 {} 第 {line} 行", path.display()),
            Self::Variable(name) => write!(f, "环境变量 {name}"),
            Self::Flag => f.write_str("参数 --set"),
            Self::SecretFile(path, key) => write!(f, "{key} 指定的文件 {}", path.display()),
        }
    }
}

/// What is wrong with one option, or with the place it was written in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file of options, or the file of a secret, could not be read.
    #[error("读不出来（{}），请检查路径和权限", explain(*.0))]
    Unreadable(io::ErrorKind),
    /// The file is not TOML.
    #[error("第 {line} 行第 {column} 列不是合法的 TOML{}", if *repeated { "：同一个键写了两次" } else { "" })]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// Whether the fault is that a key stands twice.
        repeated: bool,
    },
    /// There is no such option, but one that may have been meant, as it would be written in
    /// the same place.
    #[error("没有这个选项，是否想写 {0}？")]
    Misspelt(String),
    /// There is no such option; those of the section, or else the sections.
    #[error("没有这个选项，可用的有：{0}")]
    Unknown(String),
    /// A section was given a value of its own.
    #[error("这是一段选项，应写成 [段] 和其下的若干行“键 = 值”")]
    NotASection,
    /// A flag is not of the form `section.key=value`; its place among the flags, from 1.
    #[error("第 {0} 个 --set 应写成 --set 段.键=值")]
    NotAnAssignment(usize),
    /// The value is not one of those allowed.
    #[error("允许：{0}")]
    NotAllowed(&'static str),
    /// The value does not go together with another option.
    #[error("{0}")]
    Conflict(String),
}

/// One thing to correct before the hub can start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The option as `section.key`; empty when the place as a whole is at fault.
    pub key: String,
    /// The value as it was written, `***` for a secret; `None` where there is no such option,
    /// since a misspelt secret is still a secret.
    pub value: Option<String>,
    /// Where it was written.
    pub origin: Origin,
    /// What is wrong with it.
    pub reason: Reason,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.key.as_str(), &self.value) {
            ("", _) => write!(f, "{}：{}", self.origin, self.reason),
            (key, None) => write!(f, "{key}（来自{}）：{}", self.origin, self.reason),
            (key, Some(value)) => {
                write!(f, "{key} = {value}（来自{}）：{}", self.origin, self.reason)
            }
        }
    }
}

/// Everything that is wrong with a configuration, at once, to be read by the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFault {
    /// At least one; those in reading come before those in the values that were read.
    pub faults: Vec<Fault>,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "配置有 {} 处错误，文枢没有启动：", self.faults.len())?;
        for (number, fault) in (1..).zip(&self.faults) {
            write!(f, "\n{number}. {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigFault {}

/// A value as a fault may show it; a secret not at all, save that it is missing.
pub(super) fn shown(secret: bool, value: &toml::Value) -> String {
    let missing = value.as_str().is_some_and(str::is_empty);
    if secret && !missing {
        MASK.to_owned()
    } else {
        value.to_string()
    }
}

fn explain(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "文件不存在".to_owned(),
        io::ErrorKind::PermissionDenied => "没有权限".to_owned(),
        io::ErrorKind::IsADirectory => "这是一个文件夹".to_owned(),
        io::ErrorKind::InvalidData => "不是 UTF-8 文字".to_owned(),
        io::ErrorKind::UnexpectedEof => "文件是空的".to_owned(),
        other => other.to_string(),
    }
}
