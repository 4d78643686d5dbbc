-- Ids are codes of fewer bytes that compare as they do; see IdCode.

CREATE TABLE coded_resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    logical_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_updated INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    UNIQUE (kind, logical_id)
) STRICT;

INSERT INTO coded_resources
SELECT id, kind, andiron_id_code(logical_id), position, version, last_updated, deleted
FROM resources ORDER BY id;

DELETE FROM sqlite_sequence WHERE name = 'coded_resources';

INSERT INTO sqlite_sequence (name, seq)
SELECT 'coded_resources', seq FROM sqlite_sequence WHERE name = 'resources';

DROP TABLE resources;

ALTER TABLE coded_resources RENAME TO resources;

CREATE INDEX resources_live ON resources (kind) WHERE deleted = 0;

CREATE INDEX resources_updated ON resources (kind, last_updated) WHERE deleted = 0;
