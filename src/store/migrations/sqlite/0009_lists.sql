-- A list of one kind, and a list of what a unit issues itself, are read along an index of their
-- own: they cost what their page costs, also for a unit that has received a hundred thousand
-- others.
ALTER TABLE access ADD COLUMN kind_code TEXT NOT NULL DEFAULT '';
UPDATE access
   SET kind_code = (SELECT d.kind_code FROM documents d WHERE d.id = access.document_id);
CREATE INDEX access_by_kind ON access (unit_id, kind_code, since, document_id);
CREATE INDEX access_own ON access (unit_id, since, document_id) WHERE basis = 'issuer';
