//! A file system of its own whose power can be cut: whatever was not synced is then gone, as
//! `kill -9` never shows, because the kernel keeps what was written.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use tempfile::TempDir;

/// How large it is; it takes no room that is not written to.
const SIZE: &str = "900M";

/// Which file system is put on it.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    Ext4,
    Xfs,
}

/// A file system in a file.
pub struct Disk {
    home: TempDir,
}

impl Disk {
    /// Makes and mounts one; says so and gives none where that cannot be done, which takes root,
    /// a loop device, and the programs of the file system.
    pub fn mounted(format: Format) -> Option<Self> {
        let disk = Self {
            home: tempfile::tempdir().unwrap(),
        };
        let image = disk.image();
        let image = image.to_str().unwrap();
        std::fs::create_dir(disk.folder()).unwrap();
        let made = ran("truncate", &["-s", SIZE, image])
            && match format {
                Format::Ext4 => ran("mkfs.ext4", &["-q", image]),
                Format::Xfs => ran("mkfs.xfs", &["-q", "-f", image]),
            };
        if made && disk.mount() && ran("xfs_io", &["-V"]) {
            return Some(disk);
        }
        eprintln!("skipped: no {format:?} can be mounted and cut off here");
        None
    }

    /// Where it is mounted.
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("disk")
    }

    fn image(&self) -> PathBuf {
        self.home.path().join("image")
    }

    fn mount(&self) -> bool {
        let (image, folder) = (self.image(), self.folder());
        ran("mount", &["-o", "loop", name(&image), name(&folder)])
    }

    /// Cuts the power: from now on nothing is written, and what was not synced is lost.
    pub fn cut(&self) {
        let folder = self.folder();
        assert!(ran("xfs_io", &["-x", "-c", "shutdown", name(&folder)]));
    }

    /// Switches the power on again: the file system recovers by its journal. Nothing may have a
    /// file open on it.
    pub fn recover(&self) {
        assert!(self.unmount(), "something still uses the file system");
        assert!(self.mount());
    }

    /// Syncs everything, as if much time had passed.
    pub fn settle(&self) {
        let folder = self.folder();
        assert!(ran("sync", &["-f", name(&folder)]));
    }

    fn unmount(&self) -> bool {
        let folder = self.folder();
        (0..100).any(|_| {
            let done = ran("umount", &[name(&folder)]);
            if !done {
                thread::sleep(Duration::from_millis(100));
            }
            done
        })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let folder = self.folder();
        ran("umount", &["-l", name(&folder)]);
    }
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn ran(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    output.is_ok_and(|output| output.status.success())
}
