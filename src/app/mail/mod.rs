//! Notifications by e-mail. Each waits in the outbox, written together with its notification, and
//! goes to the mail server from there, on whichever node is first.
//!
//! A mail that was taken by the server and could not be noted any more is sent again: its
//! `Message-ID` is that of its notification, by which the second is known for the first.

mod letter;
mod outbox;
mod post;

pub use outbox::{MailOutcome, Posted};
pub use post::MailTrouble;

use jiff::Timestamp;
use tokio::sync::OnceCell;

use letter::Letter;
use post::Post;

use crate::{
    app::Hub,
    config::Config,
    domain::{EmailAddress, NotificationId},
};

/// The mail server, once its settings have been read.
#[derive(Default)]
pub(super) struct Counter(OnceCell<Post>);

impl Hub {
    /// Reads what sending needs, so that wrong settings are told at the start.
    ///
    /// # Errors
    /// What cannot be used; whether the server answers is not asked.
    pub async fn prepare_mail(&self) -> Result<(), MailTrouble> {
        if self.config().mail.enabled {
            self.post().await?;
        }
        Ok(())
    }

    async fn post(&self) -> Result<&Post, MailTrouble> {
        let Counter(post) = &self.0.post;
        post.get_or_try_init(|| Post::prepare(self.config())).await
    }
}

/// Sends one mail to see whether it can be done, for the operator.
///
/// # Errors
/// What stands in the way.
pub async fn send_test_mail(
    config: &Config,
    to: &EmailAddress,
    now: Timestamp,
) -> Result<(), MailTrouble> {
    let post = Post::prepare(config).await?;
    let mut line = post.open().await?;
    let letter = Letter::of_test(config, NotificationId::fresh(), to.clone(), now);
    line.send(&letter).await?;
    line.close().await;
    Ok(())
}
