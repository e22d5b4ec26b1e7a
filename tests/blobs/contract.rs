//! Writing, finding, listing, removing.

use std::{
    fs::{self, FileTimes},
    io::{self, Read as _, Seek as _, SeekFrom},
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use jiff::Timestamp;
use wenshu::blobs::{BlobKey, Blobs, Options, Verdict, WriteFault};

use crate::places::{NO_LIMIT, Place, digest_of, file, in_chunks, read_all, some_bytes};

crate::on_both_places![
    what_was_written_is_read_back_whatever_its_size,
    a_file_can_come_in_one_piece_or_byte_by_byte,
    the_head_is_the_beginning_and_no_more,
    the_same_bytes_are_kept_once,
    sixteen_writers_of_the_same_bytes_do_not_disturb_each_other,
    a_file_may_be_as_long_as_the_limit_and_no_longer,
    a_stream_that_breaks_leaves_nothing,
    an_upload_that_is_dropped_leaves_nothing,
    what_a_dead_process_left_behind_is_swept_when_it_is_old,
    everything_is_listed_and_nothing_foreign,
    what_was_written_again_is_not_removed_as_old,
    a_text_stands_beside_its_file,
    a_local_file_can_be_sought_in,
    no_file_is_named_by_anything_but_its_digest,
];

const MIB: usize = 1024 * 1024;

async fn what_was_written_is_read_back_whatever_its_size(place: &Place) {
    let batch = 256 * 1024;
    let part = 8 * MIB;
    for size in [
        0,
        1,
        batch - 1,
        batch,
        batch + 1,
        part,
        part + 1,
        2 * part,
        21 * MIB,
    ] {
        let bytes = some_bytes(size);
        let stored = place.write(&bytes).await;
        assert_eq!(stored.digest, digest_of(&bytes));
        assert_eq!(stored.size, size as u64);
        assert_eq!(read_all(&place.blobs, &stored).await, bytes, "{size} bytes");
        assert!(place.blobs.exists(stored.digest).await.unwrap());
        assert_eq!(
            place.blobs.verify(stored.digest).await.unwrap(),
            Verdict::Sound
        );
    }
    place.settles_at(9).await;
}

async fn a_file_can_come_in_one_piece_or_byte_by_byte(place: &Place) {
    let bytes = some_bytes(MIB + 7);
    for chunk in [bytes.len(), 4096, 1000, 1] {
        let stored = place
            .blobs
            .write(in_chunks(&bytes, chunk), NO_LIMIT)
            .await
            .unwrap();
        assert_eq!(stored.digest, digest_of(&bytes));
    }
}

async fn the_head_is_the_beginning_and_no_more(place: &Place) {
    let long = some_bytes(MIB);
    assert_eq!(place.write(&long).await.head, long.slice(..64 * 1024));
    let short = some_bytes(5);
    assert_eq!(place.write(&short).await.head, short);
}

async fn the_same_bytes_are_kept_once(place: &Place) {
    let bytes = some_bytes(10 * MIB);
    let first = place.write(&bytes).await;
    assert_eq!(place.write(&bytes).await, first);
    assert_eq!(read_all(&place.blobs, &first).await, bytes);
    place.settles_at(1).await;
}

async fn sixteen_writers_of_the_same_bytes_do_not_disturb_each_other(place: &Place) {
    let bytes = some_bytes(MIB);
    let writers = (0..16).map(|_| {
        let (blobs, bytes) = (place.blobs.clone(), bytes.clone());
        tokio::spawn(async move { blobs.write(in_chunks(&bytes, 60_000), NO_LIMIT).await })
    });
    for written in future::join_all(writers).await {
        let stored = written.unwrap().unwrap();
        assert_eq!(read_all(&place.blobs, &stored).await, bytes);
    }
    place.settles_at(1).await;
}

async fn a_file_may_be_as_long_as_the_limit_and_no_longer(place: &Place) {
    let bytes = some_bytes(9 * MIB);
    let limit = bytes.len() as u64 - 1;
    let written = place.blobs.write(in_chunks(&bytes, 100_000), limit).await;
    assert!(matches!(written, Err(WriteFault::TooLarge { limit: said }) if said == limit));
    place.settles_at(0).await;
    place
        .blobs
        .write(in_chunks(&bytes, 100_000), limit + 1)
        .await
        .unwrap();
    place.settles_at(1).await;
}

async fn a_stream_that_breaks_leaves_nothing(place: &Place) {
    for length in [0, 1000, 9 * MIB] {
        let broken = stream::iter([Err(io::Error::other("连接断开"))]);
        let bytes = in_chunks(&some_bytes(length), 100_000).chain(broken);
        let written = place.blobs.write(bytes, NO_LIMIT).await;
        assert!(matches!(written, Err(WriteFault::Interrupted(_))));
        place.settles_at(0).await;
    }
}

async fn an_upload_that_is_dropped_leaves_nothing(place: &Place) {
    for length in [0, 1000, 9 * MIB] {
        let stalled = in_chunks(&some_bytes(length), 100_000).chain(stream::pending());
        let write = place.blobs.write(stalled, NO_LIMIT);
        assert!(
            tokio::time::timeout(Duration::from_millis(50), write)
                .await
                .is_err()
        );
        place.settles_at(0).await;
    }
}

async fn what_a_dead_process_left_behind_is_swept_when_it_is_old(place: &Place) {
    let incoming = place.keys.join("incoming");
    fs::create_dir_all(&incoming).unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_750_000_000);
    for (name, age) in [("up-old", 90_000), ("up-young", 1000)] {
        let file = fs::File::create(incoming.join(name)).unwrap();
        file.set_times(FileTimes::new().set_modified(now - Duration::from_secs(age)))
            .unwrap();
    }
    let a_day_ago = Timestamp::from_second(1_750_000_000 - 86_400).unwrap();
    assert_eq!(place.blobs.sweep_staging(a_day_ago).await.unwrap(), 1);
    assert_eq!(place.blobs.sweep_staging(a_day_ago).await.unwrap(), 0);
    assert!(incoming.join("up-young").exists());
}

