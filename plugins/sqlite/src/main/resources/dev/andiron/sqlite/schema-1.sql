-- Everything a backend keeps. Numbers stand for names, so that index rows stay narrow; a kind is a
-- resource type of one tenant, and every key begins with something that belongs to one tenant only.

CREATE TABLE tenants (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE kinds (
    id INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    type TEXT NOT NULL,
    UNIQUE (tenant, type)
) STRICT;

-- A search parameter of a kind, in one of the forms (facets) that its values are indexed in.
CREATE TABLE parameters (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    code TEXT NOT NULL,
    facet INTEGER NOT NULL,
    UNIQUE (kind, code, facet)
) STRICT;

-- Systems, units and displays.
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    value TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO names VALUES (0, '');

-- Compression dictionaries; versions.encoding names them. 0 is plain, 1 is zstd without any.
CREATE TABLE dictionaries (
    id INTEGER PRIMARY KEY CHECK (id > 1),
    content BLOB NOT NULL
) STRICT;

-- One row a resource, deleted ones included. The id is the default order of searches.
CREATE TABLE resources (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    logical_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    version INTEGER NOT NULL,
    last_updated INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    UNIQUE (kind, logical_id)
) STRICT;

CREATE INDEX resources_live ON resources (kind) WHERE deleted = 0;

CREATE INDEX resources_updated ON resources (kind, last_updated) WHERE deleted = 0;

-- One row a change: the history and the change feed. A purge leaves a row without a resource.
CREATE TABLE versions (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    resource INTEGER,
    version INTEGER NOT NULL,
    last_updated INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    fhir_version INTEGER NOT NULL,
    encoding INTEGER NOT NULL,
    purged_id TEXT,
    content BLOB
) STRICT;

CREATE UNIQUE INDEX versions_of_resource ON versions (resource, version);

CREATE INDEX versions_of_kind ON versions (kind);

CREATE INDEX versions_of_tenant ON versions (tenant);

-- The search index of live resources. The primary key finds resources by value, in the order of
-- resources where the value is equal; the other index finds the values of a resource, to test it,
-- to sort by it, and to remove them.
CREATE TABLE text_index (
    parameter INTEGER NOT NULL,
    value TEXT NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, value, resource)
) STRICT, WITHOUT ROWID;

CREATE INDEX text_of_resource ON text_index (resource, parameter);

CREATE TABLE token_index (
    parameter INTEGER NOT NULL,
    code TEXT NOT NULL,
    resource INTEGER NOT NULL,
    system INTEGER NOT NULL,
    display INTEGER NOT NULL,
    PRIMARY KEY (parameter, code, resource, system, display)
) STRICT, WITHOUT ROWID;

CREATE INDEX token_of_resource ON token_index (resource, parameter);

-- Which displays occur with which codes; rows stay when the last resource with them goes.
CREATE TABLE token_display (
    parameter INTEGER NOT NULL,
    display INTEGER NOT NULL,
    code TEXT NOT NULL,
    system INTEGER NOT NULL,
    PRIMARY KEY (parameter, display, code, system)
) STRICT, WITHOUT ROWID;

CREATE TABLE reference_index (
    parameter INTEGER NOT NULL,
    target TEXT NOT NULL,
    resource INTEGER NOT NULL,
    target_kind INTEGER NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (parameter, target, resource, target_kind, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX reference_of_resource ON reference_index (resource, parameter);

-- Intervals [low, high) in microseconds of the epoch.
CREATE TABLE date_index (
    parameter INTEGER NOT NULL,
    low INTEGER NOT NULL,
    high INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, low, high, resource)
) STRICT, WITHOUT ROWID;

CREATE INDEX date_of_resource ON date_index (resource, parameter);

CREATE INDEX date_by_end ON date_index (parameter, high);

-- Decimals as bytes that compare as the numbers do.
CREATE TABLE number_index (
    parameter INTEGER NOT NULL,
    low BLOB NOT NULL,
    high BLOB NOT NULL,
    system INTEGER NOT NULL,
    code INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (parameter, low, high, system, code, resource, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX number_of_resource ON number_index (resource, parameter);
