-- Instants are milliseconds since 1970 UTC; legal dates are 'YYYY-MM-DD' in Asia/Shanghai.

CREATE TABLE hub_facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- Who takes part -----------------------------------------------------------------------------

CREATE TABLE units (
    id          BLOB    NOT NULL PRIMARY KEY,
    full_name   TEXT    NOT NULL UNIQUE,
    short_name  TEXT    NOT NULL UNIQUE,
    branch      TEXT    NOT NULL,
    credit_code TEXT    UNIQUE,
    parent_id   BLOB    REFERENCES units (id),
    active      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    revision    INTEGER NOT NULL
) STRICT;

CREATE TABLE unit_prefixes (
    prefix   TEXT    NOT NULL PRIMARY KEY,
    unit_id  BLOB    NOT NULL REFERENCES units (id),
    position INTEGER NOT NULL
) STRICT;
CREATE INDEX unit_prefixes_of_unit ON unit_prefixes (unit_id, position);

CREATE TABLE users (
    id             BLOB    NOT NULL PRIMARY KEY,
    login          TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    password_hash  TEXT    NOT NULL,
    password_state TEXT    NOT NULL,
    hub_roles      TEXT    NOT NULL,
    active         INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    revision       INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
    user_id BLOB NOT NULL REFERENCES users (id),
    unit_id BLOB NOT NULL REFERENCES units (id),
    roles   TEXT NOT NULL,
    PRIMARY KEY (user_id, unit_id)
) STRICT;
CREATE INDEX memberships_of_unit ON memberships (unit_id, user_id);

