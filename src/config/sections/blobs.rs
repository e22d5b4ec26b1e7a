use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::config::{
    check::{Check, is_origin},
    values::Secret,
};

/// Where the bytes of files are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// A folder of this machine.
    Local,
    /// An object store that speaks S3.
    S3,
}

/// `[blobs]`: the store of files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Blobs {
    /// Which of the two stores is used.
    pub backend: Backend,
    /// The folder; see [`crate::config::Config::blobs_dir`] for what an empty one means.
    pub local_dir: PathBuf,
    /// The address of the object store.
    pub s3_endpoint: String,
    /// The bucket.
    pub s3_bucket: String,
    /// The region.
    pub s3_region: String,
    /// The name of the access key.
    pub s3_access_key_id: String,
    /// The access key itself.
    pub s3_secret_access_key: Secret,
    /// The file that the access key was read from; empty for none.
    pub s3_secret_access_key_file: PathBuf,
    /// Whether the object store may be reached without encryption.
    pub s3_allow_http: bool,
    /// Whether the bucket is part of the host name rather than of the path.
    pub s3_virtual_host: bool,
}

impl Default for Blobs {
    fn default() -> Self {
        Self {
            backend: Backend::Local,
            local_dir: PathBuf::new(),
            s3_endpoint: String::new(),
            s3_bucket: String::new(),
            s3_region: "us-east-1".to_owned(),
            s3_access_key_id: String::new(),
            s3_secret_access_key: Secret::default(),
            s3_secret_access_key_file: PathBuf::new(),
            s3_allow_http: false,
            s3_virtual_host: false,
        }
    }
}

impl Blobs {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let unused = self.backend != Backend::S3;
        let plain = self.s3_endpoint.starts_with("http://");
        check
            .holds("s3_endpoint", is_origin(&self.s3_endpoint) || unused && self.s3_endpoint.is_empty())
            .agrees(
                "s3_endpoint",
                self.s3_allow_http || !plain,
                "网址不加密，须改用 https:// 或同时设置 blobs.s3_allow_http = true",
            )
            .holds("s3_bucket", is_bucket(&self.s3_bucket) || unused && self.s3_bucket.is_empty())
            .holds("s3_region", !self.s3_region.is_empty())
            .holds("s3_access_key_id", unused || !self.s3_access_key_id.is_empty())
            .agrees(
                "s3_secret_access_key",
                unused || self.s3_secret_access_key.is_given(),
                "blobs.backend = \"s3\" 时须给出密钥，或用 blobs.s3_secret_access_key_file 指定存放密钥的文件",
            );
    }
}

fn is_bucket(name: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (3..=63).contains(&name.len()) && name.bytes().all(allowed)
}
