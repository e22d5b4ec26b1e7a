-- Searches that people keep, in a unit that they act for, under names of their own. Since when one
-- watches for new documents; null where it does not.
CREATE TABLE saved_searches (
    id            BLOB    NOT NULL PRIMARY KEY,
    user_id       BLOB    NOT NULL REFERENCES users (id),
    unit_id       BLOB    NOT NULL REFERENCES units (id),
    name          TEXT    NOT NULL,
    criteria      TEXT    NOT NULL,
    watched_since INTEGER,
    created_at    INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    UNIQUE (user_id, unit_id, name)
) STRICT;
CREATE INDEX saved_searches_watching ON saved_searches (unit_id) WHERE watched_since IS NOT NULL;

-- What a search was told of already: the row decides that each document is told once. It refers to no
-- row of documents, since no draft is ever told.
CREATE TABLE search_matches (
    search_id   BLOB    NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    document_id BLOB    NOT NULL,
    told_at     INTEGER NOT NULL,
    PRIMARY KEY (search_id, document_id)
) STRICT;

-- How far the change log has been read for what searches watch for. What was there before there were
-- any is no news.
CREATE TABLE search_watch (
    one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL
) STRICT;
INSERT INTO search_watch (one, position) SELECT one, changes FROM log_head WHERE one = 1;

-- A word may be of a search instead of a duty. A column that may be empty takes another table, and
-- a table that others refer to cannot be replaced, so the mails step aside for as long.
CREATE TABLE mails_aside AS SELECT * FROM mails;
DROP TABLE mails;
CREATE TABLE notifications_next (
    id            BLOB   NOT NULL PRIMARY KEY,
    user_id       BLOB   NOT NULL REFERENCES users (id),
    unit_id       BLOB   NOT NULL REFERENCES units (id),
    obligation_id BLOB   REFERENCES obligations (id),
    document_id   BLOB   NOT NULL,
    event         TEXT   NOT NULL,
    level         TEXT   NOT NULL,
    due_on        TEXT,
    text          TEXT   NOT NULL,
    created_at    INTEGER NOT NULL,
    read_at       INTEGER,
    search_id     BLOB,
    search_name   TEXT
) STRICT;
INSERT INTO notifications_next (id, user_id, unit_id, obligation_id, document_id, event, level,
                                due_on, text, created_at, read_at)
SELECT id, user_id, unit_id, obligation_id, document_id, event, level, due_on, text, created_at, read_at
  FROM notifications;
DROP TABLE notifications;
ALTER TABLE notifications_next RENAME TO notifications;
CREATE INDEX notifications_of_user ON notifications (user_id, unit_id, created_at, id);
CREATE INDEX notifications_unread ON notifications (user_id, unit_id, created_at, id)
    WHERE read_at IS NULL;
CREATE TABLE mails (
    notification_id BLOB NOT NULL PRIMARY KEY REFERENCES notifications (id),
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    next_at         INTEGER NOT NULL,
    fault           TEXT,
    created_at      INTEGER NOT NULL,
    settled_at      INTEGER
) STRICT;
INSERT INTO mails (notification_id, state, attempts, next_at, fault, created_at, settled_at)
SELECT notification_id, state, attempts, next_at, fault, created_at, settled_at
  FROM mails_aside;
DROP TABLE mails_aside;
CREATE INDEX mails_due ON mails (next_at, notification_id) WHERE state = 'waiting';
CREATE INDEX mails_waiting ON mails (created_at) WHERE state = 'waiting';
CREATE INDEX mails_settled ON mails (settled_at) WHERE settled_at IS NOT NULL;
