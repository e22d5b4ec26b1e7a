-- What is known of a duty beside its state. Requests that wait for a decision stop nothing, so
-- they are facts and not states.
ALTER TABLE obligations ADD COLUMN level TEXT NOT NULL DEFAULT 'none';
ALTER TABLE obligations ADD COLUMN handler_id BLOB REFERENCES users (id);
ALTER TABLE obligations ADD COLUMN extending INTEGER NOT NULL DEFAULT 0;
ALTER TABLE obligations ADD COLUMN objecting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE obligations ADD COLUMN supplement_due_on TEXT;
ALTER TABLE obligations ADD COLUMN adoption TEXT;
ALTER TABLE obligations ADD COLUMN evaluated_at INTEGER;
ALTER TABLE obligations ADD COLUMN closed_at INTEGER;

-- What was done about a duty; only ever added to. A request is decided once. What only follows
-- from a new calendar is nobody's act and has no statement.
CREATE TABLE duty_entries (
    id            BLOB   NOT NULL PRIMARY KEY,
    obligation_id BLOB   NOT NULL REFERENCES obligations (id),
    event         TEXT   NOT NULL,
    round         INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    unit_id       BLOB   REFERENCES units (id),
    user_id       BLOB   NOT NULL,
    details       TEXT   NOT NULL,
    answers       BLOB   UNIQUE REFERENCES duty_entries (id),
    evidence_id   BLOB REFERENCES evidence (id),
    UNIQUE (obligation_id, event, round)
) STRICT;
