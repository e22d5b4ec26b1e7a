-- What the boxes of a unit are filtered by, taken over from the document: of a delivery neither
-- changes. Null only in a row that no program of this version has written.
ALTER TABLE deliveries ADD COLUMN sender_id UUID REFERENCES units (id);
ALTER TABLE deliveries ADD COLUMN kind_code TEXT;
ALTER TABLE deliveries ADD COLUMN urgency TEXT;

-- Who has passed it on, and which delivery that unit had.
ALTER TABLE deliveries ADD COLUMN forwarded_from UUID REFERENCES deliveries (id);
ALTER TABLE deliveries ADD COLUMN forwarded_by UUID REFERENCES users (id);
ALTER TABLE deliveries ADD COLUMN forward_note TEXT;

-- Signed by the rule: the legal day that counts, and when the hub wrote it down.
ALTER TABLE deliveries ADD COLUMN deemed_on TEXT COLLATE "C";
ALTER TABLE deliveries ADD COLUMN deemed_at BIGINT;

-- Inside the unit: how often it was assigned, and whether it is closed.
ALTER TABLE deliveries ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN done_at BIGINT;
ALTER TABLE deliveries ADD COLUMN done_by UUID REFERENCES users (id);
ALTER TABLE deliveries ADD COLUMN done_note TEXT;

-- The box in which it lies follows from the rest, whoever changes the state.
ALTER TABLE deliveries ADD COLUMN box TEXT GENERATED ALWAYS AS (
    CASE WHEN state IN ('arrived', 'read') THEN 'unsigned'
         WHEN state <> 'signed' THEN 'closed'
         WHEN done_at IS NOT NULL THEN 'done'
         WHEN turn > 0 THEN 'in_hand'
         ELSE 'signed' END) STORED;

UPDATE deliveries
   SET sender_id = (SELECT d.unit_id FROM documents d WHERE d.id = document_id),
       kind_code = (SELECT d.kind_code FROM documents d WHERE d.id = document_id),
       urgency = (SELECT d.urgency FROM documents d WHERE d.id = document_id);

-- A page of a box costs the same whatever it is filtered by.
CREATE INDEX deliveries_inbox_by_box ON deliveries (unit_id, box, sent_at, id);
CREATE INDEX deliveries_inbox_by_kind ON deliveries (unit_id, kind_code, sent_at, id);
CREATE INDEX deliveries_inbox_by_sender ON deliveries (unit_id, sender_id, sent_at, id);
CREATE INDEX deliveries_inbox_by_role ON deliveries (unit_id, role, sent_at, id);
CREATE INDEX deliveries_inbox_by_urgency ON deliveries (unit_id, urgency, sent_at, id);
-- What nobody has signed for yet, oldest first: the rule asks for it.
CREATE INDEX deliveries_unsigned ON deliveries (arrived_at, id) WHERE state IN ('arrived', 'read');
CREATE INDEX deliveries_forwarded ON deliveries (forwarded_from);

-- A document is sent back once in each round, before it is signed for.
CREATE TABLE delivery_returns (
    delivery_id   UUID NOT NULL REFERENCES deliveries (id),
    round         BIGINT NOT NULL,
    reason        TEXT NOT NULL,
    note          TEXT,
    returned_by   UUID NOT NULL REFERENCES users (id),
    returned_at   BIGINT NOT NULL,
    outcome       TEXT,
    decision_note TEXT,
    decided_by    UUID REFERENCES users (id),
    decided_at    BIGINT,
    PRIMARY KEY (delivery_id, round)
);

-- Who handles it inside the unit. Who was replaced stays written down.
CREATE TABLE assignments (
    delivery_id UUID NOT NULL REFERENCES deliveries (id),
    turn        BIGINT NOT NULL,
    user_id     UUID NOT NULL REFERENCES users (id),
    unit_id     UUID NOT NULL REFERENCES units (id),
    role        TEXT NOT NULL,
    assigned_by UUID NOT NULL REFERENCES users (id),
    assigned_at BIGINT NOT NULL,
    note        TEXT,
    sent_at     BIGINT NOT NULL,
    replaced_at BIGINT,
    PRIMARY KEY (delivery_id, turn, user_id)
);
CREATE INDEX assignments_of_user
    ON assignments (user_id, unit_id, sent_at, delivery_id) WHERE replaced_at IS NULL;

-- A person reads for a unit, and anew when the document was sent again.
CREATE TABLE read_marks_by_round (
    document_id UUID NOT NULL REFERENCES documents (id),
    user_id     UUID NOT NULL REFERENCES users (id),
    unit_id     UUID NOT NULL REFERENCES units (id),
    round       BIGINT NOT NULL,
    read_at     BIGINT NOT NULL,
    PRIMARY KEY (document_id, user_id, unit_id, round)
);
INSERT INTO read_marks_by_round (document_id, user_id, unit_id, round, read_at)
SELECT document_id, user_id, unit_id, 1, read_at FROM read_marks;
DROP TABLE read_marks;
ALTER TABLE read_marks_by_round RENAME TO read_marks;

-- The documents of one kind are found without walking through all that a unit may see.
ALTER TABLE access ADD COLUMN kind_code TEXT;
UPDATE access SET kind_code = (SELECT d.kind_code FROM documents d WHERE d.id = document_id);
CREATE INDEX access_newest_of_kind ON access (unit_id, kind_code, since, document_id);

-- What a unit has sent, newest first.
CREATE INDEX documents_sent ON documents (unit_id, sent_at, id) WHERE sent_at IS NOT NULL;
