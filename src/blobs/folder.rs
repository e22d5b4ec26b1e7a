//! A folder of this machine. The order of the syncs is what makes it durable: the bytes, then the
//! entries of new folders, then the rename (which the library syncs on both sides).

use std::{
    fs::{DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path as FsPath, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use object_store::{ObjectStore, ObjectStoreExt as _, local::LocalFileSystem, path::Path};
use tokio::sync::RwLock;

use super::{
    BlobError, Result,
    key::{self, BLOBS, INCOMING, TEXTS},
    place::{self, blocking},
    stage::{Staged, StagedName, Staging},
};

/// Folders that are made at one time at most; a power of two.
const MAKERS: usize = 64;

pub(super) struct Folder {
    root: PathBuf,
    store: LocalFileSystem,
    makers: Arc<[Mutex<()>; MAKERS]>,
    /// Shared by publishers; removing wants it alone, so that bytes published again are not
    /// removed on the age of their older copy.
    publishing: RwLock<()>,
}

impl Folder {
    pub(super) async fn open(root: &FsPath) -> Result<Self> {
        let wanted = root.to_path_buf();
        let root = blocking("建立存储目录", move || {
            make_durably(&wanted)?;
            let root = wanted.canonicalize()?;
            for name in [BLOBS, TEXTS, INCOMING] {
                make_durably(&root.join(name))?;
            }
            Ok(root)
        })
        .await?;
        let store = LocalFileSystem::new_with_prefix(&root)
            .map_err(|error| BlobError::new("打开存储目录", error))?
            .with_fsync(true);
        let makers = Arc::new([const { Mutex::new(()) }; MAKERS]);
        Ok(Self {
            root,
            store,
            makers,
            publishing: RwLock::default(),
        })
    }

    pub(super) fn store(&self) -> &dyn ObjectStore {
        &self.store
    }

    pub(super) async fn stage(&self) -> Result<Staging> {
        let folder = self.root.join(INCOMING);
        blocking("暂存上传内容", move || {
            let file = tempfile::Builder::new()
                .prefix("up-")
                .rand_bytes(16)
                .tempfile_in(folder)?;
            let (file, path) = file.into_parts();
            Ok(Staging {
                file,
                name: StagedName::of(path),
            })
        })
        .await
    }

    pub(super) fn waiting_room(&self) -> PathBuf {
        self.root.join(INCOMING)
    }

    pub(super) async fn publish(&self, staged: Staged, path: &Path) -> Result<()> {
        let Staged { file, name, .. } = staged;
        let from = name.as_str().map(key::staged);
        let from = from.ok_or_else(|| BlobError::new("归档文件", "暂存文件没有名字"))?;
        self.settle(file, path).await?;
        let _publishing = self.publishing.read().await;
        let moved = self.store.rename(&from, path).await;
        moved.map_err(|error| BlobError::new("归档文件", error))?;
        name.has_moved();
        Ok(())
    }

    pub(super) async fn remove(&self, path: &Path, written_before: Timestamp) -> Result<bool> {
        let _alone = self.publishing.write().await;
        place::remove(&self.store, path, written_before).await
    }

    /// Syncs the bytes, and makes the folder they will move to.
    async fn settle(&self, file: File, path: &Path) -> Result<()> {
        let makers = Arc::clone(&self.makers);
        let root = self.root.clone();
        let parts: Vec<String> = path.parts().map(|part| part.as_ref().to_owned()).collect();
        blocking("落盘", move || {
            file.sync_all()?;
            drop(file);
            make_below(&makers, root, &parts[..parts.len().saturating_sub(1)])
        })
        .await
    }
}

/// Makes folders one inside the other. Whoever finds a folder made must be able to rely on its
/// entry having been synced, so making and looking are one step, which others wait for.
fn make_below(makers: &[Mutex<()>; MAKERS], root: PathBuf, names: &[String]) -> io::Result<()> {
    // The first folders of the fan-out share their lock with all that lies below them.
    let maker = names
        .get(1)
        .map_or(0, |name| name.bytes().map(usize::from).sum());
    let _alone = makers[maker % MAKERS]
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let mut folder = root;
    for name in names {
        folder.push(name);
        make_durably(&folder)?;
    }
    Ok(())
}

/// Makes a folder for its owner only, and syncs the entry that leads to it. A folder that is
/// there already is left as it is.
fn make_durably(folder: &FsPath) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(FsPath::new("."));
    make_durably(parent)?;
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(parent)?.sync_all()
}
