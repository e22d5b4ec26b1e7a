//! Where the bytes are to be kept, as the operator says it.

use std::path::PathBuf;

use secrecy::SecretString;

/// Where the bytes are to be kept.
#[derive(Debug, Clone)]
pub enum Options {
    /// In a folder of this machine.
    Local {
        /// The folder; it is created where it is missing.
        folder: PathBuf,
    },
    /// In a bucket of an S3-compatible store, which several nodes can share.
    S3(S3Options),
}

/// Which bucket, and how it is spoken to.
#[derive(Debug, Clone)]
pub struct S3Options {
    /// The address of the store, with scheme and port; for addressing by host name, with
    /// the bucket in it.
    pub endpoint: String,
    /// The bucket, which must exist.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// Who asks.
    pub access_key_id: String,
    /// What the requests are signed with.
    pub secret_access_key: SecretString,
    /// Whether the endpoint may be plain `http`.
    pub allow_http: bool,
    /// Whether the bucket stands in the path (`https://store/bucket/key`) rather than in
    /// the host name.
    pub path_style: bool,
    /// A folder of this node for uploads on their way to the bucket; it is created where it
    /// is missing. It needs room for all files that are being uploaded at one time, on a
    /// disk (on Linux `/tmp` is often memory). What lies there has no name and is gone with
    /// the process.
    pub scratch: PathBuf,
}
