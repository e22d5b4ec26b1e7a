-- Notices of holidays that were entered while the hub runs; the newest version of a year counts, and
-- before the one that the hub was shipped with.
CREATE TABLE calendar_years (
    year         INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    source       TEXT NOT NULL,
    rest         TEXT NOT NULL,
    make_up_work TEXT NOT NULL,
    entered_by   BLOB NOT NULL,
    entered_at   INTEGER NOT NULL,
    PRIMARY KEY (year, version)
) STRICT;

-- Due dates that a notice still to come may move.
CREATE INDEX obligations_provisional ON obligations (id) WHERE provisional = TRUE;
