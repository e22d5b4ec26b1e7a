//! Parameters of a request, read like a body: what is wrong with one is told by its name.

use std::ops::Deref;

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use futures_util::future::{Ready, ready};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::{Problem, body::choices};
use crate::app::{Error, Fault};

/// The parameters in the address.
pub struct Query<T>(T);

impl<T> Query<T> {
    /// The parameters themselves.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Query<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Parameters> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = T::read(request.query_string());
        ready(query.map(Self).map_err(Into::into))
    }
}

/// What can be read from the parameters in an address.
pub trait Parameters: Sized {
    /// Reads it, and names the parameter that is wrong.
    fn read(query: &str) -> Result<Self, Error>;
}

impl<T: DeserializeOwned> Parameters for T {
    fn read(query: &str) -> Result<Self, Error> {
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let pairs = serde_urlencoded::Deserializer::new(pairs);
        serde_path_to_error::deserialize(pairs).map_err(|error| {
            let place = error.path().to_string();
            Error::Invalid(vec![fault_of(&place, &error.inner().to_string())])
        })
    }
}

/// Two sets of parameters in one address: what the first describes is its own, and the second
/// answers for the rest. Serde's `flatten` would no longer refuse what neither knows.
pub struct Both<A, B>(pub A, pub B);

impl<A: DeserializeOwned + IntoParams, B: Parameters> Parameters for Both<A, B> {
    fn read(query: &str) -> Result<Self, Error> {
        let described = A::into_params(|| None);
        let is_first = |pair: &&str| {
            let name = url::form_urlencoded::parse(pair.as_bytes()).next();
            name.is_some_and(|(name, _)| described.iter().any(|one| one.name == name))
        };
        let (first, second): (Vec<_>, Vec<_>) = query.split('&').partition(is_first);
        Ok(Self(
            A::read(&first.join("&"))?,
            B::read(&second.join("&"))?,
        ))
    }
}

/// Puts serde's sentence into Chinese, with a stable code.
fn fault_of(place: &str, sentence: &str) -> Fault {
    let named = || sentence.split('`').nth(1).unwrap_or_default();
    if sentence.starts_with("unknown field") {
        return Fault::at(named(), "unknown", "没有此参数，请检查拼写");
    }
    if sentence.starts_with("missing field") {
        return Fault::at(named(), "required", "缺少此参数");
    }
    if sentence.starts_with("duplicate field") {
        return Fault::at(named(), "repeated", "参数重复");
    }
    if sentence.starts_with("unknown variant") {
        let detail = format!("只能是：{}", choices(sentence));
        return Fault::at(place, "not_a_choice", detail);
    }
    Fault::at(place, "malformed", "参数的格式不正确")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::domain::DocumentState;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the reading of it is looked at")]
    struct Asked {
        q: String,
        limit: Option<u32>,
        state: Option<DocumentState>,
        on: Option<jiff::civil::Date>,
    }

    #[test]
    fn each_fault_names_its_parameter() {
        let cases = [
            ("", "q required 缺少此参数"),
            ("q=a&q=b", "q repeated 参数重复"),
            ("q=a&colour=red", "colour unknown 没有此参数，请检查拼写"),
            ("q=a&limit=many", "limit malformed 参数的格式不正确"),
            ("q=a&limit=-1", "limit malformed 参数的格式不正确"),
            (
                "q=a&state=lost",
                "state not_a_choice 只能是：draft、in_review、issued、sent、superseded、recalled、archived",
            ),
            ("q=a&on=tomorrow", "on malformed 参数的格式不正确"),
        ];
        for (query, expected) in cases {
            let Err(Error::Invalid(faults)) = Asked::read(query) else {
                panic!("{query} is taken")
            };
            let fault = &faults[0];
            let said = format!("{} {} {}", fault.pointer, fault.code, fault.detail);
            assert_eq!(said, expected, "{query}");
        }
    }

    #[test]
    fn each_of_two_sets_takes_its_own_and_neither_what_nobody_knows() {
        use crate::api::page::PageQuery;
        type Page = Both<PageQuery, Asked>;
        let Both(page, asked) = Page::read("state=sent&li%6Dit=3&q=a").unwrap();
        assert_eq!((page.limit, page.cursor), (Some(3), None));
        assert_eq!((asked.q.as_str(), asked.limit), ("a", None));
        for (query, expected) in [
            ("q=a&limit=x", "limit malformed"),
            ("limit=3", "q required"),
            ("q=a&cursor=1&cursor=2", "cursor repeated"),
            ("q=a&colour=red", "colour unknown"),
        ] {
            let Err(Error::Invalid(faults)) = Page::read(query) else {
                panic!("{query} is taken")
            };
            let said = format!("{} {}", faults[0].pointer, faults[0].code);
            assert_eq!(said, expected, "{query}");
        }
    }
}
