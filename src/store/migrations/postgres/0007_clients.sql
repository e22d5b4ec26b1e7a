-- A machine client is an account (for the audit and every foreign key) with a row here. Its unit
-- never changes.
CREATE TABLE clients (
    user_id    UUID    NOT NULL PRIMARY KEY REFERENCES users (id),
    unit_id    UUID    NOT NULL REFERENCES units (id),
    scopes     TEXT    NOT NULL,
    limited    BOOLEAN NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX clients_of_unit ON clients (unit_id, expires_at);

-- The only units that a limited client may send to.
CREATE TABLE client_recipients (
    client_id UUID NOT NULL REFERENCES clients (user_id),
    unit_id   UUID NOT NULL REFERENCES units (id),
    PRIMARY KEY (client_id, unit_id)
);

-- SHA-256 of each secret; the one that was replaced overlaps for a while.
CREATE TABLE client_secrets (
    hash       BYTEA   NOT NULL PRIMARY KEY,
    client_id  UUID    NOT NULL REFERENCES clients (user_id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX client_secrets_of_client ON client_secrets (client_id, created_at);

-- What a client calls its own documents, so that none is sent twice.
CREATE TABLE client_references (
    client_id   UUID    NOT NULL REFERENCES clients (user_id),
    reference   TEXT    NOT NULL,
    fingerprint BYTEA   NOT NULL,
    document_id UUID    REFERENCES documents (id),
    at          BIGINT NOT NULL,
    PRIMARY KEY (client_id, reference)
);
CREATE INDEX client_references_of_document ON client_references (document_id);

-- What the session of a client may do; those of people have none.
ALTER TABLE sessions ADD COLUMN scopes TEXT;

-- The queue that machines fetch from. A delivery is in it until the round it is in was
-- acknowledged; a lease that has run out is as good as none.
ALTER TABLE deliveries ADD COLUMN fetched_at BIGINT;
ALTER TABLE deliveries ADD COLUMN fetched_by UUID REFERENCES users (id);
ALTER TABLE deliveries ADD COLUMN acked_round BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN lease_id UUID;
ALTER TABLE deliveries ADD COLUMN leased_by UUID REFERENCES users (id);
ALTER TABLE deliveries ADD COLUMN leased_until BIGINT;
CREATE INDEX deliveries_queue ON deliveries (unit_id, sent_at, id)
 WHERE acked_round < round AND state IN ('arrived', 'read', 'signed');

-- A client names a file by its content; the newest upload of the unit is meant.
CREATE INDEX files_of_content ON files (digest, unit_id, uploaded_at, id);
