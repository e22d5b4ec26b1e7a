//! Many rows with one statement: they travel as one JSON array, which both engines read by the
//! same text but for the two places where they differ.

/// Inserts each object of a list of JSON objects as a row, in order, by one statement. Gives the
/// number of rows that were kept.
///
/// The columns are named once, with how they are read: `id`, `text`, `number`, `flag`, or
/// `kind_of_document`, which is looked up.
macro_rules! insert_rows {
    ($tx:expr, $rows:expr, $table:literal, $conflict:literal, {
        $first:ident: $first_as:ident $(, $column:ident: $as:ident)* $(,)?
    }) => {{
        let rows: serde_json::Value = $rows.collect::<Vec<serde_json::Value>>().into();
        let rows = rows.to_string();
        match &mut $tx.engine {
            $crate::store::tx::Engine::Sqlite(embedded) => sqlx::query(concat!(
                "INSERT INTO ", $table, " (", stringify!($first), $(", ", stringify!($column),)* ")
                 SELECT ",
                $crate::store::rows::cell!(sqlite $first_as $first),
                $(", ", $crate::store::rows::cell!(sqlite $as $column),)*
                "  FROM json_each($1)
                  WHERE TRUE ", $conflict,
            ))
            .bind(rows)
            .execute(embedded.connection())
            .await?
            .rows_affected(),
            $crate::store::tx::Engine::Postgres(tx) => sqlx::query(concat!(
                "INSERT INTO ", $table, " (", stringify!($first), $(", ", stringify!($column),)* ")
                 SELECT ",
                $crate::store::rows::cell!(postgres $first_as $first),
                $(", ", $crate::store::rows::cell!(postgres $as $column),)*
                "  FROM jsonb_array_elements(CAST($1 AS jsonb)) AS row (value)
                  WHERE TRUE ", $conflict,
            ))
            .bind(rows)
            .execute(&mut **tx)
            .await?
            .rows_affected(),
        }
    }};
}

/// How a column is read from the object `value`.
macro_rules! cell {
    (sqlite id $column:ident) => {
        concat!("unhex(value ->> '", stringify!($column), "')")
    };
    (postgres id $column:ident) => {
        concat!("CAST(value ->> '", stringify!($column), "' AS uuid)")
    };
    (sqlite kind_of_document $column:ident) => {
        "(SELECT d.kind_code FROM documents d WHERE d.id = unhex(value ->> 'document_id'))"
    };
    (postgres kind_of_document $column:ident) => {
        "(SELECT d.kind_code FROM documents d WHERE d.id = CAST(value ->> 'document_id' AS uuid))"
    };
    ($engine:ident text $column:ident) => {
        concat!("value ->> '", stringify!($column), "'")
    };
    ($engine:ident number $column:ident) => {
        concat!("CAST(value ->> '", stringify!($column), "' AS bigint)")
    };
    ($engine:ident flag $column:ident) => {
        concat!("CAST(value ->> '", stringify!($column), "' AS boolean)")
    };
}

pub(super) use {cell, insert_rows};

/// An id as both engines read it from a text.
pub(super) fn hex(id: uuid::Uuid) -> String {
    id.simple().to_string()
}
