-- References name the resource that they lead to by its number: a third of the size, and chains join
-- by it. What is only referred to has a row of resources with version 0 until it is written.

INSERT INTO resources (kind, logical_id, position, version, last_updated, deleted)
SELECT DISTINCT i.target_kind, i.target, 0, 0, 0, 1 FROM reference_index i
WHERE NOT EXISTS (
    SELECT 1 FROM resources r WHERE r.kind = i.target_kind AND r.logical_id = i.target
);

CREATE TABLE reference_by_number (
    parameter INTEGER NOT NULL,
    target INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (parameter, target, resource, version)
) STRICT, WITHOUT ROWID;

INSERT INTO reference_by_number
SELECT i.parameter, r.id, i.resource, i.version
FROM reference_index i
JOIN resources r ON r.kind = i.target_kind AND r.logical_id = i.target
ORDER BY 1, 2, 3, 4;

DROP TABLE reference_index;

ALTER TABLE reference_by_number RENAME TO reference_index;

CREATE INDEX reference_of_resource ON reference_index (resource, parameter);
