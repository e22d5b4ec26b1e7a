use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares an identifier that cannot be mistaken for another kind.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh identifier; identifiers sort by the time of their making.
            #[must_use]
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// One 单位 on the exchange: a department, a township, a court, a procuratorate.
    UnitId
}
id! {
    /// One person's account.
    UserId
}
id! {
    /// One stretch of work of one person, from logging in to logging out.
    SessionId
}
id! {
    /// One 文书, from draft to archive.
    DocumentId
}
id! {
    /// One 统称.
    GroupId
}
id! {
    /// One uploaded file; its bytes are named by their digest.
    FileId
}
id! {
    /// One upload that comes in pieces.
    UploadId
}
id! {
    /// One document on its way to one unit.
    DeliveryId
}
id! {
    /// One unit's duty to answer one document.
    ObligationId
}
id! {
    /// One evidence statement.
    EvidenceId
}
id! {
    /// One entry in the journal of a duty to reply.
    DutyEntryId
}
id! {
    /// One word to one person.
    NotificationId
}
id! {
    /// One way in which a person looks at the ledger.
    LedgerViewId
}
id! {
    /// One search that a person keeps.
    SavedSearchId
}
