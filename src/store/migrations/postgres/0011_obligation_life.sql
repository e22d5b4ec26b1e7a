-- What is known of a duty beside its state. Requests that wait for a decision stop nothing, so
-- they are facts and not states.
ALTER TABLE obligations ADD COLUMN level TEXT NOT NULL DEFAULT 'none';
ALTER TABLE obligations ADD COLUMN handler_id UUID REFERENCES users (id);
ALTER TABLE obligations ADD COLUMN extending BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE obligations ADD COLUMN objecting BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE obligations ADD COLUMN supplement_due_on TEXT COLLATE "C";
ALTER TABLE obligations ADD COLUMN adoption TEXT;
ALTER TABLE obligations ADD COLUMN evaluated_at BIGINT;
ALTER TABLE obligations ADD COLUMN closed_at BIGINT;

-- What was done about a duty; only ever added to. A request is decided once. What only follows
-- from a new calendar is nobody's act and has no statement.
CREATE TABLE duty_entries (
    id            UUID   NOT NULL PRIMARY KEY,
    obligation_id UUID   NOT NULL REFERENCES obligations (id),
    event         TEXT   NOT NULL,
    round         BIGINT NOT NULL,
    at            BIGINT NOT NULL,
    unit_id       UUID   REFERENCES units (id),
    user_id       UUID   NOT NULL,
    details       TEXT   NOT NULL,
    answers       UUID   UNIQUE REFERENCES duty_entries (id),
    evidence_id   UUID REFERENCES evidence (id),
    UNIQUE (obligation_id, event, round)
);
