-- What a unit has not sent yet is found among its own, whatever lies in the drawers of others; and
-- what it issues with others, by its share in it.
DROP INDEX documents_unsent;
CREATE INDEX documents_unsent ON documents (unit_id, state, id)
    WHERE state IN ('draft', 'in_review', 'issued');
CREATE INDEX access_joint ON access (unit_id, document_id) WHERE basis = 'joint';
