use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{KIB, MIB};
use crate::config::{
    check::Check,
    values::{duration, networks, size},
};

/// `[server]`: the listeners, and how much one request may take.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The listener of pages and API.
    pub listen: SocketAddr,
    /// The listener of health, readiness and metrics.
    pub operations_listen: SocketAddr,
    /// Threads that answer requests; 0 stands for one a core.
    pub workers: usize,
    /// Connections held at once by one of these threads.
    pub max_connections: usize,
    /// The largest JSON body, in bytes.
    #[serde(with = "size")]
    pub max_json_bytes: u64,
    /// The longest path and query together, in bytes.
    #[serde(with = "size")]
    pub max_url_bytes: u64,
    /// How long a client may take for the head of a request.
    #[serde(with = "duration")]
    pub client_request_timeout: Duration,
    /// How long an idle connection is kept.
    #[serde(with = "duration")]
    pub keep_alive: Duration,
    /// How long a stop waits for the requests that are being answered.
    #[serde(with = "duration")]
    pub shutdown_timeout: Duration,
    /// The proxies whose forwarding headers are believed.
    #[serde(with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// The values of `Host` that are answered; empty for any.
    pub allowed_hosts: Vec<String>,
    /// The slowest body that is waited for, in bytes a second; 0 for any.
    #[serde(with = "size")]
    pub min_body_rate: u64,
    /// The time over which that rate is measured.
    #[serde(with = "duration")]
    pub min_body_window: Duration,
}

impl Default for Server {
    fn default() -> Self {
        let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            listen: loopback(8080),
            operations_listen: loopback(9090),
            workers: 0,
            max_connections: 10_000,
            max_json_bytes: MIB,
            max_url_bytes: 4 * KIB,
            client_request_timeout: Duration::from_secs(5),
            keep_alive: Duration::from_secs(75),
            shutdown_timeout: Duration::from_secs(30),
            trusted_proxies: Vec::new(),
            allowed_hosts: Vec::new(),
            min_body_rate: 8 * KIB,
            min_body_window: Duration::from_secs(30),
        }
    }
}

impl Server {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        let second = Duration::from_secs(1);
        // Port 0 lets the system choose, and it chooses two different ones.
        let apart = self.listen.port() == 0 || self.listen != self.operations_listen;
        check
            .holds("operations_listen", apart)
            .within("workers", self.workers, 0..=1024)
            .within("max_connections", self.max_connections, 16..=1_000_000)
            .within("max_json_bytes", self.max_json_bytes, KIB..=64 * MIB)
            .within("max_url_bytes", self.max_url_bytes, 256..=32 * KIB)
            .within(
                "client_request_timeout",
                self.client_request_timeout,
                second..=Duration::from_mins(5),
            )
            .within(
                "keep_alive",
                self.keep_alive,
                second..=Duration::from_hours(1),
            )
            .within(
                "shutdown_timeout",
                self.shutdown_timeout,
                second..=Duration::from_mins(10),
            )
            .holds(
                "allowed_hosts",
                self.allowed_hosts.iter().all(|host| is_host(host)),
            )
            .within("min_body_rate", self.min_body_rate, 0..=100 * MIB)
            .within(
                "min_body_window",
                self.min_body_window,
                Duration::from_secs(5)..=Duration::from_mins(10),
            );
    }
}

/// Whether a text can stand in a `Host` header: the host of an address, nothing around it.
fn is_host(text: &str) -> bool {
    let authority =
        |url: url::Url| url[url::Position::BeforeHost..url::Position::AfterPort] == *text;
    // A scheme without a default port, so that none is dropped from the comparison.
    !text.is_empty()
        && url::Url::parse(&format!("ws+host://{text}")).is_ok_and(authority)
        && text
            .bytes()
            .all(|byte| !byte.is_ascii_uppercase() && byte != b'%')
}
