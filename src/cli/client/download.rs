//! Fetching bytes into a file.

use std::{path::Path, time::Duration};

use reqwest::header::RETRY_AFTER;
use sha2::{Digest as _, Sha256};
use tokio::{
    io::AsyncWriteExt as _,
    time::{Instant, sleep},
};

use super::{
    ask::Ask,
    http::{Client, RESTS, Tokens, Tried, judge},
    trouble::{Result, Trouble},
};
use crate::{cli::told, domain::Digest};

/// How long a download may take.
const DOWNLOAD: Duration = Duration::from_hours(12);

impl Client {
    /// Fetches bytes into a file of this name that is not there yet, and returns their digest. A
    /// download that breaks off begins anew.
    pub(in crate::cli) async fn download(
        &self,
        who: &impl Tokens,
        path: &str,
        to: &Path,
    ) -> Result<String> {
        let ask = Ask::get(path);
        let began = Instant::now();
        let mut logged_out = false;
        loop {
            let token = who.token(self).await?;
            let reason = match self.try_download(&token, &ask, to).await {
                Ok(digest) => return Ok(digest),
                Err(Tried::Failed(trouble)) => return Err(trouble),
                Err(Tried::LoggedOut(reason)) if logged_out => {
                    return Err(Trouble::LoggedOut(reason));
                }
                Err(Tried::LoggedOut(reason)) => {
                    logged_out = true;
                    who.forget(&token).await;
                    reason
                }
                Err(Tried::Later(wait, reason)) => {
                    sleep(wait).await;
                    reason
                }
                Err(Tried::Unwell(reason)) => reason,
                Err(Tried::Answered(_)) => String::new(),
            };
            if began.elapsed() + RESTS.0 > self.patience {
                return Err(Trouble::Unreachable(self.gave_up(&reason)));
            }
            sleep(RESTS.0).await;
        }
    }

    async fn try_download(
        &self,
        token: &str,
        ask: &Ask,
        to: &Path,
    ) -> std::result::Result<String, Tried> {
        let unwell = |error: reqwest::Error| Tried::Unwell(told(&error.without_url()));
        let failed = |error: std::io::Error| {
            Tried::Failed(Trouble::Stop(format!("{}：{}", to.display(), told(&error))))
        };
        let request = self.request(Some(token), ask).await;
        // The time for an answer does not bound a long download.
        let request = request.map_err(Tried::Failed)?.timeout(DOWNLOAD);
        let mut response = request.send().await.map_err(unwell)?;
        let status = response.status();
        if !status.is_success() {
            let wait = response.headers().get(RETRY_AFTER);
            let wait = wait.and_then(|value| value.to_str().ok()?.parse().ok());
            let wait = wait.map(Duration::from_secs);
            let bytes = response.bytes().await.map_err(unwell)?;
            return Err(judge(status, wait, &bytes));
        }
        let length = response.content_length();
        let mut file = tokio::fs::File::create(to).await.map_err(failed)?;
        let mut hash = Sha256::new();
        let mut got = 0_u64;
        while let Some(chunk) = response.chunk().await.map_err(unwell)? {
            hash.update(&chunk);
            got += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(failed)?;
        }
        file.sync_all().await.map_err(failed)?;
        if length.is_some_and(|length| length != got) {
            return Err(Tried::Unwell("下载中断".to_owned()));
        }
        Ok(Digest(hash.finalize().into()).to_string())
    }
}