async fn everything_is_listed_and_nothing_foreign(place: &Place) {
    let files = [some_bytes(0), some_bytes(10), some_bytes(9 * MIB)];
    let mut expected = Vec::new();
    for bytes in &files {
        expected.push((place.write(bytes).await.digest, bytes.len() as u64));
    }
    place
        .blobs
        .put_text(digest_of(b"other"), Bytes::from_static(b"{}"))
        .await
        .unwrap();
    fs::write(place.keys.join("blobs").join("README"), "not a blob").unwrap();
    let listed: Vec<_> = place.blobs.list().try_collect().await.unwrap();
    let mut listed: Vec<_> = listed.iter().map(|kept| (kept.digest, kept.size)).collect();
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

async fn what_was_written_again_is_not_removed_as_old(place: &Place) {
    let bytes = some_bytes(1000);
    let digest = place.write(&bytes).await.digest;
    let old = fs::File::options()
        .write(true)
        .open(place.path(digest))
        .unwrap();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_500_000_001);
    old.set_times(FileTimes::new().set_modified(long_ago))
        .unwrap();
    let abandoned = Timestamp::from_second(1_500_000_002).unwrap();

    place.write(&bytes).await;
    assert!(!place.blobs.remove(file(digest), abandoned).await.unwrap());
    assert_eq!(place.blobs.verify(digest).await.unwrap(), Verdict::Sound);

    assert!(
        place
            .blobs
            .remove(file(digest), Timestamp::MAX)
            .await
            .unwrap()
    );
    assert!(
        !place
            .blobs
            .remove(file(digest), Timestamp::MAX)
            .await
            .unwrap()
    );
    assert!(!place.blobs.exists(digest).await.unwrap());
    place.settles_at(0).await;
}

