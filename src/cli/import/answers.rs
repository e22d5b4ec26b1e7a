//! As much of the hub's answers as an import needs.

use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize)]
pub(super) struct Uploaded {
    pub(super) id: Uuid,
    pub(super) sha256: String,
}

#[derive(Deserialize)]
pub(super) struct Document {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) state: String,
}

#[derive(Deserialize)]
pub(super) struct Whole {
    pub(super) files: Vec<Attached>,
}

#[derive(Deserialize)]
pub(super) struct Attached {
    pub(super) id: Uuid,
}

#[derive(Deserialize)]
pub(super) struct Delivery {
    pub(super) id: Uuid,
    pub(super) unit: UnitRef,
}

#[derive(Deserialize)]
pub(super) struct UnitRef {
    pub(super) id: Uuid,
}

#[derive(Deserialize)]
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    pub(super) next_cursor: Option<String>,
}
