-- Notices of holidays that were entered while the hub runs; the newest version of a year counts, and
-- before the one that the hub was shipped with.
CREATE TABLE calendar_years (
    year         BIGINT NOT NULL,
    version      BIGINT NOT NULL,
    source       TEXT NOT NULL,
    rest         TEXT NOT NULL,
    make_up_work TEXT NOT NULL,
    entered_by   UUID NOT NULL,
    entered_at   BIGINT NOT NULL,
    PRIMARY KEY (year, version)
);

-- Due dates that a notice still to come may move.
CREATE INDEX obligations_provisional ON obligations (id) WHERE provisional = TRUE;
