use wenshu::domain::{FileRole, QueuedText, TextState};

use crate::world::{World, at, digest_of};

fn queued(content: &str, attempts: u32) -> QueuedText {
    QueuedText {
        digest: digest_of(content),
        media_type: "application/pdf".to_owned(),
        size: 7,
        attempts,
    }
}

#[tokio::test]
async fn a_file_that_is_known_already_is_not_read_twice() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let digest = digest_of("甲");
    tx.texts()
        .enqueue(digest, "application/pdf", 7, at(10))
        .await
        .unwrap();
    tx.texts()
        .enqueue(digest, "text/plain", 8, at(5))
        .await
        .unwrap();
    assert_eq!(tx.texts().due(at(10), 9).await.unwrap(), [queued("甲", 0)]);
    let state = TextState::Ready;
    tx.texts()
        .settle(digest, state, None, Some("pdf-1"), 99, at(20))
        .await
        .unwrap();
    tx.texts()
        .enqueue(digest, "application/pdf", 7, at(30))
        .await
        .unwrap();
    assert!(tx.texts().due(at(99), 9).await.unwrap().is_empty());
    assert_eq!(tx.texts().pending().await.unwrap(), 0);
}

#[tokio::test]
async fn the_longest_waiting_are_due_first_and_none_before_its_time() {
    let world = World::new().await;
    let mut tx = world.write().await;
    for (content, moment) in [("丙", 30), ("甲", 10), ("丁", 40), ("乙", 20)] {
        let digest = digest_of(content);
        tx.texts()
            .enqueue(digest, "application/pdf", 7, at(moment))
            .await
            .unwrap();
    }
    let due = tx.texts().due(at(30), 9).await.unwrap();
    assert_eq!(due, [queued("甲", 0), queued("乙", 0), queued("丙", 0)]);
    assert_eq!(tx.texts().due(at(30), 1).await.unwrap(), [queued("甲", 0)]);
    assert_eq!(tx.texts().pending().await.unwrap(), 4);
}

#[tokio::test]
async fn a_claimed_file_is_not_seen_until_its_attempt_should_have_ended() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let text = queued("甲", 0);
    tx.texts()
        .enqueue(text.digest, &text.media_type, text.size, at(10))
        .await
        .unwrap();
    assert!(tx.texts().claim(&text, at(50)).await.unwrap());
    assert!(
        !tx.texts().claim(&text, at(60)).await.unwrap(),
        "another node was quicker"
    );
    assert!(tx.texts().due(at(49), 9).await.unwrap().is_empty());
    assert_eq!(tx.texts().due(at(50), 9).await.unwrap(), [queued("甲", 1)]);
    assert!(tx.texts().claim(&queued("甲", 1), at(90)).await.unwrap());
}

#[tokio::test]
async fn how_reading_ended_is_seen_in_the_document() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let file = world.upload(&mut tx, "甲").await;
    let draft = world.draft(&mut tx).await;
    tx.documents()
        .set_files(draft.id, &[(file.id, FileRole::Main)])
        .await
        .unwrap();
    let (digest, state) = (file.digest, TextState::Failed);
    let reason = Some("文件已加密");
    tx.texts()
        .settle(digest, state, reason, None, 0, at(20))
        .await
        .unwrap();
    assert!(
        !tx.texts().claim(&queued("甲", 0), at(50)).await.unwrap(),
        "it is settled"
    );
    let found = tx
        .documents()
        .find_for(world.government, draft.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.files[0].text, state);
    assert_eq!(found.files[0].text_reason.as_deref(), reason);
}

#[tokio::test]
async fn the_documents_with_a_file_are_told_even_while_one_is_being_sent() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let one = world.upload(&mut tx, "甲").await;
    let again = world.upload(&mut tx, "甲").await;
    let other = world.upload(&mut tx, "乙").await;
    let draft = world.draft(&mut tx).await;
    let first = world.sent(&mut tx).await;
    let second = world.sent(&mut tx).await;
    let unrelated = world.sent(&mut tx).await;
    for (document, files) in [
        (&draft, vec![one.id]),
        (&first, vec![one.id, again.id, other.id]),
        (&second, vec![again.id]),
        (&unrelated, vec![other.id]),
    ] {
        let files: Vec<_> = files
            .into_iter()
            .map(|id| (id, FileRole::Attachment))
            .collect();
        tx.documents().set_files(document.id, &files).await.unwrap();
    }
    let mut holders = tx.texts().documents_with(one.digest).await.unwrap();
    holders.sort();
    assert_eq!(
        holders,
        [draft.id, first.id, second.id],
        "each once, also the draft"
    );
    assert!(
        tx.texts()
            .documents_with(digest_of("丙"))
            .await
            .unwrap()
            .is_empty()
    );
}
