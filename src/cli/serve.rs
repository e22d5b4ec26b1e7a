use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use super::{node::Node, say, told};
use crate::{
    config::Config,
    jobs::Jobs,
    server::{self, Listeners},
    telemetry::Telemetry,
};

/// Runs a node until it is told to stop.
pub(super) async fn run(config: Config) -> Result<ExitCode, String> {
    let telemetry = telemetry(&config)?;
    let node = Node::serving(config).await?;
    serve(node, telemetry).await
}

/// Begins to log and to count.
pub(super) fn telemetry(config: &Config) -> Result<Telemetry, String> {
    let wanted = std::env::var("RUST_LOG").ok();
    Telemetry::start(&config.log, &config.metrics, wanted.as_deref())
        .map_err(|fault| fault.to_string())
}

/// Answers requests and does what happens later, until told to stop.
pub(super) async fn serve(node: Node, telemetry: Telemetry) -> Result<ExitCode, String> {
    let listeners = Listeners::bind(&node.hub).map_err(|error| {
        let server = &node.hub.config().server;
        let (public, operations) = (server.listen, server.operations_listen);
        format!("无法监听 {public} 或 {operations}：{}", told(&error))
    })?;
    let (public, operations) = addresses(&listeners)?;
    let ready = node.hub.prepare_mail().await;
    ready.map_err(|error| format!("邮件：{}", told(&error)))?;
    let jobs = Jobs::start(&node.hub, node.extractor()?);
    let running = server::start(&node.hub, telemetry, listeners).map_err(|error| told(&error))?;
    if let Some(code) = node.hub.setup_code().await.map_err(|error| told(&error))? {
        let minutes = node.hub.config().auth.setup_code_ttl.as_secs() / 60;
        say(&format!(
            "尚无账号。初始化码（{minutes} 分钟内有效，仅显示这一次）：{code}\n\
             用它建立系统管理员账号：POST {public}/api/v1/setup"
        ));
    }
    say(&format!(
        "文枢已启动：{public}/　接口文档：{public}/api/docs/　运行状态：{operations}/readyz"
    ));
    wait_for_the_end().await.map_err(|error| told(&error))?;
    tracing::info!("stopping");
    let patience = node.hub.config().server.shutdown_timeout;
    let (stopped, ()) = tokio::join!(running.stop(), jobs.stop(patience));
    stopped.map_err(|error| told(&error))?;
    node.store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn addresses(listeners: &Listeners) -> Result<(String, String), String> {
    let public = listeners.public_address().map_err(|error| told(&error))?;
    let operations = listeners
        .operations_address()
        .map_err(|error| told(&error))?;
    Ok((format!("http://{public}"), format!("http://{operations}")))
}

async fn wait_for_the_end() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
