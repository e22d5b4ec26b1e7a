//! ZIP containers from strangers: what comes out is counted while it comes out, whatever the
//! headers promise.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek as _},
};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use crate::extract::{FailureCode, Limits, outcome::Failure};

/// A small part may compress as well as it likes: it cannot do harm.
const GRACE_BYTES: u64 = 1024 * 1024;

/// An open container with what may still be read from it.
pub(super) struct Container<'f> {
    archive: ZipArchive<BufReader<&'f mut File>>,
    left: u64,
    ratio: u64,
}

impl<'f> Container<'f> {
    /// Opens `file`, refusing containers that no program would write.
    pub fn open(file: &'f mut File, limits: &Limits) -> Result<Self, Failure> {
        refuse_locked_office(file)?;
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| failure(&error))?;
        if archive.len() > limits.max_zip_entries {
            return Err(FailureCode::TooLarge.into());
        }
        if archive.has_duplicate_names() {
            return Err(FailureCode::Suspicious.into());
        }
        Ok(Self {
            archive,
            left: limits.max_zip_bytes,
            ratio: limits.max_zip_ratio,
        })
    }

    /// The names of all parts, in the order of the table of contents.
    pub fn names(&self) -> Vec<String> {
        self.archive
            .file_names()
            .filter_map(|name| Some(name.ok()?.into_owned()))
            .collect()
    }

    /// The part called `name`, if there is one.
    pub fn part(&mut self, name: &str) -> Result<Option<Counted<'_, 'f>>, Failure> {
        match self.archive.by_name(name) {
            Ok(inner) => {
                let most = inner
                    .compressed_size()
                    .saturating_mul(self.ratio)
                    .max(GRACE_BYTES);
                Ok(Some(Counted {
                    inner,
                    left_here: most,
                    left: &mut self.left,
                }))
            }
            Err(ZipError::FileNotFound) => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }
}

/// Office puts a document with a password into a container of another kind.
fn refuse_locked_office(file: &mut File) -> Result<(), Failure> {
    let mut magic = [0; 4];
    let read = file.read(&mut magic).and_then(|_| file.rewind());
    if read.is_ok() && magic == [0xd0, 0xcf, 0x11, 0xe0] {
        return Err(FailureCode::Encrypted.into());
    }
    Ok(())
}

fn failure(error: &ZipError) -> Failure {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => FailureCode::Encrypted.into(),
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            FailureCode::Unsupported.into()
        }
        _ => FailureCode::Damaged.into(),
    }
}

/// One part, inflated as it is read.
pub(super) struct Counted<'c, 'f> {
    inner: ZipFile<'c, BufReader<&'f mut File>>,
    left_here: u64,
    left: &'c mut u64,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        *self.left = spend(*self.left, count, io::ErrorKind::FileTooLarge)?;
        self.left_here = spend(self.left_here, count, io::ErrorKind::QuotaExceeded)?;
        Ok(count)
    }
}

fn spend(left: u64, count: usize, otherwise: io::ErrorKind) -> io::Result<u64> {
    left.checked_sub(count as u64)
        .ok_or_else(|| otherwise.into())
}

/// What a failed read of a [`Counted`] part means.
pub(super) fn reading_failure(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::FileTooLarge => FailureCode::TooLarge.into(),
        io::ErrorKind::QuotaExceeded => Failure::new(
            FailureCode::Suspicious,
            "文件内部的压缩比异常，疑似压缩炸弹，为安全起见未读取文字",
        ),
        _ => FailureCode::Damaged.into(),
    }
}
