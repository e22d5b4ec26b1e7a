-- What waits for a unit is counted along indexes that hold nothing else.
CREATE INDEX obligations_to_register ON obligations (debtor_id)
    WHERE state = 'awaiting_registration';
CREATE INDEX obligations_extending ON obligations (creditor_id) WHERE extending = TRUE;
CREATE INDEX obligations_objecting ON obligations (creditor_id) WHERE objecting = TRUE;
