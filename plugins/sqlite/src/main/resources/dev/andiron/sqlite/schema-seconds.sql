-- Dates begin and end at whole seconds mostly, and seconds take 4 bytes where microseconds took 8. A time
-- between two seconds is a fraction. Columns of the type ANY keep both as they are.

CREATE TABLE dates_in_seconds (
    parameter INTEGER NOT NULL,
    low ANY NOT NULL,
    high ANY NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, low, high, resource)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO dates_in_seconds
SELECT
    parameter,
    CASE WHEN low % 1000000 = 0 THEN low / 1000000 ELSE low / 1e6 END,
    CASE WHEN high % 1000000 = 0 THEN high / 1000000 ELSE high / 1e6 END,
    resource
FROM date_index ORDER BY date_index.parameter, date_index.low, date_index.high, date_index.resource;

DROP TABLE date_index;

ALTER TABLE dates_in_seconds RENAME TO date_index;

CREATE INDEX date_of_resource ON date_index (resource, parameter);

CREATE INDEX date_by_end ON date_index (parameter, high);
