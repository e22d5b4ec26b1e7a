-- What courts and the organ of review report about cases, quarter by quarter; quarters are counted
-- from the year 0. The newest version counts, the others are kept.
CREATE TABLE case_reports (
    quarter     INTEGER NOT NULL,
    unit_id     BLOB    NOT NULL REFERENCES units (id),
    reporter_id BLOB    NOT NULL REFERENCES units (id),
    version     INTEGER NOT NULL,
    counts      TEXT    NOT NULL,
    reported_by BLOB    NOT NULL,
    reported_at INTEGER NOT NULL,
    PRIMARY KEY (quarter, unit_id, reporter_id, version)
) STRICT;
