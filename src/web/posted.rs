//! What a form sends.

use uuid::Uuid;

use crate::app::Error;

/// The fields of a form, in their order; one name may come more than once.
pub(super) struct Posted(Vec<(String, String)>);

impl Posted {
    /// Reads the body of a request.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(body).into_owned().collect())
    }

    /// Every value of a field.
    pub(super) fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        let values = self.0.iter().filter(move |(field, _)| field == name);
        values.map(|(_, value)| value.as_str())
    }

    /// The first value of a field; nothing where there is none.
    pub(super) fn one(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The ids that a field holds.
    pub(super) fn ids(&self, name: &str) -> Result<Vec<Uuid>, Error> {
        let ids = self.all(name).filter(|text| !text.is_empty());
        let ids = ids.map(|text| text.parse().map_err(|_| Error::NotFound));
        ids.collect()
    }

    /// Goes on only where the box of a grave act was ticked.
    pub(super) fn confirmed(&self) -> Result<(), Error> {
        if self.one("confirmed") == "yes" {
            Ok(())
        } else {
            let detail = "请勾选确认后再提交；此操作会写入凭证，不能撤销";
            Err(Error::invalid("confirmed", "required", detail))
        }
    }
}
