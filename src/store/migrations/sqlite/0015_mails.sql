-- Where a person is reached outside the hub; nothing where they are not.
ALTER TABLE users ADD COLUMN email TEXT;

-- The notifications that go out by e-mail as well, each written together with its notification. To
-- whom is asked at the moment of sending. Whoever sends one puts next_at off for as long as that may
-- take, so that nobody else does, and counts the attempt.
CREATE TABLE mails (
    notification_id BLOB NOT NULL PRIMARY KEY REFERENCES notifications (id),
    state           TEXT NOT NULL,
    attempts        INTEGER NOT NULL,
    next_at         INTEGER NOT NULL,
    fault           TEXT,
    created_at      INTEGER NOT NULL,
    settled_at      INTEGER
) STRICT;
CREATE INDEX mails_due ON mails (next_at, notification_id) WHERE state = 'waiting';
CREATE INDEX mails_waiting ON mails (created_at) WHERE state = 'waiting';
CREATE INDEX mails_settled ON mails (settled_at) WHERE settled_at IS NOT NULL;
