//! Writes a package as a ZIP, in constant memory and without a file in between: a thread writes,
//! the reader takes what it has written, and neither is far ahead of the other.

use std::{
    io::{self, Write},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use jiff::{Timestamp, tz::Offset};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, mpsc},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{Entry, Package};
use crate::{
    app::{Error, Hub, Result},
    blobs::ReadFault,
};

/// The bytes go out in pieces of this size.
const PIECE: usize = 64 * 1024;
/// So many pieces wait for a reader who is slow.
const WAITING: usize = 4;
/// A reader who takes nothing for so long has gone; they would keep others from their packages.
const PATIENCE: Duration = Duration::from_mins(2);
/// Quick rather than small: most of what is exchanged is packed already. That grows a little by it,
/// by less than a thirtieth where the quickest level adds a twentieth.
const LEVEL: i64 = 2;
/// From this size on a file is announced as one that may pass 4 GiB when it is packed.
const LARGE: u64 = 2 << 30;

/// The bytes of a ZIP. It ends with an error, or when the ZIP is whole: one that broke off has no
/// directory, and no program takes it for a whole one.
pub struct Parcel {
    pieces: mpsc::Receiver<Result<Bytes>>,
}

impl Stream for Parcel {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.poll_recv(context)
    }
}

impl Package {
    /// Writes it. Only so many are written at once.
    pub fn into_parcel(self) -> Result<Parcel> {
        let permit = self.hub.permit_to_archive()?;
        let (sender, pieces) = mpsc::channel(WAITING);
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || write(&self, permit, &runtime, &sender));
        Ok(Parcel { pieces })
    }
}

fn write(
    package: &Package,
    _permit: OwnedSemaphorePermit,
    runtime: &Handle,
    sender: &mpsc::Sender<Result<Bytes>>,
) {
    let belt = Belt {
        piece: BytesMut::with_capacity(PIECE),
        runtime,
        sender,
    };
    let mut zip = ZipWriter::new_stream(belt);
    let mut packed = Ok(());
    for entry in &package.entries {
        packed = pack(&mut zip, entry, package, runtime);
        if packed.is_err() {
            break;
        }
    }
    let packed = packed.and_then(|()| {
        let belt = zip.finish().map_err(Error::internal)?;
        belt.into_inner().flush().map_err(Error::internal)
    });
    if let Err(error) = packed
        && !sender.is_closed()
    {
        tracing::warn!(%error, "an archive was broken off");
        let _ = runtime.block_on(tokio::time::timeout(PATIENCE, sender.send(Err(error))));
    }
}

type Zip<'a> = ZipWriter<StreamWriter<Belt<'a>>>;

fn pack(zip: &mut Zip<'_>, entry: &Entry, package: &Package, runtime: &Handle) -> Result<()> {
    // Deflated, not merely stored: programs that read a ZIP as it comes need to see its end.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .large_file(entry.size >= LARGE)
        .last_modified_time(time(package.dated))
        .unix_permissions(0o644);
    zip.start_file(entry.path.as_str(), options)
        .map_err(Error::internal)?;
    match &entry.text {
        Some(text) => zip.write_all(text).map_err(Error::internal),
        None => pack_file(zip, entry, &package.hub, runtime),
    }
}

fn pack_file(zip: &mut Zip<'_>, entry: &Entry, hub: &Hub, runtime: &Handle) -> Result<()> {
    let damaged = |fault: ReadFault| match fault {
        ReadFault::Damaged | ReadFault::Missing => {
            tracing::error!(digest = %entry.digest, %fault, "content damaged");
            Error::ContentDamaged
        }
        ReadFault::Failed(error) => error.into(),
    };
    let reading = runtime.block_on(hub.blobs().read(entry.digest, entry.size, None));
    let mut reading = reading.map_err(damaged)?;
    while let Some(chunk) = runtime.block_on(reading.next()) {
        zip.write_all(&chunk.map_err(damaged)?)
            .map_err(Error::internal)?;
    }
    Ok(())
}

/// A moment as a ZIP keeps it, in Beijing; without one it says 1980.
fn time(at: Timestamp) -> zip::DateTime {
    let at = Offset::constant(8).to_datetime(at);
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(at.year()).unwrap_or_default();
    zip::DateTime::from_date_and_time(
        year,
        part(at.month()),
        part(at.day()),
        part(at.hour()),
        part(at.minute()),
        part(at.second()),
    )
    .unwrap_or_default()
}

/// Carries bytes from the writing thread to the reader.
struct Belt<'a> {
    piece: BytesMut,
    runtime: &'a Handle,
    sender: &'a mpsc::Sender<Result<Bytes>>,
}

impl Belt<'_> {
    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = self.piece.split().freeze();
        self.piece.reserve(PIECE);
        let sending = self.sender.send(Ok(piece));
        let sent = self
            .runtime
            .block_on(tokio::time::timeout(PATIENCE, sending));
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(
                io::ErrorKind::BrokenPipe,
                "the reader has gone",
            )),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the reader takes nothing",
            )),
        }
    }
}

impl Write for Belt<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let fitting = bytes.len().min(PIECE - self.piece.len());
        self.piece.put_slice(&bytes[..fitting]);
        if self.piece.len() == PIECE {
            self.send()?;
        }
        Ok(fitting)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
