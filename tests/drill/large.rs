//! Two gibibytes go in and come out, and hardly any of it is in memory at once.

use std::{process::Command, time::Instant};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    hub::Site,
    people::{People, id},
    turn,
};

pub const CHUNK: usize = 256 << 10;
const CHUNKS: u64 = (2 << 30) / CHUNK as u64;
/// What must be free before this is tried.
const NEEDED: u64 = 8 << 30;
/// The most memory that the hub may hold at once.
const MEMORY: u64 = 150 << 20;

/// One piece of a file that begins like a PDF and repeats itself nowhere.
pub fn chunk(number: u64, pattern: &[u8]) -> Bytes {
    let mut bytes = pattern.to_vec();
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    if number == 0 {
        bytes[..9].copy_from_slice(b"%PDF-1.7\n");
    }
    bytes.into()
}

pub fn pattern() -> Vec<u8> {
    let mut state = 7_u32;
    let mut bytes = Vec::with_capacity(CHUNK);
    for _ in 0..CHUNK {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        bytes.push(state.to_be_bytes()[0]);
    }
    bytes
}

pub fn free_bytes(folder: &std::path::Path) -> u64 {
    let output = Command::new("df")
        .args(["-B1", "--output=avail"])
        .arg(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().last().unwrap().trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_gibibytes_pass_through_little_memory() {
    let _turn = turn().await;
    let site = Site::new(&[]);
    let free = free_bytes(site.home());
    if free < NEEDED {
        eprintln!("skipped: {} GiB are free, 8 GiB are needed", free >> 30);
        return;
    }
    let passwords = site.enter_city();
    let running = site.start().await;
    let people = People::settle(&site, &passwords).await;
    let clerk = people.get("sfj", "clerk");
    let before = running.peak_memory();

    let began = Instant::now();
    let pattern = pattern();
    let mut hash = Sha256::new();
    (0..CHUNKS).for_each(|number| hash.update(chunk(number, &pattern)));
    let sha256 = hex::encode(hash.finalize());
    let hashing = began.elapsed();

    let began = Instant::now();
    let sent = pattern.clone();
    let bytes = stream::iter((0..CHUNKS).map(move |n| Ok::<_, std::io::Error>(chunk(n, &sent))));
    let request = clerk.asks("POST", "uploads").query(&[("name", "卷宗.pdf")]);
    let answer = request
        .body(reqwest::Body::wrap_stream(bytes))
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let uploaded: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(status, 201, "{uploaded}\n{}", site.logged());
    assert_eq!(uploaded["sha256"], sha256);
    assert_eq!(uploaded["size"], 2_u64 << 30);
    let upload = began.elapsed();

    let file = id(&uploaded["id"]);
    let draft = json!({
        "kind": "GW-HAN", "title": "移送卷宗", "files": [{ "file_id": file, "role": "main" }],
    });
    let drafted = clerk.does("POST", "documents", Some(&draft)).await;
    let path = format!("documents/{}/files/{file}", id(&drafted["id"]));

    let began = Instant::now();
    let answer = clerk.asks("GET", &path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut hash = Sha256::new();
    let mut bytes = answer.bytes_stream();
    while let Some(chunk) = bytes.next().await {
        hash.update(chunk.unwrap());
    }
    assert_eq!(hex::encode(hash.finalize()), sha256);
    let download = began.elapsed();

    // A mebibyte across the middle, and not at the beginning of a chunk.
    let from = (1_u64 << 30) - 300_001;
    let range = format!("bytes={from}-{}", from + (1 << 20) - 1);
    let answer = clerk
        .asks("GET", &path)
        .header("range", range)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 206);
    let got = answer.bytes().await.unwrap();
    let first = from / CHUNK as u64;
    let around: Vec<u8> = (first..first + 6)
        .flat_map(|number| chunk(number, &pattern))
        .collect();
    let skip = usize::try_from(from % CHUNK as u64).unwrap();
    assert!(
        got[..] == around[skip..skip + (1 << 20)],
        "the range holds other bytes"
    );

    let peak = running.peak_memory();
    eprintln!(
        "large: 2 GiB up in {upload:.1?}, down in {download:.1?} (hashing alone {hashing:.1?}); \
         VmHWM {} MiB, before the upload {} MiB",
        peak >> 20,
        before >> 20,
    );
    assert!(peak < MEMORY, "the hub held {} MiB", peak >> 20);
    let both = upload + download;
    assert!(both.as_secs() < 60, "2 GiB up and down took {both:?}");
}
