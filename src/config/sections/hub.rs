use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::check::{Check, is_origin};

/// `[hub]`: what this installation is called and where it lives.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hub {
    /// The name that people see.
    pub name: String,
    /// The folder of the default database, files and index.
    pub data_dir: PathBuf,
    /// Where users reach the hub, without a slash at the end; the issuer of tokens.
    pub public_url: String,
    /// Whether example units and documents with published passwords are played in.
    pub demo: bool,
}

impl Default for Hub {
    fn default() -> Self {
        Self {
            name: "文枢".to_owned(),
            data_dir: "./var/wenshu".into(),
            public_url: "http://127.0.0.1:8080".to_owned(),
            demo: false,
        }
    }
}

impl Hub {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let plain = !self.name.trim().is_empty() && !self.name.chars().any(char::is_control);
        check
            .holds("name", plain && self.name.chars().count() <= 40)
            .holds("data_dir", !self.data_dir.as_os_str().is_empty())
            .holds("public_url", is_origin(&self.public_url));
    }
}
