//! The two places, fresh for each test, with a look behind the scenes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt as _, stream};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{
    S3Error, S3ErrorCode, S3Result,
    access::{S3Access, S3AccessContext},
    auth::SimpleAuth,
    service::S3ServiceBuilder,
};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::net::TcpListener;
use wenshu::{
    blobs::{BlobKey, Blobs, Options, ReadFault, S3Options, Stored},
    domain::Digest,
};

pub const NO_LIMIT: u64 = u64::MAX;
const BUCKET: &str = "wenshu";
const SECRET: &str = "secret-of-the-tests";

pub struct Place {
    pub blobs: Blobs,
    pub options: Options,
    /// Everything that the place and the hub could leave behind lies in here.
    pub home: TempDir,
    /// The folder on disk that holds the keys.
    pub keys: PathBuf,
    /// When set, the bucket answers every write with "507 Insufficient Storage".
    pub full: Arc<AtomicBool>,
}

impl Place {
    pub async fn folder() -> Self {
        let home = tempfile::tempdir().unwrap();
        let keys = home.path().join("data");
        let options = Options::Local {
            folder: keys.clone(),
        };
        Self::over(options, home, keys, Arc::default()).await
    }

    pub async fn bucket() -> Self {
        let home = tempfile::tempdir().unwrap();
        let keys = home.path().join("server").join(BUCKET);
        fs::create_dir_all(&keys).unwrap();
        let full = Arc::default();
        let endpoint = serve(&home.path().join("server"), Arc::clone(&full)).await;
        let options = Options::S3(an_s3(endpoint, home.path()));
        Self::over(options, home, keys, full).await
    }

    async fn over(options: Options, home: TempDir, keys: PathBuf, full: Arc<AtomicBool>) -> Self {
        let blobs = Blobs::open(&options).await.unwrap();
        Self {
            blobs,
            options,
            home,
            keys,
            full,
        }
    }

    /// The same place as another process sees it, which has verified nothing yet.
    pub async fn reopened(&self) -> Blobs {
        Blobs::open(&self.options).await.unwrap()
    }

    pub async fn write(&self, bytes: &Bytes) -> Stored {
        self.blobs
            .write(in_chunks(bytes, 100_000), NO_LIMIT)
            .await
            .unwrap()
    }

    /// Where the bytes of a blob lie on disk.
    pub fn path(&self, digest: Digest) -> PathBuf {
        let name = digest.to_string();
        self.keys
            .join("blobs")
            .join(&name[..2])
            .join(&name[2..4])
            .join(name)
    }

    /// All files that lie anywhere, except the notes that the S3 server keeps about its objects.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(self.home.path(), &mut found).unwrap();
        let home = self.home.path();
        let name = |path: PathBuf| {
            path.strip_prefix(home)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        };
        let mut found: Vec<_> = found.into_iter().map(name).collect();
        found.retain(|name| !name.contains("/.bucket-"));
        found.sort();
        found
    }

    /// Waits until nothing is left but so many files: what is cleaned up in the background is
    /// not cleaned up at once.
    pub async fn settles_at(&self, count: usize) {
        for _ in 0..500 {
            if self.files().len() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{count} files expected, these remain: {:#?}", self.files());
    }
}

fn an_s3(endpoint: String, home: &Path) -> S3Options {
    S3Options {
        endpoint,
        bucket: BUCKET.to_owned(),
        region: "us-east-1".to_owned(),
        access_key_id: "tests".to_owned(),
        secret_access_key: SECRET.into(),
        allow_http: true,
        path_style: true,
        scratch: home.join("scratch"),
    }
}

/// Starts an S3 server that ends with the runtime of the test.
async fn serve(root: &Path, full: Arc<AtomicBool>) -> String {
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    builder.set_auth(SimpleAuth::from_single("tests", SECRET));
    builder.set_access(Guard(full));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let server = Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(socket), service).await;
            });
        }
    });
    format!("http://{address}")
}

struct Guard(Arc<AtomicBool>);

#[async_trait::async_trait]
impl S3Access for Guard {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        if context.credentials().is_none() {
            return Err(S3Error::new(S3ErrorCode::AccessDenied));
        }
        if self.0.load(Ordering::Relaxed) && context.s3_op().name() == "PutObject" {
            let mut error = S3Error::new(S3ErrorCode::Custom("XMinioStorageFull".into()));
            error.set_status_code(507.try_into().unwrap());
            return Err(error);
        }
        Ok(())
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), found)?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// So many bytes without a pattern, the same ones each time.
pub fn some_bytes(length: usize) -> Bytes {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64 ^ length as u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes.into()
}

pub fn digest_of(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// The bytes as they might come over a wire.
pub fn in_chunks(
    bytes: &Bytes,
    length: usize,
) -> impl Stream<Item = Result<Bytes, io::Error>> + use<> {
    let starts = (0..bytes.len()).step_by(length);
    let chunks: Vec<_> = starts
        .map(|start| Ok(bytes.slice(start..bytes.len().min(start + length))))
        .collect();
    stream::iter(chunks)
}

/// Reads to the end, and says what came and how it ended.
pub async fn read(
    blobs: &Blobs,
    digest: Digest,
    size: u64,
    range: Option<std::ops::Range<u64>>,
) -> (Vec<u8>, Result<(), ReadFault>) {
    let mut came = Vec::new();
    let mut reading = match blobs.read(digest, size, range).await {
        Ok(reading) => reading,
        Err(fault) => return (came, Err(fault)),
    };
    let length = reading.length();
    loop {
        match reading.try_next().await {
            Ok(Some(chunk)) => came.extend_from_slice(&chunk),
            Ok(None) => {
                assert_eq!(
                    came.len() as u64,
                    length,
                    "what comes is as long as it was said to be"
                );
                return (came, Ok(()));
            }
            Err(fault) => {
                let after = reading.try_next().await;
                assert!(matches!(after, Ok(None)), "nothing comes after a fault");
                return (came, Err(fault));
            }
        }
    }
}

pub async fn read_all(blobs: &Blobs, stored: &Stored) -> Bytes {
    let (came, end) = read(blobs, stored.digest, stored.size, None).await;
    end.unwrap();
    came.into()
}

pub fn file(digest: Digest) -> BlobKey {
    BlobKey::File(digest)
}
