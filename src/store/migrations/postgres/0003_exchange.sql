-- Whose affair a change is: what happens between a document's issuers and one unit is not told to
-- the other recipients.
ALTER TABLE changes ADD COLUMN party_id UUID REFERENCES units (id);

-- A statement is unique for document, unit, event and round of the delivery.
ALTER TABLE evidence RENAME COLUMN version TO round;
ALTER TABLE deliveries ADD COLUMN round BIGINT NOT NULL DEFAULT 1;

-- A correction is a document of its own that names what it replaces. It keeps the number of the
-- first version, whose row holds it.
ALTER TABLE documents ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE documents ADD COLUMN replaces UUID REFERENCES documents (id);
ALTER TABLE documents ADD COLUMN kept_number TEXT;
CREATE UNIQUE INDEX documents_replaced ON documents (replaces) WHERE replaces IS NOT NULL;

DROP INDEX documents_unsent;
CREATE INDEX documents_unsent ON documents (state, id) WHERE state IN ('draft', 'in_review', 'issued');
