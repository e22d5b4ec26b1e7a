-- What the figures are counted from. Days are numbered from 1970-01-01, in legal time, so that
-- spans are plain differences. The index holds all that a figure looks at: counting reads it alone.
ALTER TABLE obligations ADD COLUMN kind_code TEXT NOT NULL DEFAULT '';
ALTER TABLE obligations ADD COLUMN sent_month BIGINT NOT NULL DEFAULT 0;
ALTER TABLE obligations ADD COLUMN sign_by_day BIGINT;
ALTER TABLE obligations ADD COLUMN signed_day BIGINT;
ALTER TABLE obligations ADD COLUMN registered_day BIGINT;
ALTER TABLE obligations ADD COLUMN original_due_day BIGINT;
ALTER TABLE obligations ADD COLUMN due_day BIGINT;
ALTER TABLE obligations ADD COLUMN replied_day BIGINT;
ALTER TABLE obligations ADD COLUMN evaluated_day BIGINT;
ALTER TABLE obligations ADD COLUMN closed_day BIGINT;
ALTER TABLE obligations ADD COLUMN rectified BOOLEAN;
ALTER TABLE obligations ADD COLUMN objected BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE obligations ADD COLUMN upheld BOOLEAN NOT NULL DEFAULT FALSE;

-- By when to sign was not written down before: what is older never counts as signed promptly.
UPDATE obligations
   SET kind_code = (SELECT d.kind_code FROM documents d WHERE d.id = obligations.document_id),
       sent_month = CAST(12 * EXTRACT(YEAR FROM to_timestamp(created_at / 1000.0 + 28800) AT TIME ZONE 'UTC')
                  + EXTRACT(MONTH FROM to_timestamp(created_at / 1000.0 + 28800) AT TIME ZONE 'UTC')
                  - 1 AS BIGINT),
       signed_day = CAST(anchor_on AS DATE) - DATE '1970-01-01',
       registered_day = (SELECT (MIN(e.at) + 28800000) / 86400000
                           FROM duty_entries e
                          WHERE e.obligation_id = obligations.id AND e.event = 'registration'),
       original_due_day = CAST(original_due_on AS DATE) - DATE '1970-01-01',
       due_day = CAST(current_due_on AS DATE) - DATE '1970-01-01',
       replied_day = (replied_at + 28800000) / 86400000,
       evaluated_day = (evaluated_at + 28800000) / 86400000,
       closed_day = (closed_at + 28800000) / 86400000,
       rectified = (SELECT CAST(CAST(e.details AS jsonb) ->> 'rectified' AS BOOLEAN)
                      FROM duty_entries e
                     WHERE e.obligation_id = obligations.id AND e.event = 'evaluation'
                       AND evaluated_at IS NOT NULL
                     ORDER BY e.round DESC
                     LIMIT 1),
       objected = EXISTS (SELECT 1
                            FROM duty_entries e
                           WHERE e.obligation_id = obligations.id AND e.event = 'objection'),
       upheld = EXISTS (SELECT 1
                          FROM duty_entries e
                         WHERE e.obligation_id = obligations.id
                           AND e.event = 'objection_decision'
                           AND CAST(e.details AS jsonb) ->> 'verdict' IN ('upheld', 'partly'));

CREATE INDEX obligations_figures ON obligations (
    created_at, id, stage, kind_code, debtor_id, creditor_id, sent_month, sign_by_day, signed_day,
    registered_day, original_due_day, due_day, replied_day, evaluated_day, closed_day, adoption,
    rectified, objected, upheld
);
