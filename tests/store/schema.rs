//! The two sets of migrations make the same tables.

use std::collections::BTreeSet;

use crate::home::{Home, Read, server};

/// Both engines with fresh tables, where there is a server.
async fn both() -> Option<(Home, Home)> {
    let Some(server) = server() else {
        println!("skipped: WENSHU_TEST_POSTGRES names no server; see scripts/with-postgres");
        return None;
    };
    let homes = (Home::sqlite(), Home::postgres(server).await);
    homes.0.open().await.close().await;
    homes.1.open().await.close().await;
    Some(homes)
}

/// Compares what the two statements find.
async fn assert_same<T: Read + Ord + std::fmt::Debug>(sqlite: &str, postgres: &str, least: usize) {
    let Some((file, server)) = both().await else {
        return;
    };
    let embedded: BTreeSet<T> = file.rows(sqlite).await.into_iter().collect();
    let shared: BTreeSet<T> = server.rows(postgres).await.into_iter().collect();
    let in_sqlite: Vec<_> = embedded.difference(&shared).collect();
    let in_postgres: Vec<_> = shared.difference(&embedded).collect();
    assert!(
        in_sqlite.is_empty() && in_postgres.is_empty(),
        "only in SQLite: {in_sqlite:#?}\nonly in PostgreSQL: {in_postgres:#?}"
    );
    assert!(
        embedded.len() >= least,
        "only {} were found",
        embedded.len()
    );
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_types() {
    // A boolean is an integer to SQLite, and a UUID sixteen bytes.
    assert_same::<(String, i64, String, String, i64)>(
        "SELECT t.name, CAST(c.cid AS BIGINT), c.name,
                CASE c.type WHEN 'BLOB' THEN 'bytes' WHEN 'INTEGER' THEN 'number'
                            WHEN 'TEXT' THEN 'text' ELSE c.type END,
                CAST(c.\"notnull\" AS BIGINT)
           FROM sqlite_schema t, pragma_table_xinfo(t.name) c
          WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\'
            AND t.name NOT LIKE 'sqlite%'",
        "SELECT c.table_name::text, c.ordinal_position::bigint - 1, c.column_name::text,
                CASE c.data_type WHEN 'uuid' THEN 'bytes' WHEN 'bytea' THEN 'bytes'
                                 WHEN 'bigint' THEN 'number' WHEN 'boolean' THEN 'number'
                                 WHEN 'text' THEN 'text' ELSE c.data_type END,
                CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END::bigint
           FROM information_schema.columns c
          WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_%'",
        150,
    )
    .await;
}

#[tokio::test]
async fn both_engines_have_the_same_indexes() {
    // A whole-number key of SQLite is the table itself and no index.
    assert_same::<(String, String, i64)>(
        "SELECT t.name, (SELECT group_concat(c.name, ',' ORDER BY c.seqno)
                           FROM pragma_index_info(i.name) c), CAST(i.\"unique\" AS BIGINT)
           FROM sqlite_schema t, pragma_index_list(t.name) i
          WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\'
         UNION ALL
         SELECT t.name, c.name, 1
           FROM sqlite_schema t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND c.pk = 1 AND t.name NOT LIKE '\\_%' ESCAPE '\\'
            AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) i WHERE i.origin = 'pk')",
        "SELECT t.relname::text, string_agg(a.attname::text, ',' ORDER BY k.place),
                (x.indisunique::int)::bigint
           FROM pg_index x
           JOIN pg_class t ON t.oid = x.indrelid
          CROSS JOIN LATERAL unnest(x.indkey) WITH ORDINALITY k (number, place)
           JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
          WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT LIKE '\\_%'
          GROUP BY t.relname, x.indexrelid, x.indisunique",
        45,
    )
    .await;
}

#[tokio::test]
async fn both_engines_hold_the_same_references() {
    assert_same::<(String, String, String, String)>(
        "SELECT t.name, f.\"from\", f.\"table\", f.\"to\"
           FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
          WHERE t.type = 'table'",
        "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text,
                b.attname::text
           FROM pg_constraint c
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
          WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace",
        35,
    )
    .await;
}
