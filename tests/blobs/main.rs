//! What the room of the bytes promises, asked of both places that can keep it: a folder, and a
//! bucket of a real S3 server which the tests start in their own process.

#![expect(
    clippy::unwrap_used,
    reason = "what a test cannot do without may stop it"
)]

mod contract;
mod damage;
mod disk;
mod measure;
mod partials;
mod places;
mod ranges;

/// Runs every named promise on a folder and on a bucket.
macro_rules! on_both_places {
    ($($promise:ident),+ $(,)?) => {
        mod in_a_folder {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    super::$promise(&crate::places::Place::folder().await).await;
                }
            )+
        }
        mod in_a_bucket {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    super::$promise(&crate::places::Place::bucket().await).await;
                }
            )+
        }
    };
}
pub(crate) use on_both_places;
