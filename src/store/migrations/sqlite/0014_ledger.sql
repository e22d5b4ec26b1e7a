-- The ledger is led through by the side and the stage of a duty. The states that run on beneath a
-- request are one stage, since they are told apart by what else is known of it.
ALTER TABLE obligations ADD COLUMN stage TEXT GENERATED ALWAYS AS (
    CASE WHEN state IN ('awaiting_registration', 'in_progress') THEN 'running' ELSE state END
) VIRTUAL;
CREATE INDEX obligations_owed_in_stage ON obligations (debtor_id, stage, created_at, id);
CREATE INDEX obligations_due_in_stage ON obligations (creditor_id, stage, created_at, id);
CREATE INDEX obligations_in_stage ON obligations (stage, created_at, id);
