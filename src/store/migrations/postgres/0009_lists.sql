-- A list of what a unit issues itself is read along an index of its own: it costs what its page
-- costs, also for a unit that has received a hundred thousand others.
CREATE INDEX access_own ON access (unit_id, since, document_id) WHERE basis = 'issuer';