CREATE TABLE sessions (
    id         BLOB    NOT NULL PRIMARY KEY,
    user_id    BLOB    NOT NULL REFERENCES users (id),
    unit_id    BLOB    REFERENCES units (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id, ended_at);

CREATE TABLE refresh_tokens (
    hash       BLOB    NOT NULL PRIMARY KEY,
    session_id BLOB    NOT NULL REFERENCES sessions (id),
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE idempotency (
    user_id     BLOB    NOT NULL,
    key         TEXT    NOT NULL,
    route       TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    status      INTEGER,
    etag        TEXT,
    location    TEXT,
    body        TEXT,
    at          INTEGER NOT NULL,
    PRIMARY KEY (user_id, key, route)
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (at);

-- What is exchanged --------------------------------------------------------------------------

CREATE TABLE files (
    id          BLOB    NOT NULL PRIMARY KEY,
    digest      TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    media_type  TEXT    NOT NULL,
    unit_id     BLOB    NOT NULL REFERENCES units (id),
    uploaded_by BLOB    NOT NULL REFERENCES users (id),
    uploaded_at INTEGER NOT NULL,
    attached    INTEGER NOT NULL
) STRICT;
CREATE INDEX files_by_digest ON files (digest);
CREATE INDEX files_of_unit ON files (unit_id, uploaded_at);
CREATE INDEX files_unattached ON files (attached, uploaded_at);

-- The text of a file, derived from its bytes; rows in state 'pending' are the extractor's queue.
CREATE TABLE texts (
    digest          TEXT    NOT NULL PRIMARY KEY,
    media_type      TEXT    NOT NULL,
    size            INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    reason          TEXT,
    engine          TEXT,
    chars           INTEGER,
    attempts        INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX texts_queue ON texts (state, next_attempt_at);

CREATE TABLE documents (
    id            BLOB    NOT NULL PRIMARY KEY,
    unit_id       BLOB    NOT NULL REFERENCES units (id),
    kind_code     TEXT    NOT NULL,
    kind_version  INTEGER NOT NULL,
    title         TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    urgency       TEXT    NOT NULL,
    openness      TEXT    NOT NULL,
    dated_on      TEXT,
    number_prefix TEXT,
    number_year   INTEGER,
    number_seq    INTEGER,
    case_number   TEXT,
    reply_due_on  TEXT,
    fields        TEXT    NOT NULL,
    in_reply_to   BLOB    REFERENCES documents (id),
    created_by    BLOB    NOT NULL REFERENCES users (id),
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    issued_by     BLOB    REFERENCES users (id),
    issued_at     INTEGER,
    sent_by       BLOB    REFERENCES users (id),
    sent_at       INTEGER,
    manifest      TEXT,
    revision      INTEGER NOT NULL,
    UNIQUE (unit_id, number_prefix, number_year, number_seq)
) STRICT;
CREATE INDEX documents_replies ON documents (in_reply_to);

CREATE TABLE doc_number_series (
    unit_id  BLOB    NOT NULL REFERENCES units (id),
    prefix   TEXT    NOT NULL,
    year     INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (unit_id, prefix, year)
) STRICT;

CREATE TABLE document_files (
    document_id BLOB    NOT NULL REFERENCES documents (id),
    position    INTEGER NOT NULL,
    file_id     BLOB    NOT NULL REFERENCES files (id),
    role        TEXT    NOT NULL,
    PRIMARY KEY (document_id, position),
    UNIQUE (document_id, file_id)
) STRICT;
CREATE INDEX document_files_by_file ON document_files (file_id);

CREATE TABLE document_recipients (
    document_id BLOB    NOT NULL REFERENCES documents (id),
    position    INTEGER NOT NULL,
    unit_id     BLOB    NOT NULL REFERENCES units (id),
    role        TEXT    NOT NULL,
    PRIMARY KEY (document_id, position),
    UNIQUE (document_id, unit_id)
) STRICT;

CREATE TABLE joint_issuers (
    document_id  BLOB    NOT NULL REFERENCES documents (id),
    position     INTEGER NOT NULL,
    unit_id      BLOB    NOT NULL REFERENCES units (id),
    consented_by BLOB    REFERENCES users (id),
    consented_at INTEGER,
    PRIMARY KEY (document_id, position),
    UNIQUE (document_id, unit_id)
) STRICT;

-- The one place that says which unit may see which document.
CREATE TABLE access (
    unit_id     BLOB    NOT NULL REFERENCES units (id),
    document_id BLOB    NOT NULL REFERENCES documents (id),
    basis       TEXT    NOT NULL,
    since       INTEGER NOT NULL,
    PRIMARY KEY (unit_id, document_id)
) STRICT;
CREATE INDEX access_newest ON access (unit_id, since, document_id);
CREATE INDEX access_of_document ON access (document_id);

CREATE TABLE deliveries (
    id            BLOB    NOT NULL PRIMARY KEY,
    document_id   BLOB    NOT NULL REFERENCES documents (id),
    unit_id       BLOB    NOT NULL REFERENCES units (id),
    role          TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    sent_at       INTEGER NOT NULL,
    arrived_at    INTEGER,
    first_read_at INTEGER,
    first_read_by BLOB    REFERENCES users (id),
    signed_at     INTEGER,
    signed_by     BLOB    REFERENCES users (id),
    sign_note     TEXT,
    revision      INTEGER NOT NULL,
    UNIQUE (document_id, unit_id)
) STRICT;
CREATE INDEX deliveries_inbox ON deliveries (unit_id, sent_at, id);
CREATE INDEX deliveries_inbox_by_state ON deliveries (unit_id, state, sent_at, id);

CREATE TABLE read_marks (
    document_id BLOB    NOT NULL REFERENCES documents (id),
    user_id     BLOB    NOT NULL REFERENCES users (id),
    unit_id     BLOB    NOT NULL REFERENCES units (id),
    read_at     INTEGER NOT NULL,
    PRIMARY KEY (document_id, user_id)
) STRICT;

CREATE TABLE obligations (
    id              BLOB    NOT NULL PRIMARY KEY,
    delivery_id     BLOB    NOT NULL UNIQUE REFERENCES deliveries (id),
    document_id     BLOB    NOT NULL REFERENCES documents (id),
    debtor_id       BLOB    NOT NULL REFERENCES units (id),
    creditor_id     BLOB    NOT NULL REFERENCES units (id),
    rule_code       TEXT    NOT NULL,
    rule_version    INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    typed_due_on    TEXT,
    urgency         TEXT    NOT NULL,
    anchor_on       TEXT,
    original_due_on TEXT,
    current_due_on  TEXT,
    provisional     INTEGER NOT NULL,
    explanation     TEXT,
    reply_id        BLOB    REFERENCES documents (id),
    replied_at      INTEGER,
    created_at      INTEGER NOT NULL,
    revision        INTEGER NOT NULL
) STRICT;
CREATE INDEX obligations_of_document ON obligations (document_id);
CREATE INDEX obligations_of_debtor ON obligations (debtor_id, created_at, id);
CREATE INDEX obligations_of_creditor ON obligations (creditor_id, created_at, id);
CREATE INDEX obligations_newest ON obligations (created_at, id);

-- What is proved -----------------------------------------------------------------------------

CREATE TABLE evidence (
    id          BLOB    NOT NULL PRIMARY KEY,
    document_id BLOB    NOT NULL REFERENCES documents (id),
    party_id    BLOB    NOT NULL REFERENCES units (id),
    event       TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    statement   TEXT    NOT NULL,
    signature   TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    UNIQUE (document_id, party_id, event, version)
) STRICT;
CREATE INDEX evidence_of_document ON evidence (document_id, at, id);

CREATE TABLE log_head (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    changes    INTEGER NOT NULL,
    audits     INTEGER NOT NULL,
    audit_hash TEXT    NOT NULL
) STRICT;
INSERT INTO log_head (one, changes, audits, audit_hash) VALUES (1, 0, 0, '');

CREATE TABLE changes (
    number     INTEGER NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    subject    TEXT    NOT NULL,
    subject_id BLOB    NOT NULL,
    what       TEXT    NOT NULL
) STRICT;

CREATE TABLE audits (
    number     INTEGER NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    user_id    BLOB,
    unit_id    BLOB,
    action     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    subject_id BLOB,
    outcome    TEXT    NOT NULL,
    client     TEXT,
    previous   TEXT    NOT NULL,
    hash       TEXT    NOT NULL
) STRICT;
