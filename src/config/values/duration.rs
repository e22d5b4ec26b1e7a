//! Durations as people write them: `10m`, `1h 30m`, `200ms`; a bare number has no unit and is
//! refused.

use std::time::Duration;

use jiff::fmt::friendly::{SpanParser, SpanPrinter};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(in crate::config) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    SpanParser::new()
        .parse_unsigned_duration(text.trim())
        .map_err(D::Error::custom)
}

pub(in crate::config) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&SpanPrinter::new().unsigned_duration_to_string(duration))
}
