//! Every statement of the store reaches its rows through an index.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Row as _};

use crate::{
    home::{Behind, Home},
    sources::{sources, statements},
};

/// Statements that walk through a table, and why they may.
const WALKS: &[(&str, &str)] = &[
    (
        "AS late_to_us",
        "it counts what indexes have led to, a thousand at the most",
    ),
    (
        "AS unsent\n",
        "it walks through what two indexes have found",
    ),
    (
        "SELECT created_at FROM users LIMIT 1",
        "it stops at the first row",
    ),
    (
        "SELECT created_at\n                   FROM mails",
        "it stops at the first row",
    ),
    ("FROM calendar_years", "there is one notice a year"),
    (
        "SELECT COUNT(*)\n                   FROM documents\n",
        "an index is seldom filled, and then every document is read",
    ),
    (
        "DELETE FROM idempotency WHERE body LIKE $1",
        "a mark of classification is found once in a blue moon, and nothing may be left of it",
    ),
    (
        "WHERE hub_roles = $1 AND active = TRUE",
        "accounts are few, and it is asked at the start",
    ),
    (
        "WHERE v.unit_id = $1 AND v.box = $2",
        "it counts what an index has led to, a thousand at the most",
    ),
    (
        "LIMIT $11) AS counted",
        "it looks at the page that an index has led to",
    ),
];

/// Statements that sort what they have found, and why they may.
const SORTS: &[(&str, &str)] = &[
    ("LIMIT $11) AS counted", "the rows of one page"),
    (") AS duties", "figures are counted part by part"),
    (
        "AS unsent\n",
        "of its own a unit has not sent few, and jointly it issues few",
    ),
    ("ORDER BY CASE full_name", "two units at the most"),
    (
        "FROM texts\n",
        "only those due at the same instant are sorted, by their digest",
    ),
    (
        "SELECT DISTINCT d.document_id",
        "few documents hold the same file",
    ),
    (
        "JOIN access a ON a.document_id = d.id AND a.unit_id = $1",
        "a document has few replies",
    ),
    (
        "GROUP BY v.document_id",
        "the deliveries of one page of documents",
    ),
    (
        "ORDER BY v.role DESC, v.id",
        "the deliveries of one document",
    ),
    ("FROM duty_entries\n", "the journal of one duty"),
    ("FROM memberships m", "the people of one unit"),
    ("AND event = $3", "the versions of one event"),
    (
        "WHERE d.document_id = $1\n                  ORDER BY d.position",
        "one document's files",
    ),
];

fn all_statements() -> BTreeSet<String> {
    statements(&sources("src/store"))
}

/// The statements that SQLite runs, each with the steps by which it does so.
async fn plans() -> Vec<(String, Vec<String>)> {
    let home = Home::sqlite();
    home.open().await.close().await;
    let Behind::Sqlite(mut connection) = home.behind().await else {
        unreachable!()
    };
    let mut plans = Vec::new();
    for sql in all_statements() {
        if ["current_setting", "ANY($1)", "ANY($2)"]
            .iter()
            .any(|own| sql.contains(own))
        {
            continue;
        }
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps = sqlx::query(explain)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        plans.push((sql, steps.iter().map(|step| step.get("detail")).collect()));
    }
    plans
}

fn is_excused(sql: &str, excuses: &[(&str, &str)]) -> bool {
    excuses.iter().any(|(part, _)| sql.contains(part))
}

#[tokio::test]
async fn no_statement_walks_through_a_table() {
    let plans = plans().await;
    assert!(
        plans.len() > 90,
        "only {} statements were found",
        plans.len()
    );
    let walks = |step: &String| {
        step.starts_with("SCAN ") && !step.contains("CONSTANT ROW") && !step.contains("json_each")
    };
    for (sql, steps) in plans {
        let excused = is_excused(&sql, WALKS);
        assert!(excused || !steps.iter().any(walks), "{sql}\n{steps:#?}");
    }
}

#[tokio::test]
async fn no_list_is_sorted_after_it_was_found() {
    for (sql, steps) in plans().await {
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        let excused = is_excused(&sql, SORTS);
        assert!(excused || !sorts, "{sql}\n{steps:#?}");
    }
}

/// What is closed is most of it: an index that leads to the rest is used by what counts the rest,
/// and by the ledger wherever a state is asked for.
#[tokio::test]
async fn open_duties_are_found_without_a_look_at_those_that_are_closed() {
    let mut looked_at = 0;
    for (sql, steps) in plans().await {
        let is_staged = ["stage = ", "stage IN ("]
            .iter()
            .any(|part| sql.contains(part));
        if !is_staged {
            continue;
        }
        looked_at += 1;
        let leads = |step: &String| step.contains("obligations_") && step.contains("stage=?");
        assert!(steps.iter().any(leads), "{sql}\n{steps:#?}");
    }
    // One that counts, and the ledger: three sides, four orders and what has no day.
    assert_eq!(looked_at, 1 + 3 * 5);
}

#[tokio::test]
async fn a_row_is_removed_without_a_search_for_what_refers_to_it() {
    let statements = all_statements();
    let removed: BTreeSet<_> = statements
        .iter()
        .filter_map(|sql| sql.strip_prefix("DELETE FROM ")?.split_whitespace().next())
        .collect();
    assert!(
        removed.contains("documents") && removed.contains("files"),
        "{removed:?}"
    );
    let home = Home::sqlite();
    home.open().await.close().await;
    let references = home
        .rows::<(String, String, String)>(
            "SELECT t.name, f.\"from\", f.\"table\"
               FROM sqlite_schema t, pragma_foreign_key_list(t.name) f
              WHERE t.type = 'table'",
        )
        .await;
    let leading: BTreeSet<_> = home
        .rows::<(String, String)>(
            "SELECT t.name, c.name
               FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c
              WHERE t.type = 'table' AND c.seqno = 0",
        )
        .await
        .into_iter()
        .collect();
    for (table, column, parent) in references {
        let is_found = leading.contains(&(table.clone(), column.clone()));
        assert!(
            is_found || !removed.contains(parent.as_str()),
            "{table}.{column} refers to {parent}, rows of which are removed, without an index"
        );
    }
}
