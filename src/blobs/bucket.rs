//! A bucket of an S3-compatible store. Only the common core of the protocol is used: no
//! conditional puts (some stores ignore the condition), no bulk deletes, no copies.

use std::{
    fs::{DirBuilder, File},
    mem,
    os::unix::fs::{DirBuilderExt as _, FileExt as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use object_store::{
    ClientOptions, MultipartUpload, ObjectStore, ObjectStoreExt as _, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use secrecy::ExposeSecret as _;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

use super::{
    BlobError, Result, S3Options,
    place::blocking,
    stage::{Staged, StagedName, Staging},
};

/// What is sent in one request. S3 wants parts of at least 5 MiB, all of one size but the last.
const PART: u64 = 8 * 1024 * 1024;
/// S3 takes no more parts than this in one upload; beyond 80 GB parts grow.
const MOST_PARTS: u64 = 10_000;
/// Parts of one upload that are on the wire at one time.
const IN_FLIGHT: usize = 4;
/// Parts of all uploads that are in memory at one time: 64 MiB.
const IN_MEMORY: usize = 8;
/// How long the store may be silent. A whole request may take longer: a reader of a large file
/// takes the time that it needs.
const SILENCE: Duration = Duration::from_mins(1);

pub(super) struct Bucket {
    store: AmazonS3,
    scratch: PathBuf,
    in_memory: Arc<Semaphore>,
}

impl Bucket {
    pub(super) async fn open(options: &S3Options) -> Result<Self> {
        let scratch = options.scratch.clone();
        let made = scratch.clone();
        blocking("建立暂存目录", move || {
            DirBuilder::new().recursive(true).mode(0o700).create(made)
        })
        .await?;
        let store = connect(options)?;
        Ok(Self {
            store,
            scratch,
            in_memory: Arc::new(Semaphore::new(IN_MEMORY)),
        })
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &self.store
    }

    pub(super) fn scratch(&self) -> &std::path::Path {
        &self.scratch
    }

    /// A file without a name: nothing can be left of it.
    pub(super) async fn stage(&self) -> Result<Staging> {
        let scratch = self.scratch.clone();
        let file = blocking("暂存上传内容", move || tempfile::tempfile_in(scratch)).await?;
        Ok(Staging {
            file,
            name: StagedName::none(),
        })
    }

    pub(super) async fn publish(&self, staged: Staged, path: &Path) -> Result<()> {
        let size = staged.size();
        let file = Arc::new(staged.file);
        let sent = if size <= PART {
            let _room = self.in_memory.acquire().await;
            let bytes = part(&file, 0, size).await?;
            self.store.put(path, bytes.into()).await.map(drop)
        } else {
            self.send_parts(&file, size, path).await
        };
        sent.map_err(|error| BlobError::new("上传到存储桶", error))
    }

    async fn send_parts(
        &self,
        file: &Arc<File>,
        size: u64,
        path: &Path,
    ) -> object_store::Result<()> {
        let mut upload = Unfinished::begin(&self.store, path).await?;
        let length = PART.max(size.div_ceil(MOST_PARTS));
        let mut start = 0;
        while start < size {
            upload.at_most(IN_FLIGHT - 1).await?;
            let Ok(room) = Arc::clone(&self.in_memory).acquire_owned().await else {
                break;
            };
            let bytes = part(file, start, length.min(size - start))
                .await
                .map_err(generic)?;
            upload.send(bytes, room);
            start += length;
        }
        upload.complete().await
    }
}

fn connect(options: &S3Options) -> Result<AmazonS3> {
    // The first caller in the process decides; whoever comes later finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = ClientOptions::new()
        .with_timeout_disabled()
        .with_read_timeout(SILENCE);
    let retry = RetryConfig {
        max_retries: 5,
        ..RetryConfig::default()
    };
    AmazonS3Builder::new()
        .with_client_options(client)
        .with_retry(retry)
        .with_endpoint(&options.endpoint)
        .with_bucket_name(&options.bucket)
        .with_region(&options.region)
        .with_access_key_id(&options.access_key_id)
        .with_secret_access_key(options.secret_access_key.expose_secret())
        .with_allow_http(options.allow_http)
        .with_virtual_hosted_style_request(!options.path_style)
        .with_disable_bulk_delete(true)
        .build()
        .map_err(|error| BlobError::new("打开存储桶", error))
}

/// A multipart upload that is aborted unless it is completed: the store would keep its parts,
/// unseen, for ever.
struct Unfinished {
    upload: Option<Box<dyn MultipartUpload>>,
    sending: JoinSet<object_store::Result<()>>,
}

impl Unfinished {
    async fn begin(store: &AmazonS3, path: &Path) -> object_store::Result<Self> {
        Ok(Self {
            upload: Some(store.put_multipart(path).await?),
            sending: JoinSet::new(),
        })
    }

    /// Sends the next part, in a task of its own: it must go on, and give its room back, while
    /// its upload waits for room.
    fn send(&mut self, bytes: Bytes, room: OwnedSemaphorePermit) {
        let Some(upload) = &mut self.upload else {
            return;
        };
        let request = upload.put_part(bytes.into());
        self.sending.spawn(async move {
            let sent = request.await;
            drop(room);
            sent
        });
    }

    /// Waits until no more parts than these are on the wire.
    async fn at_most(&mut self, parts: usize) -> object_store::Result<()> {
        while self.sending.len() > parts
            && let Some(sent) = self.sending.join_next().await
        {
            sent.map_err(generic)??;
        }
        Ok(())
    }

    async fn complete(mut self) -> object_store::Result<()> {
        self.at_most(0).await?;
        if let Some(upload) = &mut self.upload {
            upload.complete().await?;
        }
        self.upload = None;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let (Some(mut upload), Ok(runtime)) = (self.upload.take(), Handle::try_current()) else {
            return;
        };
        let mut sending = mem::take(&mut self.sending);
        runtime.spawn(async move {
            // A part that is still being stored when the upload is aborted may be kept.
            while sending.join_next().await.is_some() {}
            if let Err(error) = upload.abort().await {
                tracing::warn!(%error, "an unfinished upload to the bucket could not be aborted");
            }
        });
    }
}

async fn part(file: &Arc<File>, start: u64, length: u64) -> Result<Bytes> {
    let file = Arc::clone(file);
    blocking("读取暂存内容", move || {
        let mut bytes = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
        file.read_exact_at(&mut bytes, start)?;
        Ok(Bytes::from(bytes))
    })
    .await
}

fn generic(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> object_store::Error {
    object_store::Error::Generic {
        store: "S3",
        source: source.into(),
    }
}
