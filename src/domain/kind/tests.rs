use jiff::civil::date;
use serde_json::{Map, Value, json};

use super::*;
use crate::domain::Rules;

fn kind(code: &str) -> Kind {
    Rules::built_in()
        .kind(code, date(2026, 9, 1))
        .unwrap()
        .clone()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is not an object"),
    }
}

fn a_recommendation() -> Value {
    json!({
        "case_type": "工伤认定行政案件",
        "problems": ["程序告知不完整", "文书送达不规范"],
        "suggestions": ["完善告知程序", "规范文书送达"],
        "contact_name": "王某",
        "contact_phone": "0432-65250000转8",
        "signer": "李某",
        "committee_reviewed_on": "2026-08-28",
    })
}

/// The recommendation with one field changed; `null` takes it away.
fn with(name: &str, value: Value) -> Map<String, Value> {
    let mut fields = object(a_recommendation());
    fields.insert(name.to_owned(), value);
    fields
}

fn faults(code: &str, fields: &Map<String, Value>) -> Vec<(String, String)> {
    kind(code)
        .check_fields(fields, &FieldContext::default())
        .into_iter()
        .map(|fault| {
            (
                format!("{} {}", fault.pointer, fault.code.code()),
                fault.detail,
            )
        })
        .collect()
}

#[test]
fn a_complete_recommendation_has_no_fault() {
    assert_eq!(faults("SJ-ZH", &object(a_recommendation())), []);
    assert_eq!(
        faults(
            "SJ-ZH",
            &with("case_number", json!("(2026)吉0284行初第6号"))
        ),
        []
    );
}

/// Field, what is filled in, the one fault that follows, what is said of it.
const SLIPS: &str = r#"
contact_phone | null | /fields/contact_phone required | 请填写“联系电话”
contact_phone | " " | /fields/contact_phone required | 请填写“联系电话”
contact_phone | "面谈" | /fields/contact_phone not_a_phone | 应为电话号码
signer | 7 | /fields/signer wrong_type | “签发人”应为字符串
signer | "李\n某" | /fields/signer control_character | 不能换行
problems | [] | /fields/problems required | 请填写“发现的问题”
problems | "一条" | /fields/problems wrong_type | 应为字符串数组
problems | ["一", 2] | /fields/problems wrong_type | 应为字符串数组
problems | ["一", " "] | /fields/problems/1 bad_item | 这一条是空的
problems | ["一"] | /fields/suggestions count_mismatch | 应当一一对应
committee_reviewed_on | "2026-02-30" | /fields/committee_reviewed_on not_a_date | 日期
committee_reviewed_on | "2026-08-28T09:00" | /fields/committee_reviewed_on not_a_date | 日期
committee_reviewed_on | "20260828" | /fields/committee_reviewed_on not_a_date | 日期
case_type | null | /fields/case_number required | “案号”“案件名称”“案件类型”至少填写一项
case_number | "第6号" | /fields/case_number not_a_number | 案号应以括号括起的年份开头
opinion_sought | "是" | /fields/opinion_sought wrong_type | true 或者 false
surprise/~ | 1 | /fields/surprise~1~0 unknown | 没有名为“surprise/~”的字段
"#;

#[test]
fn each_slip_is_named_with_its_place() {
    for line in SLIPS.lines().filter(|line| !line.is_empty()) {
        let columns: Vec<_> = line.split(" | ").collect();
        let value = serde_json::from_str(columns[1]).unwrap();
        let found = faults("SJ-ZH", &with(columns[0], value));
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert_eq!(found[0].0, columns[2], "{line}");
        assert!(found[0].1.contains(columns[3]), "{line}: {}", found[0].1);
    }
}

#[test]
fn what_is_too_long_is_measured_in_characters() {
    let signer = faults("SJ-ZH", &with("signer", json!("长".repeat(31))));
    assert_eq!(signer[0].0, "/fields/signer too_long");
    assert!(
        signer[0].1.contains("最多 30 个字，现有 31 个字"),
        "{}",
        signer[0].1
    );

    let problem = faults(
        "SJ-ZH",
        &with("problems", json!(["长".repeat(2_001), "二"])),
    );
    assert_eq!(problem[0].0, "/fields/problems/0 too_long");
}

#[test]
fn too_many_items_are_one_fault_and_not_many() {
    let many = vec![""; 31];
    let found = faults("SJ-ZH", &with("problems", json!(many)));
    assert_eq!(found[0].0, "/fields/problems too_many");
    assert_eq!(found.len(), 2, "and the mismatch: {found:?}");
}

#[test]
fn only_a_mismatch_may_be_confirmed() {
    let fields = with("problems", json!(["一"]));
    let found = kind("SJ-ZH").check_fields(&fields, &FieldContext::default());
    assert_eq!(found[0].severity, Severity::Warning);
    assert_eq!(
        serde_json::to_value(&found[0]).unwrap(),
        json!({
            "pointer": "/fields/suggestions", "code": "count_mismatch", "severity": "warning",
            "detail": "“发现的问题”有 1 条，“建议”有 2 条，应当一一对应；确认无误可以继续",
        })
    );
}

