//! A small invented city: four units, each with somebody who drafts and somebody who issues.

/// The register, as `wenshu admin registry` reads it.
pub const REGISTRY: &str = r#"
[[units]]
key = "sfj"
full_name = "河湾市司法局"
short_name = "市司法局"
branch = "government"
doc_prefixes = ["河湾司发"]

[[units]]
key = "fy"
full_name = "河湾市人民法院"
short_name = "市法院"
branch = "court"
doc_prefixes = ["河湾法发"]

[[units]]
key = "zrj"
full_name = "河湾市自然资源局"
short_name = "市自然资源局"
branch = "government"
doc_prefixes = ["河湾自然资发"]

[[units]]
key = "gaj"
full_name = "河湾市公安局"
short_name = "市公安局"
branch = "government"
doc_prefixes = ["河湾公发"]

[[people]]
login = "sfj.clerk"
name = "甲一"
unit = "sfj"
roles = ["clerk"]

[[people]]
login = "sfj.signer"
name = "甲二"
unit = "sfj"
roles = ["signer"]

[[people]]
login = "fy.clerk"
name = "乙一"
unit = "fy"
roles = ["clerk"]

[[people]]
login = "fy.signer"
name = "乙二"
unit = "fy"
roles = ["signer"]

[[people]]
login = "zrj.clerk"
name = "丙一"
unit = "zrj"
roles = ["clerk"]

[[people]]
login = "zrj.signer"
name = "丙二"
unit = "zrj"
roles = ["signer"]

[[people]]
login = "gaj.clerk"
name = "丁一"
unit = "gaj"
roles = ["clerk"]

[[people]]
login = "gaj.signer"
name = "丁二"
unit = "gaj"
roles = ["signer"]
"#;

/// The keys of the units.
pub const UNITS: [&str; 4] = ["sfj", "fy", "zrj", "gaj"];

/// What everybody chose as their password.
pub const PASSWORD: &str = "河湾演练用的口令 2026";
