-- When a duty is to be looked at for reminders; 0 is at once, and nothing is never. Every change of
-- a duty asks for a look.
ALTER TABLE obligations ADD COLUMN remind_at INTEGER DEFAULT 0;
CREATE INDEX obligations_to_remind ON obligations (remind_at, id) WHERE remind_at IS NOT NULL;

-- The steps of the ladder that were taken: the row decides that each is taken once, on however many
-- nodes and after whatever restart. A step that a later one has overtaken is taken silently.
CREATE TABLE reminder_steps (
    obligation_id BLOB    NOT NULL REFERENCES obligations (id),
    step          TEXT    NOT NULL,
    taken_at      INTEGER  NOT NULL,
    told          INTEGER NOT NULL,
    PRIMARY KEY (obligation_id, step)
) STRICT;

-- The document is the one of the duty, which no draft is.
CREATE TABLE notifications (
    id            BLOB   NOT NULL PRIMARY KEY,
    user_id       BLOB   NOT NULL REFERENCES users (id),
    unit_id       BLOB   NOT NULL REFERENCES units (id),
    obligation_id BLOB   NOT NULL REFERENCES obligations (id),
    document_id   BLOB   NOT NULL,
    event         TEXT   NOT NULL,
    level         TEXT   NOT NULL,
    due_on        TEXT,
    text          TEXT   NOT NULL,
    created_at    INTEGER NOT NULL,
    read_at       INTEGER
) STRICT;
CREATE INDEX notifications_of_user ON notifications (user_id, unit_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (user_id, unit_id, created_at, id)
    WHERE read_at IS NULL;
