use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use url::Url;

use super::{Secret, secret::MASK};

/// Which database holds the truth.
#[derive(Clone, Default)]
pub enum DatabaseUrl {
    /// `wenshu.db` in the data directory.
    #[default]
    Sqlite,
    /// A PostgreSQL server; the address contains the password.
    Postgres(Secret),
}

impl DatabaseUrl {
    /// Reads `sqlite` or an address beginning with `postgres://` or `postgresql://`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "sqlite" {
            return Some(Self::Sqlite);
        }
        let url = Url::parse(text).ok()?;
        let known = matches!(url.scheme(), "postgres" | "postgresql");
        // `postgres:wenshu` is an address to the parser, but not to the driver.
        (known && text.contains("://")).then(|| Self::Postgres(Secret::new(text.to_owned())))
    }

    /// The address without the password and without parameters, which may hold another one.
    fn masked(&self) -> String {
        let Self::Postgres(secret) = self else {
            return "sqlite".to_owned();
        };
        let Ok(mut url) = Url::parse(secret.expose()) else {
            return MASK.to_owned();
        };
        url.set_query(None);
        url.set_fragment(None);
        if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
            return MASK.to_owned();
        }
        url.into()
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a database"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_masked_wherever_it_stands() {
        for text in [
            "postgres://wenshu:canary@db:5432/wenshu",
            "postgres://db/wenshu?user=wenshu&password=canary",
            "postgresql://wenshu:canary%40@[::1]/wenshu#canary",
        ] {
            let url = DatabaseUrl::parse(text).unwrap();
            assert!(!format!("{url:?}").contains("canary"), "{url:?}");
            assert!(format!("{url:?}").contains("/wenshu"), "{url:?}");
        }
    }

    #[test]
    fn another_database_is_refused() {
        for text in [
            "",
            "SQLite",
            "mysql://db/wenshu",
            "postgres:wenshu",
            "wenshu.db",
        ] {
            assert!(DatabaseUrl::parse(text).is_none(), "{text}");
        }
    }
}
