//! The number of a request: drawn at the door, written in the log, and given back to the caller.

use std::cell::RefCell;

use uuid::Uuid;

tokio::task_local! {
    static CURRENT: RefCell<String>;
}

/// Runs a request under a fresh number.
pub async fn numbered<F: Future>(request: impl FnOnce(&str) -> F) -> F::Output {
    let id = Uuid::now_v7().to_string();
    let future = request(&id);
    CURRENT.scope(RefCell::new(id), future).await
}

/// The number of the request at hand; empty outside of one.
#[must_use]
pub fn current() -> String {
    CURRENT
        .try_with(|id| id.borrow().clone())
        .unwrap_or_default()
}
