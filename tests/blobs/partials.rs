//! Bytes that come piece by piece.

use std::io::Read as _;

use jiff::Timestamp;
use uuid::Uuid;

use crate::places::{Place, digest_of, read_all, some_bytes};

crate::on_both_places![
    what_came_in_pieces_is_kept_as_one,
    what_was_not_acknowledged_is_cut_off,
    what_is_gone_or_too_short_is_not_continued,
    an_unfinished_upload_outlives_the_sweep,
    a_place_keeps_its_name,
];

async fn what_came_in_pieces_is_kept_as_one(place: &Place) {
    let (id, bytes) = (Uuid::now_v7(), some_bytes(900_001));
    let mut from = 0;
    for piece in bytes.chunks(211_111) {
        // Each time as after a restart.
        let blobs = place.reopened().await;
        let mut partial = blobs.open_partial(id, from).await.unwrap().unwrap();
        for chunk in piece.chunks(50_000) {
            partial.push(chunk).await.unwrap();
        }
        from += piece.len() as u64;
        assert_eq!(partial.length(), from);
        assert_eq!(partial.settle().await.unwrap(), from);
    }
    assert_eq!(place.blobs.partials().await.unwrap(), [id]);
    let whole = place
        .blobs
        .whole_of_partial(id, from)
        .await
        .unwrap()
        .unwrap();
    let stored = whole.stored();
    assert_eq!((stored.digest, stored.size), (digest_of(&bytes), from));
    let mut seen = Vec::new();
    whole.file().unwrap().read_to_end(&mut seen).unwrap();
    assert!(seen == bytes);
    assert!(
        !place.blobs.exists(stored.digest).await.unwrap(),
        "looked at, not kept"
    );
    whole.keep().await.unwrap();
    assert_eq!(read_all(&place.blobs, &stored).await, bytes);
    place.blobs.discard_partial(id).await.unwrap();
    place.blobs.discard_partial(id).await.unwrap();
    assert!(place.blobs.partials().await.unwrap().is_empty());
}

async fn what_was_not_acknowledged_is_cut_off(place: &Place) {
    let id = Uuid::now_v7();
    let mut partial = place.blobs.open_partial(id, 0).await.unwrap().unwrap();
    partial.push(b"acknowledged").await.unwrap();
    partial.settle().await.unwrap();
    partial.push(&vec![0; 300_000]).await.unwrap();
    drop(partial);
    let mut partial = place.blobs.open_partial(id, 12).await.unwrap().unwrap();
    partial.push(b"!").await.unwrap();
    assert_eq!(partial.settle().await.unwrap(), 13);
    let whole = place.blobs.whole_of_partial(id, 13).await.unwrap().unwrap();
    assert_eq!(whole.stored().digest, digest_of(b"acknowledged!"));
    drop(whole);
    assert_eq!(
        place.blobs.partials().await.unwrap(),
        [id],
        "dropping it loses nothing"
    );
    assert!(
        place
            .blobs
            .whole_of_partial(id, 14)
            .await
            .unwrap()
            .is_none()
    );
}

async fn what_is_gone_or_too_short_is_not_continued(place: &Place) {
    let id = Uuid::now_v7();
    assert!(place.blobs.open_partial(id, 5).await.unwrap().is_none());
    let mut partial = place.blobs.open_partial(id, 0).await.unwrap().unwrap();
    partial.push(b"1234").await.unwrap();
    partial.settle().await.unwrap();
    assert!(place.blobs.open_partial(id, 5).await.unwrap().is_none());
    assert!(
        place
            .blobs
            .whole_of_partial(Uuid::now_v7(), 0)
            .await
            .unwrap()
            .is_none()
    );
}

async fn an_unfinished_upload_outlives_the_sweep(place: &Place) {
    let id = Uuid::now_v7();
    let mut partial = place.blobs.open_partial(id, 0).await.unwrap().unwrap();
    partial.push(b"1234").await.unwrap();
    partial.settle().await.unwrap();
    assert_eq!(place.blobs.sweep_staging(Timestamp::MAX).await.unwrap(), 0);
    assert!(place.blobs.open_partial(id, 4).await.unwrap().is_some());
}

async fn a_place_keeps_its_name(place: &Place) {
    let name = place.blobs.waiting_place().await.unwrap();
    assert_eq!(place.reopened().await.waiting_place().await.unwrap(), name);
    place.blobs.sweep_staging(Timestamp::MAX).await.unwrap();
    assert_eq!(place.reopened().await.waiting_place().await.unwrap(), name);
    assert!(place.blobs.partials().await.unwrap().is_empty());
}
