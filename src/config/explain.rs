use std::fmt::Write as _;

use toml::Table;

use super::{Config, catalog::catalog};

impl Config {
    /// The whole configuration as it is in force, with the origin of each option behind it and
    /// secrets masked; it is TOML that can be read back.
    #[must_use]
    pub fn explain(&self) -> String {
        let values = Table::try_from(self).unwrap_or_default();
        let mut text = String::new();
        for section in catalog() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "[{}]", section.name);
            for option in &section.options {
                let value = values
                    .get(section.name)
                    .and_then(|table| table.get(option.key));
                let value = value.map(ToString::to_string).unwrap_or_default();
                let origin = self.origin(&format!("{}.{}", section.name, option.key));
                let _ = writeln!(text, "{} = {value}  # {origin}", option.key);
            }
            text.push('\n');
        }
        text
    }
}