async fn a_text_stands_beside_its_file(place: &Place) {
    let digest = place.write(&some_bytes(10)).await.digest;
    assert_eq!(place.blobs.get_text(digest).await.unwrap(), None);
    for text in ["{\"text\":\"关于\"}", "{}", ""] {
        place
            .blobs
            .put_text(digest, Bytes::from(text))
            .await
            .unwrap();
        assert_eq!(
            place.blobs.get_text(digest).await.unwrap(),
            Some(Bytes::from(text))
        );
    }
    place.settles_at(2).await;
    assert!(
        place
            .blobs
            .remove(BlobKey::Text(digest), Timestamp::MAX)
            .await
            .unwrap()
    );
    assert_eq!(place.blobs.get_text(digest).await.unwrap(), None);
    assert!(place.blobs.exists(digest).await.unwrap());
}

async fn a_local_file_can_be_sought_in(place: &Place) {
    let bytes = some_bytes(9 * MIB);
    let digest = place.write(&bytes).await.digest;
    let mut opened = place.blobs.open_local_file(digest).await.unwrap();
    let mut tail = Vec::new();
    opened.seek(SeekFrom::End(-5)).unwrap();
    opened.read_to_end(&mut tail).unwrap();
    assert_eq!(tail, bytes[bytes.len() - 5..]);
    let mut all = Vec::new();
    opened.rewind().unwrap();
    opened.read_to_end(&mut all).unwrap();
    assert_eq!(all, bytes);
    place.settles_at(1).await;
}

async fn no_file_is_named_by_anything_but_its_digest(place: &Place) {
    let digest = place
        .write(&Bytes::from("关于印发《通知》的通知.doc"))
        .await
        .digest;
    place
        .blobs
        .put_text(digest, Bytes::from("{\"title\":\"通知\"}"))
        .await
        .unwrap();
    let name = digest.to_string();
    let at = format!("{}/{}/{name}", &name[..2], &name[2..4]);
    let found = place.files();
    assert_eq!(found.len(), 2);
    assert!(found[0].ends_with(&format!("/blobs/{at}")), "{found:?}");
    assert!(
        found[1].ends_with(&format!("/texts/{at}.json")),
        "{found:?}"
    );
}

#[tokio::test]
async fn a_folder_that_is_a_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    fs::write(&folder, "").unwrap();
    assert!(Blobs::open(&Options::Local { folder }).await.is_err());
}

#[tokio::test]
async fn a_bucket_that_is_closed_to_us_is_refused() {
    let place = Place::bucket().await;
    let Options::S3(mut options) = place.options else {
        unreachable!()
    };
    options.secret_access_key = "a wrong secret".into();
    assert!(Blobs::open(&Options::S3(options)).await.is_err());
}

#[tokio::test]
async fn a_full_bucket_is_told_from_a_broken_one() {
    let place = Place::bucket().await;
    place.full.store(true, Ordering::Relaxed);
    let written = place
        .blobs
        .write(in_chunks(&some_bytes(10), 10), NO_LIMIT)
        .await;
    assert!(matches!(written, Err(WriteFault::Full(_))), "{written:?}");
    place.full.store(false, Ordering::Relaxed);
    place.write(&some_bytes(10)).await;
}

/// The upload is dropped while parts of it are on their way to the bucket.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_dropped_between_two_parts_leaves_none_of_them_in_the_bucket() {
    let place = Place::bucket().await;
    let bytes = some_bytes(60 * MIB);
    let sent = async {
        while !place
            .files()
            .iter()
            .any(|name| name.contains("/.upload_id-"))
        {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        written = place.blobs.write(in_chunks(&bytes, MIB), NO_LIMIT) => {
            panic!("the upload should have been dropped: {written:?}")
        }
        () = sent => {}
    }
    place.settles_at(0).await;
}
