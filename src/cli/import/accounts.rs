//! Who imports: the people whose accounts act at each step, read from a file that nobody else
//! may read.

use std::{fs::File, io::Read as _, os::unix::fs::PermissionsExt as _, path::Path};

use secrecy::SecretString;
use serde::Deserialize;

use crate::cli::told;

/// The accounts of an import.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Accounts {
    /// Uploads, drafts and sends.
    pub(super) drafter: Account,
    /// Issues.
    pub(super) signer: Account,
    /// Sign, one for each unit that is sent to; a manifest of the past needs none.
    #[serde(rename = "recipient", default)]
    pub(super) recipients: Vec<RecipientAccount>,
}

/// Somebody who can log in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub(super) login: String,
    pub(super) password: SecretString,
}

/// Somebody who signs for a unit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecipientAccount {
    /// The unit, by either of its names.
    pub(super) unit: String,
    login: String,
    password: SecretString,
}

impl RecipientAccount {
    pub(super) fn account(&self) -> Account {
        Account {
            login: self.login.clone(),
            password: self.password.clone(),
        }
    }
}

impl Accounts {
    /// Reads the file; refuses one that others may read.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let complaint = |what: &str| format!("账号文件 {} {what}", path.display());
        let mut file = File::open(path).map_err(|error| complaint(&told(&error)))?;
        let metadata = file.metadata().map_err(|error| complaint(&told(&error)))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(complaint(
                "内有口令，但其他用户可以读写；请先执行 chmod 600",
            ));
        }
        let mut text = String::new();
        file.read_to_string(&mut text)
            .map_err(|error| complaint(&told(&error)))?;
        // The error's own text quotes the line, which may hold a password.
        toml::from_str(&text).map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
            complaint(&format!("第 {line} 行附近有误：{}", error.message()))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _};

    use super::*;

    fn written(mode: u32, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.toml");
        let mut options = fs::OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .mode(mode)
            .open(&path)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
        (folder, path)
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        let (_folder, path) = written(0o640, "");
        let said = Accounts::read(&path).unwrap_err();
        assert!(said.contains("chmod 600"), "{said}");
    }

    #[test]
    fn a_fault_names_its_line_and_quotes_no_password() {
        let text = "[drafter]\nlogin = \"a\"\npassword = \"t0p-secret\" x\n";
        let (_folder, path) = written(0o600, text);
        let said = Accounts::read(&path).unwrap_err();
        assert!(said.contains("第 3 行"), "{said}");
        assert!(!said.contains("t0p"), "{said}");
    }

    #[test]
    fn passwords_are_not_shown_by_debug() {
        let text = "recipient = []\n[drafter]\nlogin = \"a\"\npassword = \"t0p\"\n\
                    [signer]\nlogin = \"b\"\npassword = \"t0p\"\n";
        let (_folder, path) = written(0o600, text);
        let shown = format!("{:?}", Accounts::read(&path).unwrap());
        assert!(!shown.contains("t0p"), "{shown}");
    }
}
