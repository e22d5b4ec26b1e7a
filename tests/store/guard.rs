//! Holds that this suite calls every public method of the store, also those to come.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::{Method, calls, public_methods, sources};

#[test]
fn every_public_method_of_the_store_is_called_in_this_suite() {
    let methods: Vec<_> = sources("src/store")
        .iter()
        .flat_map(|source| public_methods(source))
        .collect();
    let tables: BTreeMap<_, _> = methods
        .iter()
        .filter(|method| method.of == "Tx")
        .filter_map(|method| Some((method.returns.as_deref()?, method.name.as_str())))
        .collect();
    let mut called = BTreeSet::new();
    for source in sources("tests/store") {
        calls(&source, &mut called);
    }
    let is_called = |method: &&Method| {
        let table = tables
            .get(method.of.as_str())
            .map(|table| (*table).to_owned());
        called.contains(&(table, method.name.clone()))
    };
    let missing: Vec<_> = methods.iter().filter(|method| !is_called(method)).collect();
    assert!(
        missing.is_empty(),
        "not called in tests/store: {missing:#?}"
    );
    for (table, least) in [
        ("Documents", 14),
        ("Units", 6),
        ("Deliveries", 9),
        ("Store", 4),
    ] {
        let count = methods.iter().filter(|method| method.of == table).count();
        assert!(
            count >= least,
            "the sources are not read as they were: {table} has {count}"
        );
    }
}

#[test]
fn a_method_that_is_not_called_is_seen() {
    let store = "impl Tx { pub fn boxes(&mut self) -> Boxes<'_> { Boxes(self) } }
                 impl Boxes<'_> {
                     pub async fn open(&mut self) -> Result<()> { Ok(()) }
                     pub(super) fn hidden(&self) {}
                     fn own(&self) {}
                 }
                 impl<T> From<T> for Boxes<'_> { pub fn no(&self) {} }";
    let tokens = |text: &str| -> Vec<_> {
        text.parse::<proc_macro2::TokenStream>()
            .unwrap()
            .into_iter()
            .collect()
    };
    let found = public_methods(&tokens(store));
    let names: Vec<_> = found
        .iter()
        .map(|it| (it.of.as_str(), it.name.as_str()))
        .collect();
    assert_eq!(names, [("Tx", "boxes"), ("Boxes", "open")]);
    assert_eq!(found[0].returns.as_deref(), Some("Boxes"));
    for (suite, is_called) in [
        ("assert!(tx.boxes().open().await.is_ok());", true),
        ("tx.units().open(); tx.boxes();", false),
        ("// tx.boxes().open()", false),
    ] {
        let mut called = BTreeSet::new();
        calls(&tokens(suite), &mut called);
        let open = (Some("boxes".to_owned()), "open".to_owned());
        assert_eq!(called.contains(&open), is_called, "{suite}");
    }
}