#[test]
fn a_draft_is_unfinished_but_not_wrong() {
    let found = kind("SJ-ZH").check_fields(&Map::new(), &FieldContext::default());
    assert_eq!(found.len(), 7);
    assert!(found.iter().all(FieldFault::is_missing));
}

#[test]
fn a_reply_answers_every_suggestion_and_gives_reasons() {
    let recommendation = kind("SJ-ZH");
    let items_to_answer = recommendation.items_to_answer(&object(a_recommendation()));
    assert_eq!(items_to_answer, Some(2));

    let context = FieldContext { items_to_answer };
    let check = |adoptions: Value| {
        let fields = object(json!({
            "adoptions": adoptions, "measures": "已完善告知程序。", "progress": "done",
            "signer": "赵某",
        }));
        let found = kind("HF").check_fields(&fields, &context);
        let places = found
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code.code()));
        places.collect::<Vec<_>>()
    };
    let yes = json!({"adoption": "adopted"});
    let partly = json!({"adoption": "partly", "detail": "经费所限，分两年实施"});

    assert_eq!(check(json!([yes, partly])), [""; 0]);
    assert_eq!(check(json!([yes])), ["/fields/adoptions count_mismatch"]);
    assert_eq!(
        check(json!([yes, {"adoption": "not_adopted", "detail": " "}])),
        ["/fields/adoptions/1 required"]
    );
    assert_eq!(
        check(json!([yes, {"adoption": "maybe"}])),
        ["/fields/adoptions/1 not_a_choice"]
    );
    assert_eq!(
        check(json!([yes, {"adoption": "adopted", "more": 1}])),
        ["/fields/adoptions wrong_type"]
    );
}

#[test]
fn one_answer_makes_another_required() {
    let mut fields = object(json!({
        "adoptions": [{"adoption": "adopted"}], "measures": "正在整改。", "progress": "ongoing",
        "signer": "赵某", "standing_mechanism": true,
    }));
    let places: Vec<_> = faults("HF", &fields)
        .into_iter()
        .map(|(place, _)| place)
        .collect();
    assert_eq!(
        places,
        [
            "/fields/planned_on required",
            "/fields/standing_mechanism_detail required"
        ]
    );
    fields.insert("progress".to_owned(), json!("done"));
    fields.insert("standing_mechanism".to_owned(), json!(false));
    assert_eq!(faults("HF", &fields), []);
}

#[test]
fn a_field_may_choose_the_deadline() {
    let kind = kind("JC-GY");
    let rule = |emergency: Value| {
        let fields = object(json!({ "emergency": emergency }));
        kind.deadline_rule_for(&fields).unwrap().to_owned()
    };
    assert_eq!(rule(json!(true)), "JC-GY-JJ");
    assert_eq!(rule(json!(false)), "JC-GY");
    assert_eq!(rule(json!(null)), "JC-GY");
}

#[test]
fn a_request_goes_to_one_superior_and_a_recommendation_comes_from_a_court() {
    let government = Branch::Government;
    assert_eq!(
        kind("GW-QINGSHI").check_parties(government, &[government]),
        []
    );
    let codes = |code: &str, issuer, mains: &[Branch]| {
        let found = kind(code).check_parties(issuer, mains);
        found
            .iter()
            .map(|fault| format!("{} {}", fault.pointer, fault.code.code()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes("GW-QINGSHI", government, &[government, government]),
        ["/main_recipients too_many"]
    );
    assert_eq!(
        codes("SJ-ZH", government, &[government, Branch::Procuratorate]),
        [
            "/kind issuer_not_allowed",
            "/main_recipients/1 recipient_not_allowed"
        ]
    );
    assert_eq!(
        codes("SJ-ZH", Branch::Court, &[]),
        ["/main_recipients required"]
    );
}

#[test]
fn codes_are_read_back_and_strangers_are_named() {
    for branch in Branch::ALL {
        assert_eq!(branch.code().parse(), Ok(*branch));
        assert_eq!(serde_json::to_value(branch).unwrap(), branch.code());
    }
    assert_eq!(Genre::ALL.len(), 15);
    let said = "moon".parse::<Branch>().unwrap_err().to_string();
    assert_eq!(said, "没有“moon”这个选项");
}

#[test]
fn only_main_recipients_who_are_asked_owe_a_reply() {
    assert!(Duty::Reply.owes_reply(false));
    assert!(Duty::ReplyIfAsked.owes_reply(true));
    assert!(!Duty::ReplyIfAsked.owes_reply(false));
    assert!(!Duty::SignOnly.owes_reply(true));
}
