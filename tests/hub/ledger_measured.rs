//! Measures the workbook of a long ledger. Run it by hand:
//! `cargo test --release --test hub ledger_measured -- --ignored --nocapture`.

use std::time::Instant;

use crate::{ledger::rows, support::TestHub};

/// As many as one workbook holds, unless the options say otherwise.
const MANY: usize = 100_000;

/// The most memory that this process has ever held, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.unwrap().split_whitespace().nth(1).unwrap();
    kib.parse::<u64>().unwrap() / 1024
}

async fn fill(hub: &TestHub) {
    let (court, bureau) = (hub.unit("court").simple(), hub.unit("resources").simple());
    let clerk = hub.city.user("court.clerk").simple();
    let beginning = hub.now().as_millisecond();
    let documents = format!(
        "INSERT INTO documents (id, unit_id, kind_code, kind_version, title, state, urgency,
                                openness, fields, created_by, created_at, updated_at, sent_at,
                                sent_by, revision)
         WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < {MANY})
         SELECT randomblob(16), x'{court}', 'GW-HAN', 1, '关于第' || n || '件事的函', 'sent', 'normal',
                'not_public', '{{}}', x'{clerk}', {beginning} + n, {beginning} + n,
                {beginning} + n, x'{clerk}', 3
           FROM many"
    );
    let deliveries = format!(
        "INSERT INTO deliveries (id, document_id, unit_id, role, state, sent_at, arrived_at,
                                 sender_id, kind_code, urgency, round, revision)
         SELECT randomblob(16), d.id, x'{bureau}', 'main', 'arrived', d.sent_at, d.sent_at,
                d.unit_id, d.kind_code, d.urgency, 1, 1
           FROM documents d"
    );
    let obligations =
        "INSERT INTO obligations (id, delivery_id, document_id, debtor_id, creditor_id,
                                  rule_code, rule_version, state, urgency, provisional,
                                  created_at, revision)
         SELECT randomblob(16), v.id, v.document_id, v.unit_id, v.sender_id, 'GW-HAN-1M', 1,
                'awaiting_signature', 'normal', FALSE, v.sent_at, 1
           FROM deliveries v";
    let statements = [documents, deliveries, obligations.to_owned()];
    hub.engine.write_behind(&statements).await;
}

#[tokio::test]
#[ignore = "it fills a hundred thousand rows"]
async fn a_long_ledger_takes_time_and_no_memory() {
    let hub = TestHub::open().await;
    fill(&hub).await;
    let path = "/api/v1/obligations/export";
    let few = hub
        .by("resources.clerk")
        .get(format!("{path}?until=2020-01-01"));
    assert_eq!(rows(&few.await).len(), 1);
    let before = peak();
    let begun = Instant::now();
    let answer = hub.by("resources.clerk").get(path).await;
    let (took, after) = (begun.elapsed(), peak());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let bytes = answer.bytes.len();
    println!("{MANY} rows: {took:?}, {bytes} bytes; VmHWM {before} MiB before, {after} MiB after");
    assert_eq!(rows(&answer).len(), MANY + 1);
}
