//! Reading files through the real worker process: what is found, and what hostile files cannot do.

mod corpus;
mod hostile;
mod limits;
mod samples;
mod sniffing;
mod support;
mod writing;
