//! The hub's keys, kept in the data folder where only the hub may read them.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, spki::der::pem::LineEnding},
};

use super::told;
use crate::app::Keys;

/// Reads the keys, or draws them at the first start.
pub(super) fn open(data_dir: &Path) -> Result<Keys, String> {
    let folder = data_dir.join("keys");
    fs::create_dir_all(&folder).map_err(|error| told(&error))?;
    Ok(Keys {
        evidence: one(&folder.join("evidence.pem"))?,
        tokens: one(&folder.join("tokens.pem"))?,
    })
}

fn one(path: &Path) -> Result<SigningKey, String> {
    let complaint = |what: String| format!("密钥文件 {} {what}", path.display());
    match File::open(path) {
        Ok(mut file) => {
            let mut pem = String::new();
            file.read_to_string(&mut pem)
                .map_err(|error| complaint(told(&error)))?;
            SigningKey::from_pkcs8_pem(&pem).map_err(|error| complaint(error.to_string()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => draw(path).map_err(complaint),
        Err(error) => Err(complaint(told(&error))),
    }
}

fn draw(path: &Path) -> Result<SigningKey, String> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| error.to_string())?;
    let key = SigningKey::from_bytes(&secret);
    let pem = key
        .to_pkcs8_pem(LineEnding::LF)
        .map_err(|error| error.to_string())?;
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        path.parent()
            .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    };
    write().map_err(|error| told(&error))?;
    Ok(key)
}
