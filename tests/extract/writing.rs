//! Honest files: the text comes out as a person reads it.

use encoding_rs::{BIG5, GB18030, GBK};
use wenshu::extract::{NoTextReason, Outcome, sniff::types};

use crate::{
    samples::{docx, docx_with, p, pdf, utf16_be, wrapped},
    support::{read, text},
};

const NOTICE: &str = "关于规范行政机关负责人出庭应诉工作的司法建议书\n各县（市、区）人民政府：\n\
    本院在审理行政案件中发现，部分行政机关负责人未依法出庭应诉，现提出如下建议。";
const TRADITIONAL: &str = "關於規範行政機關負責人出庭應訴工作的司法建議書，請於兩個月內書面回覆。";

#[tokio::test]
async fn plain_text_is_read_in_every_encoding_of_the_region() {
    let with_mark = |mark: &[u8], text: Vec<u8>| [mark, &text].concat();
    let little_endian = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let encodings = [
        ("UTF-8", NOTICE.as_bytes().to_vec()),
        (
            "UTF-8 with a mark",
            with_mark(b"\xef\xbb\xbf", NOTICE.into()),
        ),
        (
            "UTF-16, little endian",
            with_mark(b"\xff\xfe", little_endian(NOTICE)),
        ),
        (
            "UTF-16, big endian",
            with_mark(b"\xfe\xff", utf16_be(NOTICE)),
        ),
        ("GBK", GBK.encode(NOTICE).0.into_owned()),
    ];
    for (name, bytes) in encodings {
        assert_eq!(text(&bytes, types::PLAIN).await, NOTICE, "{name}");
    }
    let big5 = BIG5.encode(TRADITIONAL).0.into_owned();
    assert_eq!(text(&big5, types::PLAIN).await, TRADITIONAL, "Big5");
}

#[tokio::test]
async fn a_name_that_needs_four_bytes_survives() {
    let bytes = GB18030
        .encode("关于㐂字辈人员𠮷某申请国家赔偿一案的通知")
        .0
        .into_owned();
    assert_eq!(
        text(&bytes, types::PLAIN).await,
        "关于㐂字辈人员𠮷某申请国家赔偿一案的通知"
    );
}

#[tokio::test]
async fn a_short_gbk_file_is_not_taken_for_something_else() {
    assert_eq!(text(&GBK.encode("已阅").0, types::PLAIN).await, "已阅");
}

