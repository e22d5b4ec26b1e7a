//! The story: rules that three powers issue together, a recommendation of the court that is
//! answered, one of the procuratorate that is still open, and a notice of a new regulation.

use serde_json::{Value, json};

use super::stage::{Scene, Stage};
use crate::{
    app::Hub,
    cli::{registry::City, say, told},
    domain::{Document, FileRole},
};

type Told<T> = crate::app::Result<T>;

/// Units that sign for everything at once; the others have yet to.
const PROMPT: [&str; 8] = ["sfj", "zrj", "hbj", "nyj", "gaj", "czj", "slz", "kfq"];

/// Plays the story from its beginning.
pub(super) async fn play(hub: &Hub, city: &City) -> Result<(), String> {
    let stage = Stage { hub, city };
    let acts = async {
        let rules = rules(&stage).await?;
        show("三家联合印发的工作规则", &rules);
        let advice = advice(&stage).await?;
        show("司法建议书", &advice);
        show("司法建议的复函", &answer(&stage, &advice).await?);
        show(
            "检察建议书（尚未回复）",
            &procuratorial_advice(&stage).await?,
        );
        show("新法规通报", &regulation(&stage).await?);
        Told::Ok(())
    };
    acts.await.map_err(|error| told(&error))
}

fn show(what: &str, document: &Document) {
    let number = document
        .number
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    say(&format!("  已发送：{what} {number}《{}》", document.title));
}

macro_rules! sample {
    ($name:literal) => {
        &include_bytes!(concat!("../../../docs/samples/", $name))[..]
    };
}

async fn rules(stage: &Stage<'_>) -> Told<Document> {
    let text = sample!("01-联席会议工作规则.docx");
    let file = stage
        .upload("zfb", "01-联席会议工作规则.docx", text)
        .await?;
    let document = stage
        .send(Scene {
            unit: "zfb",
            kind: "GW-TONGZHI",
            title: "关于印发《青崖市府院联席会议工作规则》的通知",
            prefix: Some("青崖政发"),
            files: vec![(file, FileRole::Main)],
            main: stage.city.keys_but(&["zfb", "fy", "jcy"]),
            copy: Vec::new(),
            joint: vec!["fy", "jcy"],
            fields: json!({}),
            in_reply_to: None,
        })
        .await?;
    for unit in PROMPT {
        stage.read(unit, document.id).await?;
        stage.sign(unit, document.id).await?;
    }
    stage.read("jyj", document.id).await?;
    Ok(document)
}

async fn advice(stage: &Stage<'_>) -> Told<Document> {
    let main = sample!("02-司法建议书.docx");
    let report = sample!("02-附件-调研报告.pdf");
    let main = stage.upload("fy", "02-司法建议书.docx", main).await?;
    let report = stage.upload("fy", "02-附件-调研报告.pdf", report).await?;
    let document = stage
        .send(Scene {
            unit: "fy",
            kind: "SJ-ZH",
            title: "关于规范不动产登记审查工作的司法建议书",
            prefix: Some("青崖法建"),
            files: vec![(main, FileRole::Main), (report, FileRole::Attachment)],
            main: vec!["zrj"],
            copy: vec!["zfb", "sfj"],
            joint: Vec::new(),
            fields: advice_fields(),
            in_reply_to: None,
        })
        .await?;
    stage.read("zrj", document.id).await?;
    stage.sign("zrj", document.id).await?;
    stage.sign("sfj", document.id).await?;
    Ok(document)
}

fn advice_fields() -> Value {
    json!({
        "case_type": "不动产登记行政案件",
        "problems": [
            "首次登记对权属来源材料核查不够",
            "更正登记办理超期，答复说理不足",
            "登记档案调取不便，举证质量不高",
        ],
        "suggestions": [
            "完善首次登记实质核查规程，制定首次登记审查要点清单",
            "规范更正登记的时限管理和说理告知",
            "健全登记档案管理和应诉举证协作机制",
        ],
        "contact_name": "韩立新",
        "contact_phone": "0499-6221206",
        "signer": "院长",
        "committee_reviewed_on": "2026-08-28",
    })
}

