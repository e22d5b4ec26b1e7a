-- 审核, 修改, 撤回, 归档 of a document.
ALTER TABLE documents ADD COLUMN submitted_by UUID REFERENCES users (id);
ALTER TABLE documents ADD COLUMN submitted_at BIGINT;
ALTER TABLE documents ADD COLUMN review_approved BOOLEAN;
ALTER TABLE documents ADD COLUMN reviewed_by UUID REFERENCES users (id);
ALTER TABLE documents ADD COLUMN reviewed_at BIGINT;
ALTER TABLE documents ADD COLUMN review_note TEXT;
ALTER TABLE documents ADD COLUMN amendment TEXT;
ALTER TABLE documents ADD COLUMN superseded_at BIGINT;
ALTER TABLE documents ADD COLUMN recalled_by UUID REFERENCES users (id);
ALTER TABLE documents ADD COLUMN recalled_at BIGINT;
ALTER TABLE documents ADD COLUMN recall_reason TEXT;
ALTER TABLE documents ADD COLUMN archived_by UUID REFERENCES users (id);
ALTER TABLE documents ADD COLUMN archived_at BIGINT;

-- A joint issuer may also refuse: consented_by and consented_at then say who and when.
ALTER TABLE joint_issuers ADD COLUMN refusal TEXT;

-- 统称.
CREATE TABLE unit_groups (
    id         UUID    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revision   BIGINT NOT NULL
);

CREATE TABLE unit_group_members (
    group_id UUID    NOT NULL REFERENCES unit_groups (id),
    position BIGINT NOT NULL,
    unit_id  UUID    NOT NULL REFERENCES units (id),
    PRIMARY KEY (group_id, position),
    UNIQUE (group_id, unit_id)
);

-- The groups that a document is addressed to, under the names they had then. The units that they
-- became at sending stand in document_recipients; the group itself may be gone.
CREATE TABLE document_groups (
    document_id UUID    NOT NULL REFERENCES documents (id),
    position    BIGINT NOT NULL,
    group_id    UUID    NOT NULL,
    name        TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    PRIMARY KEY (document_id, position),
    UNIQUE (document_id, group_id)
);
