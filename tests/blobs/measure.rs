//! How fast, and in how much memory. Run by hand:
//! `cargo test --test blobs -- --ignored --nocapture --test-threads 1 measure`.

use std::{fs, io, time::Instant};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use wenshu::blobs::Blobs;

use crate::places::{NO_LIMIT, Place, some_bytes};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn a_folder() {
    let place = Place::folder().await;
    one_large(&place.blobs).await;
    many_small(&place.blobs).await;
    many_at_once(&place.blobs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn a_bucket() {
    let place = Place::bucket().await;
    one_large(&place.blobs).await;
    many_small(&place.blobs).await;
}

async fn one_large(blobs: &Blobs) {
    let start = Instant::now();
    let stored = blobs.write(of_mebibytes(512, 1), NO_LIMIT).await.unwrap();
    report("write 512 MiB", 512, start);
    let start = Instant::now();
    let reading = blobs.read(stored.digest, stored.size, None).await.unwrap();
    reading
        .try_for_each(|_| future::ready(Ok(())))
        .await
        .unwrap();
    report("read 512 MiB", 512, start);
    let start = Instant::now();
    let reading = blobs
        .read(stored.digest, stored.size, Some(1..stored.size))
        .await
        .unwrap();
    reading
        .try_for_each(|_| future::ready(Ok(())))
        .await
        .unwrap();
    report("range of 512 MiB", 512, start);
}

async fn many_small(blobs: &Blobs) {
    let start = Instant::now();
    for seed in 0..100 {
        let bytes = some_bytes(100_000 + seed);
        blobs
            .write(stream::iter([Ok::<_, io::Error>(bytes)]), NO_LIMIT)
            .await
            .unwrap();
    }
    println!("100 x 100 KB, one by one: {:?} each", start.elapsed() / 100);
}

async fn many_at_once(blobs: &Blobs) {
    let start = Instant::now();
    let writers = (0..200).map(|seed| {
        let blobs = blobs.clone();
        tokio::spawn(async move { blobs.write(of_mebibytes(10, seed), NO_LIMIT).await })
    });
    for written in future::join_all(writers).await {
        written.unwrap().unwrap();
    }
    report("200 writers of 10 MiB", 2000, start);
}

/// Differs by seed, and is made on the way.
fn of_mebibytes(count: u64, seed: u64) -> impl stream::Stream<Item = Result<Bytes, io::Error>> {
    let block = some_bytes(65_536 - 16);
    stream::iter(0..count * 16).map(move |number| {
        let mut chunk = block.to_vec();
        chunk.extend_from_slice(&seed.to_be_bytes());
        chunk.extend_from_slice(&number.to_be_bytes());
        Ok(chunk.into())
    })
}

fn report(what: &str, mebibytes: u32, start: Instant) {
    let rate = f64::from(mebibytes) * 1.048_576 / start.elapsed().as_secs_f64();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or("no VmHWM");
    println!("{what}: {rate:.0} MB/s, {peak}");
}
