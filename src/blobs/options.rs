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
    S3 {
        /// The address of the store, with scheme and port; for addressing by host name, with
        /// the bucket in it.
        endpoint: String,
        /// The bucket, which must exist.
        bucket: String,
        /// The region that requests are signed for.
        region: String,
        /// Who asks.
        access_key_id: String,
        /// What the requests are signed with.
        secret_access_key: SecretString,
        /// Whether the endpoint may be plain `http`.
        allow_http: bool,
        /// Whether the bucket stands in the path (`https://store/bucket/key`) rather than in
        /// the host name.
        path_style: bool,
        /// A folder of this node for uploads on their way to the bucket; it is created where it
        /// is missing. It needs room for all files that are being uploaded at one time, on a
        /// disk (on Linux `/tmp` is often memory). What lies there has no name and is gone with
        /// the process.
        scratch: PathBuf,
    },
}
