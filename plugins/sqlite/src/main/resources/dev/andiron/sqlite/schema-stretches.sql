-- Histories and feeds find the versions of a kind or a tenant by stretches of positions in which there
-- are any, instead of by an index with a row for each version: a stretch is 32 positions.

CREATE TABLE kind_stretches (
    kind INTEGER NOT NULL,
    stretch INTEGER NOT NULL,
    PRIMARY KEY (kind, stretch)
) STRICT, WITHOUT ROWID;

INSERT INTO kind_stretches SELECT DISTINCT kind, position / 32 FROM versions ORDER BY 1, 2;

CREATE TABLE tenant_stretches (
    tenant INTEGER NOT NULL,
    stretch INTEGER NOT NULL,
    PRIMARY KEY (tenant, stretch)
) STRICT, WITHOUT ROWID;

INSERT INTO tenant_stretches SELECT DISTINCT tenant, position / 32 FROM versions ORDER BY 1, 2;

DROP INDEX versions_of_kind;

DROP INDEX versions_of_tenant;
