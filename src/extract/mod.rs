//! Turns the bytes of an uploaded file into text.
//!
//! Readers of foreign formats run out of memory, overflow their stack and loop; none of that
//! can be caught inside a process. So the hub never reads a document itself: the [`Extractor`]
//! hands the open file to a child process of the same program, which gives up its rights
//! first ([`worker`]), and ends it when it takes too long. What a file *is* can be told from
//! a bounded look at it; that is [`sniff`], and it is safe to call in the hub.

mod clean;
mod confine;
mod extractor;
mod options;
mod outcome;
mod quality;
mod readers;
pub mod sniff;
pub mod worker;

pub use clean::tidy;
pub use extractor::Extractor;
pub use options::{Limits, Options};
pub use outcome::{Extracted, FailureCode, NoTextReason, Outcome, Part};
