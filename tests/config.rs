//! The configuration as an operator meets it: layers, messages, and the documents about it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, panic,
    path::{Path, PathBuf},
    time::Duration,
};

use proptest::prelude::*;
use toml::{Table, Value};
use wenshu::config::{
    Backend, Config, ConfigFault, DatabaseUrl, Origin, Reason, SECRETS, Sources, catalog,
    standard_file,
};
use wenshu::telemetry::{Telemetry, TelemetryFault, count_request};

const DEFAULTS: &str = include_str!("../config/default.toml");

/// Loads a file with these lines, these variables and these flags.
fn load(file: &str, env: &[(&str, &str)], sets: &[&str]) -> Result<Config, ConfigFault> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wenshu.toml");
    fs::write(&path, file).unwrap();
    load_file(Some(path), env, sets)
}

fn load_file(
    file: Option<PathBuf>,
    env: &[(&str, &str)],
    sets: &[&str],
) -> Result<Config, ConfigFault> {
    let env = env
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
    Config::load(Sources {
        file,
        env,
        sets: &sets,
    })
}

/// What the operator reads, with the folder of the file left out.
fn message(file: &str, env: &[(&str, &str)], sets: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wenshu.toml");
    fs::write(&path, file).unwrap();
    let fault = load_file(Some(path), env, sets).unwrap_err();
    fault
        .to_string()
        .replace(&*folder.path().to_string_lossy(), "")
}

/// Every option with its value.
fn options(table: &Table) -> BTreeMap<String, Value> {
    let sections = table
        .iter()
        .map(|(name, options)| (name, options.as_table().unwrap()));
    sections
        .flat_map(|(name, options)| {
            options
                .iter()
                .map(move |(key, value)| (format!("{name}.{key}"), value.clone()))
        })
        .collect()
}

// What is documented

#[test]
fn the_documented_defaults_are_the_built_in_ones() {
    let documented = options(&DEFAULTS.parse().unwrap());
    let built_in = options(&Table::try_from(Config::default()).unwrap());
    for (key, value) in &built_in {
        assert_eq!(
            documented.get(key),
            Some(value),
            "config/default.toml: {key}"
        );
    }
    for key in documented.keys() {
        assert!(built_in.contains_key(key), "no such option any more: {key}");
    }
}

#[test]
fn the_documented_defaults_can_be_loaded_and_change_nothing() {
    let loaded = load(DEFAULTS, &[], &[]).unwrap();
    let built_in = Table::try_from(Config::default()).unwrap();
    assert_eq!(Table::try_from(&loaded).unwrap(), built_in);
}

#[test]
fn every_option_is_explained_by_one_sentence_and_the_values_it_takes() {
    let mut explained = BTreeSet::new();
    for section in catalog() {
        assert!(section.about.ends_with('。'), "[{}]", section.name);
        for option in &section.options {
            let key = format!("{}.{}", section.name, option.key);
            assert!(option.about.ends_with('。'), "{key}");
            assert!(
                !option.allowed.is_empty() && !option.allowed.ends_with('。'),
                "{key}"
            );
            assert!(explained.insert(key.clone()), "{key} stands twice");
        }
    }
    let documented: BTreeSet<_> = options(&DEFAULTS.parse().unwrap()).into_keys().collect();
    assert_eq!(explained, documented);
}

/// One step beyond a limit as it is written: a number, a duration or a size.
fn beyond(limit: &str, up: bool) -> Option<String> {
    let step = if up { 1 } else { -1 };
    if let Ok(number) = limit.parse::<i64>() {
        return Some((number + step).to_string());
    }
    if let Some(bytes) = bytes(limit) {
        return (bytes + step >= 0).then(|| (bytes + step).to_string());
    }
    let duration: jiff::SignedDuration = limit.parse().unwrap();
    let millis = duration.as_millis() + i128::from(step);
    (millis >= 0).then(|| format!("{millis}ms"))
}

fn bytes(limit: &str) -> Option<i64> {
    let (number, unit) = limit.split_once(' ')?;
    let power = ["B", "KiB", "MiB", "GiB", "TiB"]
        .iter()
        .position(|it| *it == unit)?;
    Some(number.parse::<i64>().ok()? << (10 * power))
}