#[tokio::test]
async fn bytes_that_are_no_writing_stay_out_of_the_archive() {
    let noise: Vec<u8> = (0..4000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let outcome = read(&noise, types::PLAIN).await;
    assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_empty_file_is_no_failure() {
    let expected = Outcome::NoText {
        reason: NoTextReason::NothingWritten,
    };
    assert_eq!(read(b"", types::PLAIN).await, expected);
    assert_eq!(read(&docx(""), types::DOCX).await, expected);
    assert_eq!(
        read(&pdf(&[&[]], "UniGB-UCS2-H", utf16_be), types::PDF).await,
        expected
    );
}

#[tokio::test]
async fn a_type_without_a_reader_is_said_to_have_none() {
    let outcome = read(b"\x89PNG\r\n\x1a\n", "image/png").await;
    assert_eq!(
        outcome,
        Outcome::NoText {
            reason: NoTextReason::NoReader
        }
    );
}

#[tokio::test]
async fn paragraphs_and_cells_are_lines() {
    let cell = |text| format!("<w:tc>{}</w:tc>", p(text));
    let row = format!("<w:tr>{}{}</w:tr>", cell("签收单位"), cell("县人民法院"));
    let file = docx(&format!(
        "{}<w:tbl>{row}</w:tbl>{}",
        p("回执"),
        p("甲&amp;乙&#x3000;丙")
    ));
    assert_eq!(
        text(&file, types::DOCX).await,
        "回执\n签收单位\n县人民法院\n甲&乙\u{3000}丙"
    );
}

#[tokio::test]
async fn a_text_box_is_read_once() {
    let boxed = format!("<w:txbxContent>{}</w:txbxContent>", p("附件"));
    let file = docx(&format!(
        "<w:p><w:r><mc:AlternateContent xmlns:mc='m'><mc:Choice>{boxed}</mc:Choice>\
         <mc:Fallback>{boxed}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>正文</w:t></w:r></w:p>"
    ));
    assert_eq!(text(&file, types::DOCX).await, "附件\n正文");
}

#[tokio::test]
async fn what_a_revision_took_away_is_not_read() {
    let file = docx(
        "<w:p><w:r><w:t>期限为</w:t></w:r><w:del><w:r><w:delText>一</w:delText></w:r></w:del>\
         <w:moveFrom><w:r><w:t>某</w:t></w:r></w:moveFrom>\
         <w:ins><w:r><w:t>两</w:t></w:r></w:ins><w:r><w:t>个月</w:t></w:r></w:p>",
    );
    assert_eq!(text(&file, types::DOCX).await, "期限为两个月");
}

#[tokio::test]
async fn the_words_of_a_chart_are_read_and_its_figures_are_not() {
    let chart = "<c:chart xmlns:c='c'><c:cat><c:strCache><c:pt><c:v>按期回复</c:v></c:pt>\
                 <c:pt><c:v>逾期</c:v></c:pt></c:strCache></c:cat>\
                 <c:val><c:numCache><c:pt><c:v>98.5</c:v></c:pt></c:numCache></c:val></c:chart>";
    let file = docx_with(&p("正文"), &[("word/charts/chart1.xml", chart)]);
    assert_eq!(text(&file, types::DOCX).await, "正文\n按期回复\n逾期");
}

#[tokio::test]
async fn margins_are_read_once_and_after_the_notes() {
    let header = wrapped("hdr", &p("某某市中级人民法院"));
    let notes = wrapped("footnotes", &p("见行政诉讼法"));
    let file = docx_with(
        &p("正文"),
        &[
            ("word/header1.xml", &header),
            ("word/header2.xml", &header),
            ("word/footnotes.xml", &notes),
        ],
    );
    assert_eq!(
        text(&file, types::DOCX).await,
        "正文\n见行政诉讼法\n某某市中级人民法院"
    );
}

#[tokio::test]
async fn articles_that_word_numbers_itself_can_be_searched() {
    let numbering = wrapped(
        "numbering",
        "<w:abstractNum w:abstractNumId='0'>\
         <w:lvl w:ilvl='0'><w:start w:val='9'/><w:numFmt w:val='chineseCountingThousand'/>\
         <w:lvlText w:val='第%1条'/></w:lvl>\
         <w:lvl w:ilvl='1'><w:numFmt w:val='decimal'/><w:lvlText w:val='（%2）'/>\
         <w:suff w:val='nothing'/></w:lvl></w:abstractNum>\
         <w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num>",
    );
    let styles = wrapped(
        "styles",
        "<w:style w:styleId='Article'><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr></w:style>\
         <w:style w:styleId='Mine'><w:basedOn w:val='Article'/></w:style>",
    );
    let article = |text| {
        format!("<w:p><w:pPr><w:pStyle w:val='Mine'/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let clause = "<w:p><w:pPr><w:numPr><w:ilvl w:val='1'/><w:numId w:val='1'/></w:numPr></w:pPr>\
                  <w:r><w:t>不予受理</w:t></w:r></w:p>";
    let body = [
        article("总则"),
        article("附则"),
        clause.to_owned(),
        article("施行"),
    ]
    .concat();
    let file = docx_with(
        &body,
        &[
            ("word/numbering.xml", &numbering),
            ("word/styles.xml", &styles),
        ],
    );
    let expected = "第九条 总则\n第十条 附则\n（1）不予受理\n第十一条 施行";
    assert_eq!(text(&file, types::DOCX).await, expected);
}

#[tokio::test]
async fn pages_keep_their_numbers() {
    let pages: &[&[&str]] = &[
        &["关于召开联席会议的通知", "各成员单位："],
        &[],
        &["特此通知。", "二〇二六年十一月"],
    ];
    let Outcome::Text(found) = read(&pdf(pages, "UniGB-UCS2-H", utf16_be), types::PDF).await else {
        panic!("no text");
    };
    let numbers: Vec<_> = found.parts.iter().map(|part| part.page).collect();
    assert_eq!(numbers, [Some(1), Some(3)]);
    assert_eq!(found.parts[0].text, "关于召开联席会议的通知\n各成员单位：");
}

#[tokio::test]
async fn a_pdf_in_the_national_encoding_is_not_shifted_by_a_figure() {
    let gbk = |text: &str| GBK.encode(text).0.into_owned();
    let line = "第7届人大常委会2026年第1次会议审议通过的关于加强府院联动工作的决定";
    let found = text(&pdf(&[&[line; 20]], "GBK-EUC-H", gbk), types::PDF).await;
    assert_eq!(found, [line; 20].join("\n"));
}
