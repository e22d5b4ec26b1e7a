//! Streams of events: how many there may be, and how one goes on until it must end.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    web::{Bytes, Data},
};
use futures_util::stream;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until, timeout},
};

use super::views::FeedEventView;
use crate::{
    app::{Caller, Error, Hub, Position, Result},
    domain::UserId,
};

/// How often a stream looks whether its reader may still read, also when nothing happens; well
/// within the 5 s after which an ended session must be shut out.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// The most events that are written at once.
const BATCH: usize = 50;
/// How soon a reader that was cut off comes back.
const RETRY_MS: u32 = 3000;
/// How long to wait where there are too many streams.
const COME_BACK: Duration = Duration::from_secs(30);
/// How often another node's writing is looked for.
const OTHERS: Duration = Duration::from_millis(500);

/// The streams of one node.
pub struct Streams {
    open: Mutex<HashMap<UserId, usize>>,
    closing: watch::Sender<bool>,
}

impl Streams {
    /// None yet.
    #[must_use]
    pub fn new() -> Data<Self> {
        Data::new(Self {
            open: Mutex::default(),
            closing: watch::channel(false).0,
        })
    }

    /// Ends them all, and lets no other begin.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashMap<UserId, usize>) -> T) -> T {
        change(&mut self.open.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The place of one stream, given back when it ends.
struct Seat {
    streams: Data<Streams>,
    user: UserId,
}

impl Seat {
    fn take(hub: &Hub, streams: &Data<Streams>, user: UserId) -> Result<Self> {
        if *streams.closing.borrow() {
            return Err(Error::Unavailable(None));
        }
        let limits = &hub.config().events;
        streams.change(|open| {
            if open.values().sum::<usize>() >= limits.streams_per_node {
                return Err(Error::Unavailable(None));
            }
            let own = open.entry(user).or_default();
            if *own >= limits.streams_per_user {
                return Err(Error::TooMany(COME_BACK));
            }
            *own += 1;
            Ok(())
        })?;
        metrics::gauge!("wenshu_event_streams").increment(1);
        let streams = streams.clone();
        Ok(Self { streams, user })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        metrics::gauge!("wenshu_event_streams").decrement(1);
        self.streams.change(|open| {
            if let Some(own) = open.get_mut(&self.user) {
                *own -= 1;
                if *own == 0 {
                    open.remove(&self.user);
                }
            }
        });
    }
}

/// Begins a stream for somebody, behind a position.
pub(super) fn open(
    hub: &Hub,
    streams: &Data<Streams>,
    (caller, token): (Caller, String),
    position: Position,
) -> Result<HttpResponse> {
    let seat = Seat::take(hub, streams, caller.user())?;
    // What is written waits here for the reader to fetch it: no more than two batches.
    let (written, fetched) = mpsc::channel(1);
    let stream = Stream {
        hub: hub.clone(),
        bell: hub.listen(&caller)?,
        closing: streams.closing.subscribe(),
        caller,
        token,
        position,
        told: None,
        written,
        beat: Instant::now(),
        _seat: seat,
    };
    tokio::spawn(stream.run());
    let body = stream::unfold(fetched, async |mut fetched| {
        let bytes: Bytes = fetched.recv().await?;
        Some((Ok::<_, actix_web::Error>(bytes), fetched))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header(("x-accel-buffering", "no"))
        .streaming(Box::pin(body)))
}

/// Why a stream ends.
enum End {
    /// The reader may not read any more, or must log in again.
    LoggedOut,
    /// The node stops.
    Stopping,
    /// Something is broken; coming back may help.
    Broken,
    /// The reader has gone, or does not fetch.
    Gone,
}

struct Stream {
    hub: Hub,
    caller: Caller,
    token: String,
    position: Position,
    /// The position that the reader knows.
    told: Option<Position>,
    bell: watch::Receiver<()>,
    closing: watch::Receiver<bool>,
    written: mpsc::Sender<Bytes>,
    /// When the next sign of life is due.
    beat: Instant,
    _seat: Seat,
}

impl Stream {
    async fn run(mut self) {
        let end = match self.go_on().await {
            Ok(()) => return,
            Err(end) => end,
        };
        let reason = match end {
            End::LoggedOut => "logged_out",
            End::Stopping => "stopping",
            End::Broken => "unavailable",
            End::Gone => return,
        };
        // Whoever does not fetch it finds the stream ended all the same.
        let _ = self
            .written
            .try_send(format!("event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n").into());
    }

    async fn go_on(&mut self) -> std::result::Result<(), End> {
        self.write(format!("retry: {RETRY_MS}\n")).await?;
        loop {
            self.bell.mark_unchanged();
            self.check().await?;
            let more = self.catch_up().await?;
            if self.told != Some(self.position) && self.beat <= Instant::now()
                || self.told.is_none()
            {
                self.told = Some(self.position);
                self.write(format!("id: {}\n\n", self.position)).await?;
            } else if self.beat <= Instant::now() {
                self.write(":\n\n".to_owned()).await?;
            }
            if !more {
                self.rest().await?;
            }
        }
    }

    /// Whoever reads must still be the one who began, for the same unit.
    async fn check(&mut self) -> std::result::Result<(), End> {
        let client = self.caller.client.clone();
        let caller = match self.hub.authenticate(&self.token, client).await {
            Ok(caller) => caller,
            Err(Error::Unauthenticated) => return Err(End::LoggedOut),
            Err(error) => return Err(broken(&error)),
        };
        if caller.actor.unit != self.caller.actor.unit || caller.unit().is_err() {
            return Err(End::LoggedOut);
        }
        self.caller = caller;
        Ok(())
    }

    /// Writes the next events; tells whether there are more.
    async fn catch_up(&mut self) -> std::result::Result<bool, End> {
        let shown = self.hub.events(&self.caller, self.position, BATCH).await;
        let shown = shown.map_err(|error| broken(&error))?;
        let mut text = String::new();
        for (position, event) in &shown.value.events {
            let view = FeedEventView::of(*position, event, &shown.names);
            let json = serde_json::to_string(&view).map_err(|error| broken(&error))?;
            text.push_str(&format!("id: {position}\ndata: {json}\n\n"));
            self.told = Some(*position);
        }
        self.position = shown.value.next;
        if !text.is_empty() {
            self.write(text).await?;
        }
        Ok(shown.value.more)
    }

    async fn rest(&mut self) -> std::result::Result<(), End> {
        tokio::select! {
            _ = self.bell.changed() => Ok(()),
            () = sleep(LOOK_AGAIN) => Ok(()),
            () = sleep_until(self.beat) => Ok(()),
            () = self.written.closed() => Err(End::Gone),
            _ = self.closing.wait_for(|closing| *closing) => Err(End::Stopping),
        }
    }

    async fn write(&mut self, text: String) -> std::result::Result<(), End> {
        let patience = self.hub.config().events.stall_timeout;
        let sent = tokio::select! {
            sent = timeout(patience, self.written.send(text.into())) => sent,
            _ = self.closing.wait_for(|closing| *closing) => return Err(End::Stopping),
        };
        self.beat = Instant::now() + self.hub.config().events.heartbeat;
        match sent {
            Ok(Ok(())) => Ok(()),
            _ => Err(End::Gone),
        }
    }
}

fn broken(error: &(dyn std::error::Error + 'static)) -> End {
    tracing::warn!(error, "a stream of events broke off");
    End::Broken
}

/// Wakes the streams whose unit was told something, on this node or another.
pub async fn ring(hub: Hub) {
    let mut writing = hub.writing();
    let mut heard = None;
    loop {
        match hub.ring(heard).await {
            Ok(newest) => heard = newest,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no bell was rung");
            }
        }
        tokio::select! {
            _ = writing.changed() => {}
            () = sleep(OTHERS) => {}
        }
    }
}
