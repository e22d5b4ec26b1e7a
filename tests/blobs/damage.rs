//! Bytes that have changed since they were written, or gone.

use std::{
    fs,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use wenshu::blobs::{Blobs, ReadFault, Stored, Verdict};

use crate::places::{Place, digest_of, read, read_all, some_bytes};

crate::on_both_places![
    one_flipped_bit_is_seen_by_everyone_who_reads,
    a_short_file_is_checked_before_its_first_byte_leaves,
    a_blob_that_lost_or_won_bytes_is_damaged,
    writing_the_bytes_again_mends_the_blob,
    what_is_not_there_is_missing_to_everyone,
    a_file_replaced_after_it_was_verified_is_noticed,
];

const HELD_BACK: usize = 512 * 1024;

async fn one_flipped_bit_is_seen_by_everyone_who_reads(place: &Place) {
    let bytes = some_bytes(9_000_000);
    let stored = place.write(&bytes).await;
    for at in [0, 4_500_000, stored.size - 1] {
        flip(&place.path(stored.digest), at);
        let blobs = place.reopened().await;

        let (came, end) = read(&blobs, stored.digest, stored.size, None).await;
        assert!(matches!(end, Err(ReadFault::Damaged)), "byte {at}: {end:?}");
        assert!(
            came.len() <= bytes.len() - HELD_BACK,
            "byte {at}: {} bytes left",
            came.len()
        );

        nobody_gets_a_range(&blobs, &stored).await;
        assert_eq!(blobs.verify(stored.digest).await.unwrap(), Verdict::Damaged);
        let opened = blobs.open_local_file(stored.digest).await;
        assert!(matches!(opened, Err(ReadFault::Damaged)));

        flip(&place.path(stored.digest), at);
        assert_eq!(blobs.verify(stored.digest).await.unwrap(), Verdict::Sound);
    }
}

async fn nobody_gets_a_range(blobs: &Blobs, stored: &Stored) {
    for range in [
        0..1,
        0..stored.size - 1,
        4_000_000..5_000_000,
        stored.size - 1..stored.size,
    ] {
        let (came, end) = read(blobs, stored.digest, stored.size, Some(range)).await;
        assert!(came.is_empty());
        assert!(matches!(end, Err(ReadFault::Damaged)));
    }
}

async fn a_short_file_is_checked_before_its_first_byte_leaves(place: &Place) {
    for size in [1, 70_000, HELD_BACK] {
        let stored = place.write(&some_bytes(size)).await;
        flip(&place.path(stored.digest), stored.size / 2);
        let (came, end) = read(&place.blobs, stored.digest, stored.size, None).await;
        assert!(came.is_empty(), "{size}");
        assert!(matches!(end, Err(ReadFault::Damaged)));
    }
}

async fn a_blob_that_lost_or_won_bytes_is_damaged(place: &Place) {
    let stored = place.write(&some_bytes(9_000_000)).await;
    for size in [0, stored.size - 1, stored.size + 1] {
        let file = fs::File::options()
            .write(true)
            .open(place.path(stored.digest))
            .unwrap();
        file.set_len(size).unwrap();
        let blobs = place.reopened().await;
        let (came, end) = read(&blobs, stored.digest, stored.size, None).await;
        assert!(came.is_empty());
        assert!(matches!(end, Err(ReadFault::Damaged)), "{size}: {end:?}");
        nobody_gets_a_range(&blobs, &stored).await;
    }
}

async fn writing_the_bytes_again_mends_the_blob(place: &Place) {
    let bytes = some_bytes(300_000);
    let stored = place.write(&bytes).await;
    flip(&place.path(stored.digest), 5);
    assert_eq!(
        place.blobs.verify(stored.digest).await.unwrap(),
        Verdict::Damaged
    );
    place.write(&bytes).await;
    assert_eq!(
        place.blobs.verify(stored.digest).await.unwrap(),
        Verdict::Sound
    );
    assert_eq!(read_all(&place.blobs, &stored).await, bytes);
}

async fn what_is_not_there_is_missing_to_everyone(place: &Place) {
    let digest = digest_of(b"never written");
    assert!(!place.blobs.exists(digest).await.unwrap());
    assert_eq!(place.blobs.verify(digest).await.unwrap(), Verdict::Missing);
    for range in [None, Some(0..5), Some(3..3)] {
        let (_, end) = read(&place.blobs, digest, 10, range).await;
        assert!(matches!(end, Err(ReadFault::Missing)), "{end:?}");
    }
    let opened = place.blobs.open_local_file(digest).await;
    assert!(matches!(opened, Err(ReadFault::Missing)));
}

/// The finding that a blob is sound is kept for half an hour, but for this writing of it only.
async fn a_file_replaced_after_it_was_verified_is_noticed(place: &Place) {
    let bytes = some_bytes(2_000_000);
    let stored = place.write(&bytes).await;
    assert_eq!(
        place.blobs.verify(stored.digest).await.unwrap(),
        Verdict::Sound
    );
    let (came, _) = read(&place.blobs, stored.digest, stored.size, Some(10..20)).await;
    assert_eq!(came, bytes[10..20]);

    let path = place.path(stored.digest);
    let mut other = bytes.to_vec();
    other[15] ^= 1;
    fs::remove_file(&path).unwrap();
    fs::write(&path, other).unwrap();
    // An S3 server tells the time of writing to the second.
    let later = std::time::Duration::from_secs(5);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(file.metadata().unwrap().modified().unwrap() + later)
        .unwrap();

    let (came, end) = read(&place.blobs, stored.digest, stored.size, Some(10..20)).await;
    assert!(came.is_empty());
    assert!(matches!(end, Err(ReadFault::Damaged)), "{end:?}");
}

fn flip(path: &Path, at: u64) {
    let mut file = fs::File::options()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
}