#[test]
fn the_documented_limits_are_the_enforced_ones() {
    let refused = |key: &str, value: &str| {
        let fault = load("", &[], &[&format!("{key}={value}")]).err();
        let faults = fault.map(|fault| fault.faults).unwrap_or_default();
        faults
            .iter()
            .any(|fault| fault.key == key && matches!(fault.reason, Reason::NotAllowed(_)))
    };
    let mut limits = 0;
    for section in catalog() {
        for option in &section.options {
            let key = format!("{}.{}", section.name, option.key);
            let Some((least, most)) = option.allowed.split_once(" 至 ") else {
                continue;
            };
            limits += 1;
            assert!(!refused(&key, least), "{key} = {least}");
            assert!(!refused(&key, most), "{key} = {most}");
            for value in [beyond(least, false), beyond(most, true)]
                .into_iter()
                .flatten()
            {
                assert!(refused(&key, &value), "{key} = {value}");
            }
        }
    }
    assert!(limits > 50, "only {limits} options have limits");
}

#[test]
fn a_number_or_a_switch_without_documented_limits_does_not_exist() {
    for (key, value) in options(&DEFAULTS.parse().unwrap()) {
        let (section, name) = key.split_once('.').unwrap();
        let section = catalog().iter().find(|doc| doc.name == section).unwrap();
        let allowed = section
            .options
            .iter()
            .find(|doc| doc.key == name)
            .unwrap()
            .allowed;
        match value {
            Value::Integer(_) => assert!(allowed.contains(" 至 "), "{key}"),
            Value::Boolean(_) => assert_eq!(allowed, "true、false", "{key}"),
            _ => {}
        }
    }
}

// Layers

#[test]
fn each_layer_covers_the_one_below() {
    let file = "[server]\nworkers = 1\n[hub]\nname = \"文件\"";
    let env = [
        ("WENSHU__SERVER__WORKERS", "2"),
        ("WENSHU__LOG__LEVEL", "debug"),
    ];
    let config = load(file, &env, &["server.workers=3", "server.workers=4"]).unwrap();
    assert_eq!(config.server.workers, 4);
    assert_eq!(config.hub.name, "文件");
    assert_eq!(config.origin("server.workers"), Origin::Flag);
    assert_eq!(
        config.origin("log.level"),
        Origin::Variable("WENSHU__LOG__LEVEL".to_owned())
    );
    assert!(matches!(
        config.origin("hub.name"),
        Origin::File(_, Some(4))
    ));
    assert_eq!(config.origin("hub.demo"), Origin::Default);
}

#[test]
fn text_becomes_what_the_option_is() {
    let env = [
        ("WENSHU__UPLOADS__ALLOWED_TYPES", "pdf, ofd,application/zip"),
        ("WENSHU__SERVER__TRUSTED_PROXIES", "10.0.0.0/8,::1"),
        ("WENSHU__SERVER__ALLOWED_HOSTS", ""),
        ("WENSHU__METRICS__ENABLED", "false"),
        ("WENSHU__EXTRACT__MEMORY_BYTES", "536870912"),
        ("WENSHU__AUTH__LOGIN_LOCK", "1h 30m"),
        ("WENSHU__HUB__NAME", "2026"),
    ];
    let config = load("[extract]\nmax_input_bytes = 2097152", &env, &[]).unwrap();
    assert_eq!(
        config.uploads.allowed_types,
        ["pdf", "ofd", "application/zip"]
    );
    let proxies: Vec<_> = config
        .server
        .trusted_proxies
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(proxies, ["10.0.0.0/8", "::1/128"]);
    assert!(config.server.allowed_hosts.is_empty());
    assert!(!config.metrics.enabled);
    assert_eq!(config.extract.memory_bytes, 512 << 20);
    assert_eq!(config.extract.max_input_bytes, 2 << 20);
    assert_eq!(config.auth.login_lock.as_secs(), 5400);
    assert_eq!(config.hub.name, "2026");
}

#[test]
fn variables_with_one_underscore_are_somebody_elses() {
    // An orchestrator sets these for a service called `wenshu`.
    let env = [
        ("WENSHU_CONFIG", "/etc/wenshu.toml"),
        ("WENSHU_PORT", "tcp://10.0.0.1:80"),
        ("WENSHU_SERVER_LISTEN", "x"),
        ("wenshu__server__listen", "x"),
    ];
    load("", &env, &[]).unwrap();
}

