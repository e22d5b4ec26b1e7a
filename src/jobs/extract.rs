//! Reads the text of files, each in a process of its own that can be killed.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use tokio::sync::watch;

use super::{REST, failed, rest};
use crate::{
    app::{Hub, Result},
    domain::{FileText, QueuedText, TextPart, TextState},
    extract::{Extracted, Extractor, Outcome},
};

/// Beyond the time of one reading, for opening the file and keeping the text.
const MARGIN: Duration = Duration::from_mins(1);

/// Reads files until told to stop.
pub(super) async fn run(hub: Hub, extractor: Arc<Extractor>, mut stop: watch::Receiver<bool>) {
    loop {
        match next(&hub, &extractor).await {
            // There may be more.
            Ok(true) if !*stop.borrow() => continue,
            Ok(_) => {}
            Err(error) => {
                failed("extract", &error);
                tokio::time::sleep(REST).await;
            }
        }
        if !rest(&hub, &mut stop, REST).await {
            return;
        }
    }
}

/// Reads the next file that waits. Tells whether there was one.
async fn next(hub: &Hub, extractor: &Extractor) -> Result<bool> {
    let options = &hub.config().extract;
    let patience = options.wall_timeout + MARGIN;
    let patience = SignedDuration::try_from(patience).unwrap_or(SignedDuration::from_mins(5));
    for text in hub.texts_due(8).await? {
        // Another worker, here or elsewhere, may have been quicker.
        if hub.claim_text(&text, patience).await? {
            read(hub, extractor, &text).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

async fn read(hub: &Hub, extractor: &Extractor, text: &QueuedText) -> Result<()> {
    // The attempt at hand was counted when it was claimed: a file that takes the hub down with
    // it is not tried for ever.
    if text.attempts >= hub.config().extract.attempts {
        let reason = "多次尝试均未能读取此文件";
        return hub
            .give_text_up(text.digest, TextState::Failed, reason)
            .await;
    }
    let file = hub.open_for_reading(text.digest).await?;
    match extractor.extract(file, text.size, &text.media_type).await {
        Outcome::Text(extracted) => hub.keep_text(text.digest, &file_text(extracted)).await,
        Outcome::NoText { reason } => {
            hub.give_text_up(text.digest, TextState::None, &reason.to_string())
                .await
        }
        Outcome::Failed { code, detail } => {
            metrics::counter!("wenshu_extract_failures_total", "code" => code.as_str())
                .increment(1);
            hub.give_text_up(text.digest, TextState::Failed, &detail)
                .await
        }
    }
}

fn file_text(extracted: Extracted) -> FileText {
    let parts = extracted.parts.into_iter();
    FileText {
        engine: extracted.engine,
        parts: parts
            .map(|part| TextPart {
                page: part.page,
                text: part.text,
            })
            .collect(),
    }
}
