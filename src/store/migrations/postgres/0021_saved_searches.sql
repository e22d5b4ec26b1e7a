-- Searches that people keep, in a unit that they act for, under names of their own. Since when one
-- watches for new documents; null where it does not.
CREATE TABLE saved_searches (
    id            UUID    NOT NULL PRIMARY KEY,
    user_id       UUID    NOT NULL REFERENCES users (id),
    unit_id       UUID    NOT NULL REFERENCES units (id),
    name          TEXT COLLATE "C" NOT NULL,
    criteria      TEXT    NOT NULL,
    watched_since BIGINT,
    created_at    BIGINT  NOT NULL,
    revision      BIGINT  NOT NULL,
    UNIQUE (user_id, unit_id, name)
);
CREATE INDEX saved_searches_watching ON saved_searches (unit_id) WHERE watched_since IS NOT NULL;

-- What a search was told of already: the row decides that each document is told once. It refers to no
-- row of documents, since no draft is ever told.
CREATE TABLE search_matches (
    search_id   UUID    NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    document_id UUID    NOT NULL,
    told_at     BIGINT  NOT NULL,
    PRIMARY KEY (search_id, document_id)
);

-- How far the change log has been read for what searches watch for. What was there before there were
-- any is no news.
CREATE TABLE search_watch (
    one      BIGINT  NOT NULL PRIMARY KEY CHECK (one = 1),
    position BIGINT  NOT NULL
);
INSERT INTO search_watch (one, position) SELECT one, changes FROM log_head WHERE one = 1;

-- A word may be of a search instead of a duty.
ALTER TABLE notifications ALTER COLUMN obligation_id DROP NOT NULL;
ALTER TABLE notifications ADD COLUMN search_id UUID;
ALTER TABLE notifications ADD COLUMN search_name TEXT;