#[test]
fn a_named_file_is_taken_before_the_usual_one() {
    let folder = tempfile::tempdir().unwrap();
    let usual = folder.path().join("wenshu.toml");
    assert_eq!(standard_file(None, folder.path()), None);
    fs::write(&usual, "").unwrap();
    assert_eq!(standard_file(None, folder.path()), Some(usual));
    let named = PathBuf::from("other.toml");
    assert_eq!(
        standard_file(Some(named.clone()), folder.path()),
        Some(named)
    );
}

#[test]
fn folders_follow_the_data_directory_until_they_are_set() {
    let config = load("", &[], &["hub.data_dir=/data", "search.dir=/fast/index"]).unwrap();
    assert_eq!(config.sqlite_file(), Path::new("/data/wenshu.db"));
    assert_eq!(config.blobs_dir(), Path::new("/data/blobs"));
    assert_eq!(config.index_dir(), Path::new("/fast/index"));
}

// Messages

#[test]
fn a_wrong_value_is_named_with_its_place_and_what_is_allowed() {
    let file = "[server]\nlisten = \"8080\"\n\n[search]\nconcurrency = 0\ntimeout = 5\n";
    let env = [
        ("WENSHU__BLOBS__BACKEND", "minio"),
        ("WENSHU__HUB__DEMO", "yes"),
    ];
    insta::assert_snapshot!(message(file, &env, &["uploads.max_file_bytes=4 GB"]), @r#"
    配置有 6 处错误，文枢没有启动：
    1. blobs.backend = "minio"（来自环境变量 WENSHU__BLOBS__BACKEND）：允许：local、s3
    2. hub.demo = "yes"（来自环境变量 WENSHU__HUB__DEMO）：允许：true、false
    3. search.timeout = 5（来自文件 /wenshu.toml 第 6 行）：允许：100ms 至 1m
    4. server.listen = "8080"（来自文件 /wenshu.toml 第 2 行）：允许：IP 地址:端口
    5. uploads.max_file_bytes = "4 GB"（来自参数 --set）：允许：1 MiB 至 1 TiB
    6. search.concurrency = 0（来自文件 /wenshu.toml 第 5 行）：允许：1 至 256
    "#);
}

#[test]
fn a_wrong_name_is_answered_with_the_one_that_was_meant() {
    let file = "serch = 1\nlog = \"debug\"\n[serv]\nlisten = 1\n[hub]\nlisten = \"x\"\n";
    let env = [
        ("WENSHU__SERVER__WORKER", "2"),
        ("WENSHU__server__workers", "2"),
    ];
    insta::assert_snapshot!(message(file, &env, &["metrics.x=1", "hub.demo"]), @"
    配置有 8 处错误，文枢没有启动：
    1. hub.listen（来自文件 /wenshu.toml 第 6 行）：没有这个选项，是否想写 server.listen？
    2. log（来自文件 /wenshu.toml 第 2 行）：这是一段选项，应写成 [段] 和其下的若干行“键 = 值”
    3. serch（来自文件 /wenshu.toml 第 1 行）：没有这个选项，可用的有：auth、blobs、clients、database、deadlines、deliveries、documents、events、extract、hub、limits、log、mail、metrics、reminders、search、server、uploads
    4. serv.listen（来自文件 /wenshu.toml 第 4 行）：没有这个选项，是否想写 server.listen？
    5. server.worker（来自环境变量 WENSHU__SERVER__WORKER）：没有这个选项，是否想写 WENSHU__SERVER__WORKERS？
    6. server.workers（来自环境变量 WENSHU__server__workers）：没有这个选项，是否想写 WENSHU__SERVER__WORKERS？
    7. metrics.x（来自参数 --set）：没有这个选项，可用的有：enabled
    8. 参数 --set：第 2 个 --set 应写成 --set 段.键=值
    ");
}

#[test]
fn options_that_contradict_each_other_are_refused_together() {
    let sets = [
        "limits.page_default=101",
        "auth.refresh_idle=13h",
        "auth.login_lock_after=5",
        "auth.login_slow_after=5",
        "uploads.unit_quota_bytes_per_day=1 GiB",
        "server.operations_listen=127.0.0.1:8080",
        "blobs.backend=s3",
        "blobs.s3_endpoint=http://10.0.0.1:9000",
    ];
    insta::assert_snapshot!(message("", &[], &sets), @r#"
    配置有 9 处错误，文枢没有启动：
    1. server.operations_listen = "127.0.0.1:8080"（来自参数 --set）：允许：IP 地址:端口，不得与 listen 相同
    2. blobs.s3_endpoint = "http://10.0.0.1:9000"（来自参数 --set）：网址不加密，须改用 https:// 或同时设置 blobs.s3_allow_http = true
    3. blobs.s3_bucket = ""（来自默认值）：允许：3 到 63 个小写字母、数字、点或连字符；backend 不是 s3 时可为空
    4. blobs.s3_access_key_id = ""（来自默认值）：允许：文字；backend 不是 s3 时可为空
    5. blobs.s3_secret_access_key = ""（来自默认值）：blobs.backend = "s3" 时须给出密钥，或用 blobs.s3_secret_access_key_file 指定存放密钥的文件
    6. uploads.unit_quota_bytes_per_day = "1 GiB"（来自参数 --set）：不得小于 uploads.max_file_bytes，否则最大的文件永远传不上来
    7. auth.login_lock_after = 5（来自参数 --set）：须大于 auth.login_slow_after，先放慢、后锁定
    8. auth.refresh_idle = "13h"（来自参数 --set）：须在 auth.access_token_ttl 与 auth.refresh_token_ttl 之间
    9. limits.page_default = 101（来自参数 --set）：不得大于 limits.page_max
    "#);
}

#[test]
fn a_file_that_is_missing_is_named() {
    let fault = load_file(Some("/nowhere/wenshu.toml".into()), &[], &[]).unwrap_err();
    insta::assert_snapshot!(fault, @"
    配置有 1 处错误，文枢没有启动：
    1. 文件 /nowhere/wenshu.toml：读不出来（文件不存在），请检查路径和权限
    ");
}

#[test]
fn broken_toml_is_placed_without_being_quoted() {
    let broken = "[blobs]\ns3_secret_access_key = \"canary\n";
    insta::assert_snapshot!(message(broken, &[], &[]), @"
    配置有 1 处错误，文枢没有启动：
    1. 文件 /wenshu.toml：第 2 行第 31 列不是合法的 TOML
    ");
    let twice = "[hub]\nname = \"a\"\nname = \"b\"\n";
    insta::assert_snapshot!(message(twice, &[], &[]), @"
    配置有 1 处错误，文枢没有启动：
    1. 文件 /wenshu.toml：第 3 行第 1 列不是合法的 TOML：同一个键写了两次
    ");
}

#[test]
fn addresses_and_hosts_must_be_bare() {
    for set in [
        "hub.public_url=http://127.0.0.1:8080/",
        "hub.public_url=ftp://wenshu.example",
        "hub.public_url=https://user:canary@wenshu.example",
        "server.allowed_hosts=https://wenshu.example",
        "server.allowed_hosts=Wenshu.example",
        "server.allowed_hosts=wenshu.example/",
        "server.trusted_proxies=proxy.example",
        "uploads.allowed_types=",
        "uploads.allowed_types=exe",
        "hub.name= ",
        "documents.self_issue_units=市政府",
    ] {
        let faults = load("", &[], &[set]).unwrap_err().faults;
        assert_eq!(faults.len(), 1, "{set}");
        assert!(set.starts_with(&faults[0].key), "{set}: {:?}", faults[0]);
    }
    load(
        "",
        &[],
        &["server.allowed_hosts=wenshu.example,127.0.0.1:8080,[::1]:443"],
    )
    .unwrap();
}

proptest! {
    #[test]
    fn no_text_in_any_place_is_anything_but_accepted_or_explained(
        option in 0_usize..200,
        text in "\\PC{0,20}",
    ) {
        let keys: Vec<_> = options(&DEFAULTS.parse().unwrap()).into_keys().collect();
        let key = &keys[option % keys.len()];
        if let Err(fault) = load("", &[], &[&format!("{key}={text}")]) {
            prop_assert!(fault.faults.iter().any(|fault| fault.key == *key));
        }
    }
}

#[test]
fn mail_that_is_on_needs_a_server_and_never_sends_a_password_in_the_clear() {
    let keys = |sets: &[&str]| -> Vec<String> {
        let faults = load("", &[], sets).err().map(|fault| fault.faults);
        let faults = faults.unwrap_or_default().into_iter();
        faults.map(|fault| fault.key).collect()
    };
    let server = [
        "mail.enabled=true",
        "mail.host=smtp.example.gov.cn",
        "mail.from=wenshu@example.gov.cn",
    ];
    let login = ["mail.username=wenshu", "mail.password=x"];
    assert_eq!(keys(&server[..1]), ["mail.host", "mail.from"]);
    assert!(keys(&[&server[..], &login].concat()).is_empty());
    assert_eq!(keys(&["mail.from=wenshu"]), ["mail.from"]);
    assert_eq!(keys(&["mail.tls=none", login[0], login[1]]), ["mail.tls"]);
    assert_eq!(keys(&login[..1]), ["mail.username"]);
    assert_eq!(keys(&login[1..]), ["mail.password"]);
    let waits = ["mail.retry_first=10m", "mail.retry_max=5m"];
    assert_eq!(keys(&waits), ["mail.retry_first"]);
}

// Secrets

#[test]
fn a_secret_is_never_shown() {
    let canary = "canary-4711";
    let url = format!("postgres://wenshu:{canary}@db/wenshu?password={canary}");
    let good = [
        format!("database.url={url}"),
        format!("blobs.s3_secret_access_key={canary}"),
        format!("mail.password={canary}"),
        "mail.username=wenshu".to_owned(),
    ];
    let sets: Vec<&str> = good.iter().map(String::as_str).collect();
    let config = load("", &[], &sets).unwrap();
    let serialized = toml::to_string(&config).unwrap();
    for shown in [format!("{config:?}"), config.explain(), serialized] {
        assert!(!shown.contains(canary), "{shown}");
        assert!(shown.contains("***"), "{shown}");
    }
    let DatabaseUrl::Postgres(secret) = &config.database.url else {
        panic!("not PostgreSQL")
    };
    assert_eq!(secret.expose(), url);

    let wrong = [
        format!("[database]\nurl = \"mysql://{canary}\""),
        format!("[blobs]\ns3_secret_access_key = [\"{canary}\"]"),
        format!("[blobs]\ns3_secret_acess_key = \"{canary}\""),
        format!("[blob]\nsecret = \"{canary}\""),
        format!("database = \"{canary}\""),
        format!("secret = \"{canary}\""),
        format!("[database]\nurl = \"{canary}\"\nurl_file = \"/x\""),
    ];
    for file in wrong {
        let fault = load(&file, &[], &[]).unwrap_err();
        assert!(!format!("{fault} {fault:?}").contains(canary), "{fault}");
    }
    let fault = load("", &[], &[canary]).unwrap_err();
    assert!(!fault.to_string().contains(canary), "{fault}");
}

#[test]
fn what_sounds_like_a_secret_is_one() {
    let secrets: Vec<_> = SECRETS.iter().map(|(secret, _)| *secret).collect();
    for (key, value) in options(&DEFAULTS.parse().unwrap()) {
        let sounds = ["secret", "password", "private", "database.url"];
        let sounds_secret = value.is_str() && sounds.iter().any(|word| key.contains(word));
        let is_file = key.ends_with("_file");
        assert_eq!(
            sounds_secret && !is_file,
            secrets.contains(&key.as_str()),
            "{key}"
        );
    }
}

#[test]
fn a_secret_file_is_read_without_its_last_newline() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    fs::write(&file, " s3 key \r\n").unwrap();
    let set = format!("blobs.s3_secret_access_key_file={}", file.display());
    let config = load("", &[], &[&set]).unwrap();
    assert_eq!(config.blobs.s3_secret_access_key.expose(), " s3 key ");
    let key = "blobs.s3_secret_access_key_file";
    assert_eq!(
        config.origin("blobs.s3_secret_access_key"),
        Origin::SecretFile(file, key)
    );
}

#[test]
fn a_secret_file_must_be_there_and_be_the_only_source() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    let set = format!("database.url_file={}", file.display());
    let reason = |file: &str| {
        load(file, &[], &[&set]).unwrap_err().faults[0]
            .reason
            .clone()
    };
    assert_eq!(reason(""), Reason::Unreadable(std::io::ErrorKind::NotFound));
    fs::write(&file, "\n").unwrap();
    assert_eq!(
        reason(""),
        Reason::Unreadable(std::io::ErrorKind::UnexpectedEof)
    );
    fs::write(&file, "postgres://db/wenshu").unwrap();
    assert!(matches!(
        reason("[database]\nurl = \"sqlite\""),
        Reason::Conflict(_)
    ));
}

// Shown and documented

#[test]
fn what_is_shown_can_be_read_back() {
    let env = [
        ("WENSHU__HUB__NAME", "引号\"和\\反斜线"),
        ("WENSHU__SEARCH__TIMEOUT", "1s 500ms"),
    ];
    let config = load("[uploads]\nallowed_types = [\"pdf\"]", &env, &[]).unwrap();
    let shown = config.explain();
    assert!(
        shown.contains("timeout = \"1s 500ms\"  # 环境变量 WENSHU__SEARCH__TIMEOUT"),
        "{shown}"
    );
    assert!(shown.contains("demo = false  # 默认值"), "{shown}");
    let again = load(&shown, &[], &[]).unwrap();
    assert_eq!(
        Table::try_from(&again).unwrap(),
        Table::try_from(&config).unwrap()
    );
}

#[test]
fn the_example_of_a_cluster_can_be_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().to_string_lossy();
    fs::write(
        folder.path().join("database-url"),
        "postgres://wenshu:x@db:5432/wenshu\n",
    )
    .unwrap();
    fs::write(folder.path().join("s3-secret"), "x\n").unwrap();
    let example = include_str!("../config/cluster.toml");
    assert_eq!(example.matches("/etc/wenshu/").count(), 2);
    let config = load(&example.replace("/etc/wenshu", &secrets), &[], &[]).unwrap();
    assert!(matches!(config.database.url, DatabaseUrl::Postgres(_)));
    assert_eq!(config.blobs.backend, Backend::S3);
}

#[test]
fn the_table_in_the_guide_is_the_one_of_today() {
    const BEGIN: &str = "<!-- 选项表开始：由测试生成，请勿手改 -->\n";
    const END: &str = "<!-- 选项表结束 -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let guide = fs::read_to_string(&path).unwrap();
    let (before, rest) = guide.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let current = format!("{before}{BEGIN}{}{END}{after}", option_table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, current).unwrap();
    } else {
        assert!(
            current == guide,
            "docs/configuration.md is stale: UPDATE_DOCS=1 cargo test"
        );
    }
}

fn option_table() -> String {
    let mut text = String::new();
    for section in catalog() {
        write!(text, "\n### [{}]\n\n{}\n\n", section.name, section.about).unwrap();
        text.push_str("| 选项 | 默认值 | 说明 | 允许的值 |\n|---|---|---|---|\n");
        for option in &section.options {
            let cell = |text: &str| text.replace('|', "\\|").replace('*', "\\*");
            let (about, allowed) = (cell(option.about), cell(option.allowed));
            let key = format!("{}.{}", section.name, option.key);
            let secret = SECRETS.iter().any(|(secret, _)| *secret == key);
            let mark = if secret { "（机密）" } else { "" };
            let (name, default) = (option.key, option.default);
            writeln!(
                text,
                "| `{name}`{mark} | `{default}` | {about} | {allowed} |"
            )
            .unwrap();
        }
    }
    text.push('\n');
    text
}

// Telemetry

#[test]
fn a_process_logs_and_counts_once() {
    let config = Config::default();
    let telemetry = Telemetry::start(&config.log, &config.metrics, None).unwrap();
    // The other tests still want to say why they fail.
    drop(panic::take_hook());
    count_request("GET", "/api/v1/units", 200, Duration::from_millis(3));
    let figures = telemetry.render().unwrap();
    assert!(figures.contains("wenshu_build_info{version="), "{figures}");
    assert!(
        figures.contains("route=\"/api/v1/units\",status=\"200\",le=\"0.005\"} 1"),
        "{figures}"
    );
    let again = Telemetry::start(&config.log, &config.metrics, None);
    assert!(matches!(again, Err(TelemetryFault::LogTaken)));
}
