-- Uploads that come in pieces. The bytes lie in the staging place of one node; `received` of them
-- are known to be on its disk.
CREATE TABLE resumable_uploads (
    id         UUID   NOT NULL PRIMARY KEY,
    unit_id    UUID   NOT NULL REFERENCES units (id),
    user_id    UUID   NOT NULL REFERENCES users (id),
    place      UUID   NOT NULL,
    name       TEXT   NOT NULL,
    metadata   TEXT   NOT NULL,
    length     BIGINT,
    received   BIGINT NOT NULL,
    digest     TEXT,
    file_id    UUID,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX resumable_uploads_of_unit ON resumable_uploads (unit_id, user_id);
CREATE INDEX resumable_uploads_by_age ON resumable_uploads (expires_at);

-- Content that bears a mark of classification. What has no `destroyed_at` is yet to be destroyed.
CREATE TABLE refused_content (
    digest       TEXT   NOT NULL PRIMARY KEY,
    found_at     BIGINT NOT NULL,
    destroyed_at BIGINT
);
CREATE INDEX refused_content_waiting ON refused_content (destroyed_at, found_at);

ALTER TABLE files ADD COLUMN destroyed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE documents ADD COLUMN quarantined_at BIGINT;
