-- Removing a draft asks whether an obligation names it as its reply.
CREATE INDEX obligations_by_reply ON obligations (reply_id);

-- Of all documents few are not sent yet, and of those a unit asks often.
CREATE INDEX documents_unsent ON documents (state, id) WHERE state <> 'sent';
