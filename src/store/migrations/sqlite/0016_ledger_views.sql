-- The day by which the next answer is awaited leads through the ledger as the moment of its
-- arising does. Those that nothing is awaited of yet have none, and lie together in the index.
ALTER TABLE obligations ADD COLUMN awaited_by TEXT GENERATED ALWAYS AS (
    COALESCE(supplement_due_on, current_due_on)
) VIRTUAL;
CREATE INDEX obligations_owed_by_day ON obligations (debtor_id, awaited_by, id);
CREATE INDEX obligations_owed_in_stage_by_day ON obligations (debtor_id, stage, awaited_by, id);
CREATE INDEX obligations_due_by_day ON obligations (creditor_id, awaited_by, id);
CREATE INDEX obligations_due_in_stage_by_day ON obligations (creditor_id, stage, awaited_by, id);
CREATE INDEX obligations_by_day ON obligations (awaited_by, id);
CREATE INDEX obligations_in_stage_by_day ON obligations (stage, awaited_by, id);

-- How a person looks at the ledger of a unit, under names of their own.
CREATE TABLE ledger_views (
    id         BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB    NOT NULL REFERENCES users (id),
    unit_id    BLOB    NOT NULL REFERENCES units (id),
    name       TEXT    NOT NULL,
    criteria   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    UNIQUE (user_id, unit_id, name)
) STRICT;
