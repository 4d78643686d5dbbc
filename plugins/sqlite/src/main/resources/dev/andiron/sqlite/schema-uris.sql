-- URIs are long and mostly the same few profiles: rows name them by their numbers in names. 12 is the
-- facet of URIs.

CREATE TABLE uri_index (
    parameter INTEGER NOT NULL,
    value INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, value, resource)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO names (value)
SELECT DISTINCT i.value
FROM parameters p
CROSS JOIN text_index i ON i.parameter = p.id
WHERE p.facet = 12;

INSERT INTO uri_index
SELECT i.parameter, n.id, i.resource
FROM parameters p
CROSS JOIN text_index i ON i.parameter = p.id
CROSS JOIN names n ON n.value = i.value
WHERE p.facet = 12
ORDER BY 1, 2, 3;

DELETE FROM text_index WHERE parameter IN (SELECT id FROM parameters WHERE facet = 12);

CREATE INDEX uri_of_resource ON uri_index (resource, parameter);
