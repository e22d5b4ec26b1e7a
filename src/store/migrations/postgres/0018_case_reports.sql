-- What courts and the organ of review report about cases, quarter by quarter; quarters are counted
-- from the year 0. The newest version counts, the others are kept.
CREATE TABLE case_reports (
    quarter     BIGINT NOT NULL,
    unit_id     UUID    NOT NULL REFERENCES units (id),
    reporter_id UUID    NOT NULL REFERENCES units (id),
    version     BIGINT NOT NULL,
    counts      TEXT    NOT NULL,
    reported_by UUID    NOT NULL,
    reported_at BIGINT NOT NULL,
    PRIMARY KEY (quarter, unit_id, reporter_id, version)
);
