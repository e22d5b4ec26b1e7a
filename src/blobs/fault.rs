//! What can go wrong, as far as a caller can do something about it; the rest is for the log.

use std::{error::Error, fmt, io};

/// The number of "Input/output error" on every Unix; [`io::ErrorKind`] has no stable name for it.
const EIO: i32 = 5;

/// The place of the bytes has failed. What it was doing is in the text, why in the source, which
/// is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("文件存储出错（{doing}）")]
pub struct BlobError {
    doing: &'static str,
    #[source]
    source: Box<dyn Error + Send + Sync>,
}

/// Why nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum WriteFault<E> {
    /// The stream is longer than the caller allows.
    #[error("文件超过上限 {limit} 字节")]
    TooLarge {
        /// The most that was allowed, in bytes.
        limit: u64,
    },
    /// The stream itself failed; what remains of it was not read.
    #[error("上传中断")]
    Interrupted(E),
    /// There is no room, or the quota is used up. Later it may work.
    #[error("存储空间不足")]
    Full(#[source] BlobError),
    /// The place has failed.
    #[error(transparent)]
    Failed(BlobError),
}

/// Why no (more) bytes are handed out.
#[derive(Debug, thiserror::Error)]
pub enum ReadFault {
    /// There is no such blob.
    #[error("文件内容缺失")]
    Missing,
    /// The bytes are not those that were written. Some may have been handed out, but never the
    /// last: the reader cannot have taken them for the whole.
    #[error("文件内容已损坏")]
    Damaged,
    /// The place has failed.
    #[error(transparent)]
    Failed(#[from] BlobError),
}

impl BlobError {
    pub(super) fn new(
        doing: &'static str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self {
            doing,
            source: source.into(),
        }
    }

    /// Whether there is no room: the disk or the bucket is full, or a quota used up.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.any_io(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            )
        }) || self.any(&|error| {
            // The client library keeps the status of an answer to itself, save in its text.
            error.to_string().contains("status code: 507 ")
        })
    }

    /// Whether the disk itself has reported an error.
    pub(super) fn is_disk_error(&self) -> bool {
        self.any_io(|error| error.raw_os_error() == Some(EIO))
    }

    /// The whole story on one line, for the log.
    #[must_use]
    pub fn chain(&self) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            write!(f, "{self}")?;
            let mut next = self.source();
            while let Some(error) = next {
                write!(f, ": {error}")?;
                next = error.source();
            }
            Ok(())
        })
    }

    fn any_io(&self, is: impl Fn(&io::Error) -> bool) -> bool {
        self.any(&|error| error.downcast_ref::<io::Error>().is_some_and(&is))
    }

    fn any(&self, is: &dyn Fn(&(dyn Error + 'static)) -> bool) -> bool {
        let mut next = self.source();
        while let Some(error) = next {
            if is(error) {
                return true;
            }
            // An `io::Error` skips the error inside it when asked for its source.
            let inner = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            next = inner.map_or_else(|| error.source(), |inner| Some(inner));
        }
        false
    }
}

impl<E> From<BlobError> for WriteFault<E> {
    fn from(error: BlobError) -> Self {
        if error.is_full() {
            Self::Full(error)
        } else {
            Self::Failed(error)
        }
    }
}

impl From<WriteFault<BlobError>> for BlobError {
    fn from(fault: WriteFault<BlobError>) -> Self {
        match fault {
            WriteFault::Interrupted(error)
            | WriteFault::Full(error)
            | WriteFault::Failed(error) => error,
            WriteFault::TooLarge { .. } => Self::new("写入", "超过上限"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deep(error: io::Error) -> BlobError {
        let wrapped = io::Error::other(io::Error::other(error));
        let source = Box::new(wrapped);
        BlobError::new(
            "写入",
            object_store::Error::Generic {
                store: "test",
                source,
            },
        )
    }

    #[test]
    fn no_room_is_recognised_however_deep_it_lies() {
        let enospc = io::Error::from_raw_os_error(28);
        assert!(matches!(
            WriteFault::<()>::from(deep(enospc)),
            WriteFault::Full(_)
        ));
        let quota = io::Error::from(io::ErrorKind::QuotaExceeded);
        assert!(matches!(
            WriteFault::<()>::from(deep(quota)),
            WriteFault::Full(_)
        ));
    }

    #[test]
    fn a_failing_disk_is_not_a_full_one() {
        let error = deep(io::Error::from_raw_os_error(EIO));
        assert!(error.is_disk_error());
        assert!(matches!(
            WriteFault::<()>::from(error),
            WriteFault::Failed(_)
        ));
    }

    #[test]
    fn the_caller_reads_what_failed_and_the_log_why() {
        let error = deep(io::Error::from_raw_os_error(EIO));
        assert_eq!(error.to_string(), "文件存储出错（写入）");
        assert!(error.chain().to_string().contains("os error 5"));
    }
}
