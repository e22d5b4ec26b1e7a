-- What each unit is told of, in its own numbers, so that reading on costs the same whatever happens
-- elsewhere and a place in it tells nothing of that. The audience of zeros is everybody.
CREATE TABLE feed (
    audience BLOB    NOT NULL,
    position INTEGER NOT NULL,
    number   INTEGER NOT NULL REFERENCES changes (number),
    shared   INTEGER NOT NULL,
    since    INTEGER NOT NULL,
    PRIMARY KEY (audience, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_by_number ON feed (number);

-- What has happened before. Readings, signatures and replies did not name their recipient at first:
-- those are told to the issuers alone.
INSERT INTO feed (audience, position, number, shared, since)
SELECT a.unit_id, ROW_NUMBER() OVER (PARTITION BY a.unit_id ORDER BY c.number), c.number,
       c.what = 'document.send', a.since
  FROM changes c
  JOIN access a ON a.document_id = c.subject_id
 WHERE c.subject = 'document'
   AND (   c.what IN ('document.draft', 'document.redraft', 'document.consent', 'document.issue',
                      'document.read', 'delivery.sign', 'obligation.reply')
           AND (c.party_id = a.unit_id OR a.basis IN ('issuer', 'joint'))
        OR c.what = 'document.send');
INSERT INTO feed (audience, position, number, shared, since)
SELECT X'00000000000000000000000000000000', ROW_NUMBER() OVER (ORDER BY c.number), c.number,
       1, 0
  FROM changes c
 WHERE c.what IN ('unit.enter', 'unit.change');
