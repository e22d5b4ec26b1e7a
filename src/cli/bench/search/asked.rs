//! Searches over HTTP: by one client, by many, and whether the answers are true.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use tokio::task::JoinSet;

use super::{
    super::{client::Client, figures::Figure, stage::Stage},
    corpus::Truth,
    library::{Library, SEES_ALL, SEES_HALF, UNITS, sees},
    machine::{cpu_time, float},
    report::{Line, Value},
};

/// Ways to ask whose waiting times are measured: what it is called, and the path up to what is
/// sought. Another one is a line more.
const WAYS: [(&str, &str); 4] = [
    ("检索", "search?q="),
    ("从新到旧", "search?sort=newest&q="),
    ("分布", "search/facets?q="),
    ("提示", "search/suggest?q="),
];
/// The way that is measured with many clients.
const SEARCH: &str = "search?q=";
/// The path of a question.
pub(super) const QUESTION: &str = "search?mode=question&limit=10&q=";
/// Hits on a page while answers are compared with the truth.
const PAGE: usize = 100;

/// What one client may wait, at the median and for all but one in a hundred.
pub(super) const WAIT_GOAL: [f64; 2] = [1.0, 4.0];
/// Searches in a second, however many clients.
const RATE_GOAL: f64 = 1000.0;

/// A unit that searches. Its people take turns, so that nobody is held to the rate of one.
pub(super) struct Reader {
    people: [Client; 2],
}

impl Reader {
    /// The unit of this office.
    pub(super) async fn of(stage: &Stage, office: usize) -> Result<Self, String> {
        let office = &stage.city.offices[office];
        let mut people = Vec::new();
        for login in [&office.clerk_login, &office.signer_login] {
            people.push(Client::log_in(&stage.public, login, &stage.city.password).await?);
        }
        let people = people.try_into().map_err(|_| "人数不对".to_owned())?;
        Ok(Self { people })
    }

    /// Asks what is typed, in its turn.
    async fn ask(&self, turn: usize, way: &str, typed: &str) -> Result<Duration, String> {
        let path = format!("{way}{}", encoded(typed));
        Ok(self.people[turn % 2].download(&path).await?.1)
    }

    /// Asks everything so often, as one of a crowd: how long the answers took, and how many
    /// times it was sent away because too many were waiting.
    async fn in_a_crowd(
        &self,
        typed: &[String],
        rounds: usize,
    ) -> Result<(Vec<Duration>, usize), String> {
        let (mut took, mut sent_away) = (Vec::with_capacity(typed.len() * rounds), 0);
        for _ in 0..rounds {
            for typed in typed {
                let path = format!("{SEARCH}{}", encoded(typed));
                match self.people[took.len() % 2].if_free(&path).await? {
                    Some(waited) => took.push(waited),
                    None => sent_away += 1,
                }
            }
        }
        Ok((took, sent_away))
    }

    /// Waiting times of one client that asks everything so often.
    pub(super) async fn waits(
        &self,
        way: &str,
        typed: &[String],
        rounds: usize,
    ) -> Result<Figure, String> {
        let mut took = Vec::with_capacity(typed.len() * rounds);
        // What is cold is not what is compared.
        for round in 0..=rounds {
            for typed in typed {
                let waited = self.ask(took.len(), way, typed).await?;
                if round > 0 {
                    took.push(waited);
                }
            }
        }
        Ok(Figure::of(took))
    }

    /// Names of the documents on the first page, best first.
    pub(super) async fn first(&self, way: &str, typed: &str) -> Result<Vec<u128>, String> {
        let path = format!("{way}{}", encoded(typed));
        let (page, _) = self.people[0].get(&path).await?;
        Ok(ids(&page))
    }

    /// Everything that is found, page by page, and the number that was said to be.
    async fn all(&self, typed: &str) -> Result<(HashSet<u128>, usize), String> {
        let path = format!("search?limit={PAGE}&q={}", encoded(typed));
        let (mut found, mut next) = (HashSet::new(), path.clone());
        loop {
            let (page, _) = self.people[0].get(&next).await?;
            found.extend(ids(&page));
            let Some(cursor) = page["next_cursor"].as_str() else {
                let total = page["total"].as_u64().unwrap_or_default();
                return Ok((found, usize::try_from(total).unwrap_or_default()));
            };
            next = format!("{path}&cursor={cursor}");
        }
    }
}

fn ids(page: &serde_json::Value) -> Vec<u128> {
    let items = page["items"].as_array().into_iter().flatten();
    let ids = items.filter_map(|item| item["document"]["id"].as_str());
    ids.filter_map(|id| uuid::Uuid::parse_str(id).ok())
        .map(|id| id.as_u128())
        .collect()
}

