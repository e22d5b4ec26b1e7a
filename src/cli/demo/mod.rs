//! The demo: an invented city plays the main job on real files, then the hub keeps serving.

mod archive;
mod stage;
mod story;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{Options, admin, node::Node, registry::City, say, serve, told};

/// The units and people of the invented city.
const CITY: &str = include_str!("../../../config/demo.toml");

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// 演示数据目录
    #[arg(long, default_value = "var/demo")]
    data: PathBuf,
    /// 真实语料所在目录（可无）：有则发出真实的工作规则，并用真实法规充实档案
    #[arg(long, default_value = "../shared/data")]
    corpus: PathBuf,
    /// 最多导入多少件真实法规
    #[arg(long, default_value_t = usize::MAX)]
    archive: usize,
    /// 准备好数据后退出，不继续服务
    #[arg(long)]
    prepare_only: bool,
}

/// Seeds the city, plays the story, and serves.
pub(super) async fn run(options: &Options, arguments: Arguments) -> Result<ExitCode, String> {
    let data = arguments.data.display();
    let config = options.load(&[format!("hub.data_dir={data}"), "hub.demo=true".to_owned()])?;
    let telemetry = serve::telemetry(&config)?;
    let node = Node::serving(config).await?;
    let city = City::read(CITY)?;
    if node
        .hub
        .find_login(city.any_login())
        .await
        .map_err(|error| told(&error))?
        .is_none()
    {
        let people = city.enter(&node.hub).await?;
        story::play(&node.hub, &city).await?;
        admin::show_accounts(&people);
    } else {
        say(&format!(
            "沿用 {data} 中已有的演示数据；账号和密码见首次运行时的显示"
        ));
    }
    // What was begun and not finished goes on from where it stopped.
    archive::fill(&node.hub, &city, &arguments.corpus, arguments.archive).await?;
    if arguments.prepare_only {
        node.store.close().await;
        return Ok(ExitCode::SUCCESS);
    }
    serve::serve(node, telemetry).await
}
