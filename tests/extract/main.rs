//! Reading files through the real worker process: what is found, and what hostile files cannot do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod corpus;
mod hostile;
mod limits;
mod samples;
mod sniffing;
mod support;
mod writing;
