-- Removing a draft asks whether an obligation names it as its reply.
CREATE INDEX obligations_by_reply ON obligations (reply_id);
