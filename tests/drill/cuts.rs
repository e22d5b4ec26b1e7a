//! A gibibyte goes in piece by piece while the line is cut ten times and the hub is killed ten
//! times, and what comes out is the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    hub::Site,
    large::{CHUNK, chunk, free_bytes, pattern},
    people::{People, Person},
    random::Random,
    turn,
};

const LENGTH: u64 = 1 << 30;
const CUTS: u64 = 20;
/// What must be free before this is tried.
const NEEDED: u64 = 4 << 30;
/// The most memory that the hub may hold at once.
const MEMORY: u64 = 150 << 20;

/// The file from an offset on, counting what was handed over; it breaks off after `most` bytes.
fn rest(pattern: &Arc<Vec<u8>>, from: u64, most: u64, handed: &Arc<AtomicU64>) -> reqwest::Body {
    let (pattern, handed) = (Arc::clone(pattern), Arc::clone(handed));
    handed.store(from, Ordering::SeqCst);
    let bytes = stream::unfold(from, move |at| {
        let (pattern, handed) = (Arc::clone(&pattern), Arc::clone(&handed));
        async move {
            if at >= LENGTH {
                return None;
            }
            if at - from >= most {
                return Some((Err(std::io::Error::other("cut")), LENGTH));
            }
            let piece: Bytes = chunk(at / CHUNK as u64, &pattern);
            let skip = usize::try_from(at % CHUNK as u64).unwrap();
            let piece = piece.slice(skip..);
            let next = at + piece.len() as u64;
            handed.store(next, Ordering::SeqCst);
            Some((Ok(piece), next))
        }
    });
    reqwest::Body::wrap_stream(bytes)
}

fn tus(clerk: &Person, method: &str, path: &str) -> reqwest::RequestBuilder {
    clerk.asks(method, path).header("tus-resumable", "1.0.0")
}

fn patch(clerk: &Person, path: &str, from: u64, body: reqwest::Body) -> reqwest::RequestBuilder {
    tus(clerk, "PATCH", path)
        .header("upload-offset", from)
        .header("content-type", "application/offset+octet-stream")
        .body(body)
}

/// Where the upload stands, once nobody is writing to it.
async fn offset(clerk: &Person, path: &str) -> u64 {
    let head = tus(clerk, "HEAD", path).send().await.unwrap();
    assert_eq!(head.status(), 200);
    head.headers()["upload-offset"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

async fn begin(clerk: &Person) -> String {
    let begun = tus(clerk, "POST", "uploads")
        .header("upload-length", LENGTH)
        .header("upload-metadata", "filename 5Y235a6XLnBkZg==")
        .send()
        .await
        .unwrap();
    assert_eq!(begun.status(), 201);
    let location = begun.headers()["location"].to_str().unwrap().to_owned();
    location.trim_start_matches("/api/v1/").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_survives_ten_cuts_and_ten_kills() {
    let _turn = turn().await;
    let site = Site::new(&[]);
    let free = free_bytes(site.home());
    if free < NEEDED {
        eprintln!("skipped: {} GiB are free, 4 GiB are needed", free >> 30);
        return;
    }
    let mut random = Random::seeded("cuts");
    let passwords = site.enter_city();
    let mut running = site.start().await;
    let people = People::settle(&site, &passwords).await;
    let clerk = people.get("sfj", "clerk");
    let pattern = Arc::new(pattern());
    let mut hash = Sha256::new();
    (0..LENGTH / CHUNK as u64).for_each(|number| hash.update(chunk(number, &pattern)));
    let sha256 = hex::encode(hash.finalize());

    let began = Instant::now();
    let path = begin(clerk).await;
    let handed = Arc::new(AtomicU64::new(0));
    let (mut stands, mut again, mut peak) = (0, 0, 0);
    for cut in 0..CUTS {
        let most = random.within(8 << 20..(LENGTH / CUTS).max(9 << 20));
        let by_client = cut % 2 == 0;
        let sends = if by_client { most } else { LENGTH };
        let ask = |stands| {
            handed.store(stands, Ordering::SeqCst);
            patch(clerk, &path, stands, rest(&pattern, stands, sends, &handed))
        };
        // Whoever was cut off before may not have let go of the file yet, or has just written on.
        if by_client {
            while let Ok(answer) = ask(stands).send().await {
                assert!([409, 423].contains(&answer.status().as_u16()), "{answer:?}");
                stands = offset(clerk, &path).await;
            }
        } else {
            let sending = loop {
                let sending = tokio::spawn(ask(stands).send());
                while handed.load(Ordering::SeqCst) < stands + most && !sending.is_finished() {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                if !sending.is_finished() {
                    break sending;
                }
                let answer = sending.await.unwrap().unwrap();
                assert!([409, 423].contains(&answer.status().as_u16()), "{answer:?}");
                stands = offset(clerk, &path).await;
            };
            peak = running.peak_memory().max(peak);
            running.kill();
            assert!(sending.await.unwrap().is_err(), "the hub was killed");
            running = site.start().await;
        }
        let sent = handed.load(Ordering::SeqCst);
        // Bytes may still be on their way to the disk when the client has gone.
        let mut now = offset(clerk, &path).await;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let later = offset(clerk, &path).await;
            if later == now && later > stands {
                break;
            }
            now = later;
        }
        assert!(now >= stands, "{now} was acknowledged as {stands}");
        assert!(now <= sent, "{now} of {sent} that were sent");
        again += sent - now;
        stands = now;
    }
    let answer = loop {
        let body = rest(&pattern, stands, LENGTH, &handed);
        let answer = patch(clerk, &path, stands, body).send().await.unwrap();
        if ![409, 423].contains(&answer.status().as_u16()) {
            break answer;
        }
        stands = offset(clerk, &path).await;
    };
    assert_eq!(answer.status(), 204, "{}", site.logged());
    assert!(answer.headers().contains_key("wenshu-file-id"));
    let seen: Value = tus(clerk, "GET", &path)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(seen["file"]["sha256"], sha256.as_str());
    assert_eq!(seen["file"]["size"], LENGTH);
    peak = running.peak_memory().max(peak);
    eprintln!(
        "cuts: 1 GiB in {:.1?} through {CUTS} cuts, {} MiB sent again, VmHWM {} MiB",
        began.elapsed(),
        again >> 20,
        peak >> 20
    );
    assert!(peak < MEMORY, "the hub held {} MiB", peak >> 20);
}
