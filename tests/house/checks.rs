//! Shows that the check sees what it should see, and nothing else.

use super::{broken_doors, reader::silenced_lints};

/// Takes `place | source` lines apart.
fn snippets(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = table.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| line.split_once('|').expect("a bar in each line"))
        .map(|(a, b)| (a.trim(), b))
}

#[test]
fn a_broken_door_is_found_however_it_is_written() {
    for (place, source) in snippets(
        r#"
domain::unit        | use crate::store::Tx;
domain::unit        | use crate::{app::Hub, domain::UnitId};
domain::unit        | use crate::{domain::{self, id}, blobs::{self as files}};
domain::unit        | mod tests { use super::super::super::store::Tx; }
domain::unit::tests | use super::super::super::store::Tx;
domain              | use super::store;
domain::unit        | fn f() -> crate::store::Tx { todo!() }
domain::unit        | fn f() { vec![crate::store::open()]; }
domain::unit        | macro_rules! m { () => { $crate::store::open() } }
domain::unit        | #[serde(with = "x")] #[derive(crate::store::Row)] struct S;
domain::unit        | impl<T: crate::store::Row> A for B<T> {}
domain::unit        | use wenshu_index::Index;
domain::unit        | use crate::r#store::Tx;
domain::unit        | use std::{fmt, fs};
domain::unit        | async fn f() { tokio::spawn(g()); }
api::documents      | use crate::store::Store;
api::documents      | use wenshu::config::Config;
api::documents      | use jsonwebtoken::decode;
jobs::index         | use crate::blobs::Blobs;
store::tx           | use crate::app;
web::pages          | use crate::*;
web::pages          | use crate as house;
web                 | use super::*;
lib                 | pub use store::Store;
index::schema       | use sqlx::Row;
app::search         | pub use crate::store::Tx;
app::search         | pub(crate) use crate::store::Tx;
app::search         | use sqlx::Row;
app::search         | fn f(row: ::sqlx::Row) {}
app::search         | #[derive(sqlx::FromRow)] struct S;
app::search         | use {serde::Serialize, actix_web::{web, HttpRequest}};
app::search         | use actix_multipart as parts;
app::search         | use argon2;
app::identity_card  | use argon2::Argon2;
"#,
    ) {
        assert!(
            !broken_doors(place, source).is_empty(),
            "in {place}: {source}"
        );
    }
}

#[test]
fn an_open_door_is_not_complained_of() {
    for (place, source) in snippets(
        r#"
domain::unit         | use std::fmt; use super::id::UnitId; use crate::domain::Digest;
domain::unit         | mod tests { use super::*; }
domain::unit         | #[doc = "See crate::store and sqlx::Row"] struct S;
domain::unit         | const S: &str = "crate::store::Tx"; pub(in crate::domain) struct T;
domain::unit         | fn f(s: Store) { store::<u8>; x.sqlx::<u8>(); Place::sqlx::read(); }
domain::unit         | fn f<'a>() -> impl Sized + use<'a> {}
app                  | pub use crate::domain::UnitId; pub use exchange::send;
app::search          | use wenshu_index::Index; use crate::{store::Store, blobs::Blobs};
app::identity::login | use argon2::Argon2; use jsonwebtoken::encode;
api::caller          | use jsonwebtoken::decode; use super::problem; use actix_web::web;
store::tx            | use sqlx::Row; crate::on_either!(self, tx => x); pub use super::dialect;
main                 | fn main() { wenshu::cli::run(); }
lib                  | pub mod app; pub mod store;
"#,
    ) {
        assert_eq!(
            broken_doors(place, source),
            Vec::<String>::new(),
            "in {place}: {source}"
        );
    }
}

#[test]
fn a_fault_names_its_line() {
    let source = "//! Words.\n\nuse std::{\n    fmt,\n    fs,\n};\n";
    let faults = broken_doors("domain::unit", source);
    assert_eq!(
        faults,
        ["domain::unit:5: `domain` holds plain values and does not use `std::fs`"]
    );
}

#[test]
fn a_lint_is_not_silenced_for_ever() {
    for (source, faults) in [
        ("#[allow(dead_code)] fn f() {}", 1),
        ("#![allow(dead_code)]", 1),
        ("fn f() { #[allow(unused)] let x = 1; }", 1),
        ("#[cfg_attr(test, allow(dead_code))] fn f() {}", 1),
        ("#[expect(dead_code)] fn f() {}", 1),
        (
            "#[expect(dead_code, reason = \"the next room uses it\")] fn f() {}",
            0,
        ),
        (
            "fn f() { gate.allow(caller); policy::allow(caller); allow(one); }",
            0,
        ),
        ("fn f() { thing.expect(message); }", 0),
        ("fn allow(caller: Caller) {}", 0),
    ] {
        assert_eq!(silenced_lints(source).len(), faults, "{source}");
    }
}