async fn answer(stage: &Stage<'_>, advice: &Document) -> Told<Document> {
    let file = stage
        .upload("zrj", "03-复函.docx", sample!("03-复函.docx"))
        .await?;
    let document = stage
        .send(Scene {
            unit: "zrj",
            kind: "HF",
            title: "关于规范不动产登记审查工作司法建议书的复函",
            prefix: None,
            files: vec![(file, FileRole::Main)],
            main: vec!["fy"],
            copy: vec!["sfj"],
            joint: Vec::new(),
            fields: json!({
                "adoptions": [
                    { "adoption": "adopted", "detail": "已制定《首次登记审查要点清单》并执行" },
                    { "adoption": "adopted", "detail": "告知书格式已修订，到期提醒功能正在测试" },
                    { "adoption": "partly", "detail": "移交档案的清查权限和经费尚需协调，分两步实施" },
                ],
                "measures": "成立专班，由法规科牵头、不动产登记中心承办；对2024年以来的首次登记和更正登记开展自查。",
                "progress": "ongoing",
                "planned_on": "2026-12-31",
                "industry_governance": true,
                "industry_governance_detail": "抽查卷宗420卷，发现并整改问题23个。",
                "standing_mechanism": true,
                "standing_mechanism_detail": "每半年向市法院和联席会议办公室通报一次登记争议情况。",
                "result_code": "b",
                "signer": "局长",
            }),
            in_reply_to: Some(advice.id),
        })
        .await?;
    stage.read("fy", document.id).await?;
    stage.sign("fy", document.id).await?;
    Ok(document)
}

async fn procuratorial_advice(stage: &Stage<'_>) -> Told<Document> {
    let file = stage
        .upload("jcy", "04-检察建议书.pdf", sample!("04-检察建议书.pdf"))
        .await?;
    let document = stage
        .send(Scene {
            unit: "jcy",
            kind: "JC-GY",
            title: "关于督促整治石梁河沿岸养殖污染的检察建议书",
            prefix: Some("青崖检行公建"),
            files: vec![(file, FileRole::Main)],
            main: vec!["hbj"],
            copy: vec!["zfb", "sfj"],
            joint: Vec::new(),
            fields: json!({
                "public_interest_area": "environment",
                "emergency": false,
                "source": "“益心为公”志愿者线索和石梁镇村民反映",
                "facts": "北沟段两岸规模养殖场粪污处理设施运行不正常，3个采样断面中2个超过标准限值。",
                "problems": ["对辖区内规模养殖场粪污处理设施长期不正常运行的情形监管不到位"],
                "suggestions": ["依法查处并督促限期修复设施，开展沿河排查，完善日常检查和复查制度"],
                "suggestion_basis": "《畜禽规模养殖污染防治条例》第五条、第二十三条",
                "objection_days": 10,
                "service": "written",
                "decided_by": "chief_procurator",
                "contact_name": "罗以恒",
                "contact_phone": "0499-6221305",
            }),
            in_reply_to: None,
        })
        .await?;
    stage.read("hbj", document.id).await?;
    stage.sign("hbj", document.id).await?;
    Ok(document)
}

async fn regulation(stage: &Stage<'_>) -> Told<Document> {
    let notice = stage
        .upload("sfj", "05-新法规通报.txt", sample!("05-新法规通报.txt"))
        .await?;
    let text = stage
        .upload("sfj", "05-附件-办法.txt", sample!("05-附件-办法.txt"))
        .await?;
    let document = stage
        .send(Scene {
            unit: "sfj",
            kind: "FG-TB",
            title: "关于学习贯彻新修订的《青崖市行政机关负责人出庭应诉工作办法》的通知",
            prefix: Some("青崖司发"),
            files: vec![(notice, FileRole::Main), (text, FileRole::Attachment)],
            main: stage.city.keys_but(&["sfj"]),
            copy: Vec::new(),
            joint: Vec::new(),
            fields: json!({
                "regulation_title": "青崖市行政机关负责人出庭应诉工作办法",
                "force_level": "normative_document",
                "maker": "青崖市人民政府办公室",
                "in_force_on": "2026-12-01",
                "change": "amended",
            }),
            in_reply_to: None,
        })
        .await?;
    for unit in PROMPT.iter().filter(|unit| **unit != "sfj") {
        stage.sign(unit, document.id).await?;
    }
    Ok(document)
}
