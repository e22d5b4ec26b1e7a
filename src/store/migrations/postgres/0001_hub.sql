-- Instants are milliseconds since 1970 UTC; legal dates are 'YYYY-MM-DD' in Asia/Shanghai.

CREATE TABLE hub_facts (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- Who takes part -----------------------------------------------------------------------------

CREATE TABLE units (
    id          UUID    NOT NULL PRIMARY KEY,
    full_name   TEXT    NOT NULL UNIQUE,
    short_name  TEXT    NOT NULL UNIQUE,
    branch      TEXT    NOT NULL,
    credit_code TEXT    UNIQUE,
    parent_id   UUID    REFERENCES units (id),
    active      BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL,
    revision    BIGINT NOT NULL
);

CREATE TABLE unit_prefixes (
    prefix   TEXT    NOT NULL PRIMARY KEY,
    unit_id  UUID    NOT NULL REFERENCES units (id),
    position BIGINT NOT NULL
);
CREATE INDEX unit_prefixes_of_unit ON unit_prefixes (unit_id, position);

CREATE TABLE users (
    id             UUID    NOT NULL PRIMARY KEY,
    login          TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    password_hash  TEXT    NOT NULL,
    password_state TEXT    NOT NULL,
    hub_roles      TEXT    NOT NULL,
    active         BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL,
    revision       BIGINT NOT NULL
);

CREATE TABLE memberships (
    user_id UUID NOT NULL REFERENCES users (id),
    unit_id UUID NOT NULL REFERENCES units (id),
    roles   TEXT NOT NULL,
    PRIMARY KEY (user_id, unit_id)
);
CREATE INDEX memberships_of_unit ON memberships (unit_id, user_id);

CREATE TABLE sessions (
    id         UUID    NOT NULL PRIMARY KEY,
    user_id    UUID    NOT NULL REFERENCES users (id),
    unit_id    UUID    REFERENCES units (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX sessions_of_user ON sessions (user_id, ended_at);

CREATE TABLE refresh_tokens (
    hash       BYTEA    NOT NULL PRIMARY KEY,
    session_id UUID    NOT NULL REFERENCES sessions (id),
    issued_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE idempotency (
    user_id     UUID    NOT NULL,
    key         TEXT    NOT NULL,
    route       TEXT    NOT NULL,
    fingerprint BYTEA    NOT NULL,
    status      BIGINT,
    etag        TEXT,
    location    TEXT,
    body        TEXT,
    at          BIGINT NOT NULL,
    PRIMARY KEY (user_id, key, route)
);
CREATE INDEX idempotency_by_age ON idempotency (at);

-- What is exchanged --------------------------------------------------------------------------

CREATE TABLE files (
    id          UUID    NOT NULL PRIMARY KEY,
    digest      TEXT    NOT NULL,
    size        BIGINT NOT NULL,
    name        TEXT    NOT NULL,
    media_type  TEXT    NOT NULL,
    unit_id     UUID    NOT NULL REFERENCES units (id),
    uploaded_by UUID    NOT NULL REFERENCES users (id),
    uploaded_at BIGINT NOT NULL,
    attached    BOOLEAN NOT NULL
);
CREATE INDEX files_by_digest ON files (digest);
CREATE INDEX files_of_unit ON files (unit_id, uploaded_at);
CREATE INDEX files_unattached ON files (attached, uploaded_at);

-- The text of a file, derived from its bytes; rows in state 'pending' are the extractor's queue.
CREATE TABLE texts (
    digest          TEXT    NOT NULL PRIMARY KEY,
    media_type      TEXT    NOT NULL,
    size            BIGINT NOT NULL,
    state           TEXT    NOT NULL,
    reason          TEXT,
    engine          TEXT,
    chars           BIGINT,
    attempts        BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL
);
CREATE INDEX texts_queue ON texts (state, next_attempt_at);

CREATE TABLE documents (
    id            UUID    NOT NULL PRIMARY KEY,
    unit_id       UUID    NOT NULL REFERENCES units (id),
    kind_code     TEXT    NOT NULL,
    kind_version  BIGINT NOT NULL,
    title         TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    urgency       TEXT    NOT NULL,
    openness      TEXT    NOT NULL,
    dated_on      TEXT COLLATE "C",
    number_prefix TEXT,
    number_year   BIGINT,
    number_seq    BIGINT,
    case_number   TEXT,
    reply_due_on  TEXT COLLATE "C",
    fields        TEXT    NOT NULL,
    in_reply_to   UUID    REFERENCES documents (id),
    created_by    UUID    NOT NULL REFERENCES users (id),
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    issued_by     UUID    REFERENCES users (id),
    issued_at     BIGINT,
    sent_by       UUID    REFERENCES users (id),
    sent_at       BIGINT,
    manifest      TEXT,
    revision      BIGINT NOT NULL,
    UNIQUE (unit_id, number_prefix, number_year, number_seq)
);
CREATE INDEX documents_replies ON documents (in_reply_to);

CREATE TABLE doc_number_series (
    unit_id  UUID    NOT NULL REFERENCES units (id),
    prefix   TEXT    NOT NULL,
    year     BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    PRIMARY KEY (unit_id, prefix, year)
);

CREATE TABLE document_files (
    document_id UUID    NOT NULL REFERENCES documents (id),
    position    BIGINT NOT NULL,
    file_id     UUID    NOT NULL REFERENCES files (id),
    role        TEXT    NOT NULL,
    PRIMARY KEY (document_id, position),
    UNIQUE (document_id, file_id)
);
CREATE INDEX document_files_by_file ON document_files (file_id);

CREATE TABLE document_recipients (
    document_id UUID    NOT NULL REFERENCES documents (id),
    position    BIGINT NOT NULL,
    unit_id     UUID    NOT NULL REFERENCES units (id),
    role        TEXT    NOT NULL,
    PRIMARY KEY (document_id, position),
    UNIQUE (document_id, unit_id)
);

CREATE TABLE joint_issuers (
    document_id  UUID    NOT NULL REFERENCES documents (id),
    position     BIGINT NOT NULL,
    unit_id      UUID    NOT NULL REFERENCES units (id),
    consented_by UUID    REFERENCES users (id),
    consented_at BIGINT,
    PRIMARY KEY (document_id, position),
    UNIQUE (document_id, unit_id)
);

-- The one place that says which unit may see which document.
CREATE TABLE access (
    unit_id     UUID    NOT NULL REFERENCES units (id),
    document_id UUID    NOT NULL REFERENCES documents (id),
    basis       TEXT    NOT NULL,
    since       BIGINT NOT NULL,
    PRIMARY KEY (unit_id, document_id)
);
CREATE INDEX access_newest ON access (unit_id, since, document_id);
CREATE INDEX access_of_document ON access (document_id);

CREATE TABLE deliveries (
    id            UUID    NOT NULL PRIMARY KEY,
    document_id   UUID    NOT NULL REFERENCES documents (id),
    unit_id       UUID    NOT NULL REFERENCES units (id),
    role          TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    sent_at       BIGINT NOT NULL,
    arrived_at    BIGINT,
    first_read_at BIGINT,
    first_read_by UUID    REFERENCES users (id),
    signed_at     BIGINT,
    signed_by     UUID    REFERENCES users (id),
    sign_note     TEXT,
    revision      BIGINT NOT NULL,
    UNIQUE (document_id, unit_id)
);
CREATE INDEX deliveries_inbox ON deliveries (unit_id, sent_at, id);
CREATE INDEX deliveries_inbox_by_state ON deliveries (unit_id, state, sent_at, id);

CREATE TABLE read_marks (
    document_id UUID    NOT NULL REFERENCES documents (id),
    user_id     UUID    NOT NULL REFERENCES users (id),
    unit_id     UUID    NOT NULL REFERENCES units (id),
    read_at     BIGINT NOT NULL,
    PRIMARY KEY (document_id, user_id)
);

CREATE TABLE obligations (
    id              UUID    NOT NULL PRIMARY KEY,
    delivery_id     UUID    NOT NULL UNIQUE REFERENCES deliveries (id),
    document_id     UUID    NOT NULL REFERENCES documents (id),
    debtor_id       UUID    NOT NULL REFERENCES units (id),
    creditor_id     UUID    NOT NULL REFERENCES units (id),
    rule_code       TEXT    NOT NULL,
    rule_version    BIGINT NOT NULL,
    state           TEXT    NOT NULL,
    typed_due_on    TEXT COLLATE "C",
    urgency         TEXT    NOT NULL,
    anchor_on       TEXT COLLATE "C",
    original_due_on TEXT COLLATE "C",
    current_due_on  TEXT COLLATE "C",
    provisional     BOOLEAN NOT NULL,
    explanation     TEXT,
    reply_id        UUID    REFERENCES documents (id),
    replied_at      BIGINT,
    created_at      BIGINT NOT NULL,
    revision        BIGINT NOT NULL
);
CREATE INDEX obligations_of_document ON obligations (document_id);
CREATE INDEX obligations_of_debtor ON obligations (debtor_id, created_at, id);
CREATE INDEX obligations_of_creditor ON obligations (creditor_id, created_at, id);
CREATE INDEX obligations_newest ON obligations (created_at, id);

-- What is proved -----------------------------------------------------------------------------

CREATE TABLE evidence (
    id          UUID    NOT NULL PRIMARY KEY,
    document_id UUID    NOT NULL REFERENCES documents (id),
    party_id    UUID    NOT NULL REFERENCES units (id),
    event       TEXT    NOT NULL,
    version     BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    statement   TEXT    NOT NULL,
    signature   TEXT    NOT NULL,
    key_id      TEXT    NOT NULL,
    UNIQUE (document_id, party_id, event, version)
);
CREATE INDEX evidence_of_document ON evidence (document_id, at, id);

CREATE TABLE log_head (
    one        BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    changes    BIGINT NOT NULL,
    audits     BIGINT NOT NULL,
    audit_hash TEXT    NOT NULL
);
INSERT INTO log_head (one, changes, audits, audit_hash) VALUES (1, 0, 0, '');

CREATE TABLE changes (
    number     BIGINT NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    subject    TEXT    NOT NULL,
    subject_id UUID    NOT NULL,
    what       TEXT    NOT NULL
);

CREATE TABLE audits (
    number     BIGINT NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    user_id    UUID,
    unit_id    UUID,
    action     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    subject_id UUID,
    outcome    TEXT    NOT NULL,
    client     TEXT,
    previous   TEXT    NOT NULL,
    hash       TEXT    NOT NULL
);
