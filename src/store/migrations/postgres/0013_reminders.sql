-- When a duty is to be looked at for reminders; 0 is at once, and nothing is never. Every change of
-- a duty asks for a look.
ALTER TABLE obligations ADD COLUMN remind_at BIGINT DEFAULT 0;
CREATE INDEX obligations_to_remind ON obligations (remind_at, id) WHERE remind_at IS NOT NULL;

-- The steps of the ladder that were taken: the row decides that each is taken once, on however many
-- nodes and after whatever restart. A step that a later one has overtaken is taken silently.
CREATE TABLE reminder_steps (
    obligation_id UUID    NOT NULL REFERENCES obligations (id),
    step          TEXT    NOT NULL,
    taken_at      BIGINT  NOT NULL,
    told          BOOLEAN NOT NULL,
    PRIMARY KEY (obligation_id, step)
);

-- The document is the one of the duty, which no draft is.
CREATE TABLE notifications (
    id            UUID   NOT NULL PRIMARY KEY,
    user_id       UUID   NOT NULL REFERENCES users (id),
    unit_id       UUID   NOT NULL REFERENCES units (id),
    obligation_id UUID   NOT NULL REFERENCES obligations (id),
    document_id   UUID   NOT NULL,
    event         TEXT   NOT NULL,
    level         TEXT   NOT NULL,
    due_on        TEXT COLLATE "C",
    text          TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    read_at       BIGINT
);
CREATE INDEX notifications_of_user ON notifications (user_id, unit_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (user_id, unit_id, created_at, id)
    WHERE read_at IS NULL;