fn encoded(typed: &str) -> String {
    url::form_urlencoded::byte_serialize(typed.as_bytes()).collect()
}

/// Waiting times of one client in each way, over a list of what is typed.
pub(super) async fn alone(
    reader: &Reader,
    name: &str,
    typed: &[String],
    rounds: usize,
    goals: Option<[f64; 2]>,
) -> Result<Vec<Line>, String> {
    let mut lines = Vec::new();
    for (what, way) in WAYS {
        let before = cpu_time();
        let figure = reader.waits(way, typed, rounds).await?;
        // The round that warms up is computed as well.
        let times = float(figure.times + typed.len()).max(1.0);
        let computed = cpu_time().saturating_sub(before).as_secs_f64() * 1e3 / times;
        let line = Line::timed(format!("{what}，{name}，一个客户端"), &figure, goals);
        let line = line.and(Value::new(
            "每次的处理器时间（连同客户端）",
            computed,
            "毫秒",
        ));
        lines.push(line.noting(format!("{} 次", figure.times)));
    }
    Ok(lines)
}

/// Searches in a second and waiting times of so many clients at once, each of which asks
/// everything `rounds` times. They are of all units, and share the processors with the hub.
pub(super) async fn together(
    stage: &Stage,
    clients: usize,
    typed: &[String],
    rounds: usize,
) -> Result<Line, String> {
    let mut readers = Vec::with_capacity(clients);
    for client in 0..clients {
        readers.push(Reader::of(stage, client % UNITS).await?);
    }
    let mut asking = JoinSet::new();
    let began = Instant::now();
    for (client, reader) in readers.into_iter().enumerate() {
        // Each begins elsewhere, so that they do not ask the same at once.
        let mut typed = typed.to_vec();
        let places = typed.len().max(1);
        typed.rotate_left(client * 7 % places);
        asking.spawn(async move { reader.in_a_crowd(&typed, rounds).await });
    }
    let (mut took, mut sent_away) = (Vec::new(), 0);
    while let Some(asked) = asking.join_next().await {
        let (waited, refused) = asked.map_err(|error| error.to_string())??;
        took.extend(waited);
        sent_away += refused;
    }
    let seconds = began.elapsed().as_secs_f64();
    let figure = Figure::of(took);
    let rate = Value::new("", float(figure.times) / seconds, "次/秒").at_least(RATE_GOAL);
    let line = Line::new(format!("检索，{clients} 个客户端"), vec![rate]);
    Ok(line
        .and(Value::new("中位数", figure.median_ms, "毫秒"))
        .and(Value::new("p99", figure.p99_ms, "毫秒"))
        .and(Value::new("忙不过来（503）", float(sent_away), "次"))
        .noting("客户端与服务共用处理器"))
}

/// A query of which only what is written so is found: an article of a law would also find the law.
fn as_it_stands(typed: &str) -> String {
    if typed.ends_with('条') {
        format!("\"{typed}\"")
    } else {
        typed.to_owned()
    }
}

/// Compares everything that two units find with what is true for each of them.
pub(super) async fn compared(
    stage: &Stage,
    library: &Library<'_>,
    truth: &Truth,
    typed: &[String],
) -> Result<Line, String> {
    let places: HashMap<u128, usize> = library.ids.iter().copied().zip(0..).collect();
    let (mut wrong, mut missed, mut miscounted, mut hits) = (0, 0, 0, 0);
    for office in [SEES_ALL, SEES_HALF] {
        let reader = Reader::of(stage, office).await?;
        for typed in typed {
            let mut holding = truth.holding(typed);
            holding.retain(|&place| sees(office, place));
            let (found, total) = reader.all(&as_it_stands(typed)).await?;
            let found: HashSet<_> = found.iter().map(|id| places.get(id).copied()).collect();
            let is_true = |place: &Option<usize>| place.is_some_and(|at| holding.contains(&at));
            wrong += found.iter().filter(|place| !is_true(place)).count();
            missed += holding
                .iter()
                .filter(|&&at| !found.contains(&Some(at)))
                .count();
            miscounted += usize::from(total != holding.len());
            hits += found.len();
        }
    }
    let line = Line::new(
        format!(
            "{} 个检索式，看得见全部和看得见一半的单位各一遍，{hits} 条命中",
            typed.len()
        ),
        vec![
            Value::new("误报", float(wrong), "条").at_most(0.0),
            Value::new("漏报", float(missed), "条").at_most(0.0),
            Value::new("件数不对", float(miscounted), "次").at_most(0.0),
        ],
    );
    Ok(line.noting("与逐字比较的结果对照"))
}
