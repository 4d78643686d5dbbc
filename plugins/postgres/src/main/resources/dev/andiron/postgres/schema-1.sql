-- Everything a backend keeps in its schema. Numbers stand for names, so that index rows stay narrow.
-- Every key begins with the tenant. Texts are compared by code points, whatever the database's locale.

-- A tenant is active from its first change on.
CREATE TABLE tenants (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    active boolean NOT NULL DEFAULT false,
    name text COLLATE "C" NOT NULL UNIQUE
);

-- The resource types of a tenant.
CREATE TABLE kinds (
    tenant integer NOT NULL,
    id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    type text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, type)
);

-- A search parameter of a kind, in one of the forms (facets) that its values are indexed in.
CREATE TABLE parameters (
    tenant integer NOT NULL,
    id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    kind integer NOT NULL,
    facet smallint NOT NULL,
    code text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, kind, code, facet)
);

-- Systems, units and displays, found by their digest (SHA-256), because they may be long. 0 stands
-- for the empty text.
CREATE TABLE names (
    tenant integer NOT NULL,
    id integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    digest bytea NOT NULL,
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, digest)
);

CREATE INDEX names_by_number ON names (tenant, id);

CREATE SEQUENCE resource_numbers AS bigint;

-- Counts commits. A position is a commit's number times 2^20, plus the place in the commit.
CREATE SEQUENCE commit_numbers AS bigint;

SELECT nextval('commit_numbers');

-- One row a resource, deleted ones included: what is current, apart from the history. The id is the
-- default order of searches.
CREATE TABLE resources (
    tenant integer NOT NULL,
    kind integer NOT NULL,
    deleted smallint NOT NULL,
    id bigint NOT NULL,
    position bigint NOT NULL,
    version bigint NOT NULL,
    last_updated bigint NOT NULL,
    logical_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, id)
) WITH (fillfactor = 90);

CREATE UNIQUE INDEX resources_by_key ON resources (tenant, kind, logical_id);

CREATE INDEX resources_live ON resources (tenant, kind, id) WHERE deleted = 0;

CREATE INDEX resources_updated ON resources (tenant, kind, last_updated, id) WHERE deleted = 0;

-- One row a change: the history and the change feed. A purge leaves a row without a resource.
-- The token tells a writer that lost its connection whether its commit happened.
CREATE TABLE versions (
    tenant integer NOT NULL,
    kind integer NOT NULL,
    position bigint NOT NULL,
    resource bigint,
    version bigint NOT NULL,
    last_updated bigint NOT NULL,
    token bigint NOT NULL,
    deleted smallint NOT NULL,
    fhir_version smallint NOT NULL,
    purged_id text COLLATE "C",
    content bytea,
    PRIMARY KEY (tenant, position)
);

CREATE UNIQUE INDEX versions_of_resource ON versions (tenant, resource, version);

CREATE INDEX versions_of_kind ON versions (tenant, kind, position);

-- The search index of live resources. One index finds resources by value, in the order of resources
-- where the value is equal; the other finds the values of a resource, to test it, to sort by it, and
-- to remove them. Texts of any length are found by their beginnings.
CREATE TABLE text_index (
    tenant integer NOT NULL,
    parameter integer NOT NULL,
    resource bigint NOT NULL,
    value text COLLATE "C" NOT NULL
);

CREATE INDEX text_by_value ON text_index (tenant, parameter, left(value, 255), resource);

CREATE INDEX text_of_resource ON text_index (tenant, resource, parameter);

CREATE TABLE token_index (
    tenant integer NOT NULL,
    parameter integer NOT NULL,
    resource bigint NOT NULL,
    system integer NOT NULL,
    display integer NOT NULL,
    code text COLLATE "C" NOT NULL
);

CREATE INDEX token_by_code ON token_index (tenant, parameter, code, resource);

CREATE INDEX token_of_resource ON token_index (tenant, resource, parameter);

-- Which displays occur with which codes; rows stay when the last resource with them goes.
CREATE TABLE token_display (
    tenant integer NOT NULL,
    parameter integer NOT NULL,
    display integer NOT NULL,
    system integer NOT NULL,
    code text COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, parameter, display, code, system)
);

CREATE TABLE reference_index (
    tenant integer NOT NULL,
    parameter integer NOT NULL,
    resource bigint NOT NULL,
    target_kind integer NOT NULL,
    target text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL
);

CREATE INDEX reference_by_target ON reference_index (tenant, parameter, target, resource);

CREATE INDEX reference_of_resource ON reference_index (tenant, resource, parameter);

-- Intervals [low, high) in microseconds of the epoch.
CREATE TABLE date_index (
    tenant integer NOT NULL,
    parameter integer NOT NULL,
    low bigint NOT NULL,
    high bigint NOT NULL,
    resource bigint NOT NULL
);

CREATE INDEX date_by_start ON date_index (tenant, parameter, low, resource);

CREATE INDEX date_by_end ON date_index (tenant, parameter, high, resource);

CREATE INDEX date_of_resource ON date_index (tenant, resource, parameter);

CREATE TABLE number_index (
    tenant integer NOT NULL,
    parameter integer NOT NULL,
    resource bigint NOT NULL,
    system integer NOT NULL,
    code integer NOT NULL,
    low numeric NOT NULL,
    high numeric NOT NULL,
    value numeric NOT NULL
);

CREATE INDEX number_by_value ON number_index (tenant, parameter, low, resource);

CREATE INDEX number_of_resource ON number_index (tenant, resource, parameter);

-- Which parameter it is says almost everything about how many rows share a value.
CREATE STATISTICS token_statistics (ndistinct, dependencies, mcv) ON parameter, code FROM token_index;

CREATE STATISTICS reference_statistics (ndistinct, dependencies) ON parameter, target FROM reference_index;

-- The second fence around tenants: a statement sees and writes the rows of the one tenant that its
-- session has named, whatever it asks for. Superusers and roles with BYPASSRLS pass it.
DO $$
DECLARE
    fenced text;
BEGIN
    FOREACH fenced IN ARRAY ARRAY['kinds', 'parameters', 'names', 'resources', 'versions', 'text_index',
        'token_index', 'token_display', 'reference_index', 'date_index', 'number_index']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', fenced);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', fenced);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (tenant = nullif(current_setting(''andiron.tenant'', true), '''')::integer)',
            fenced);
    END LOOP;
END
$$;

-- Applies a commit, in one call. The mutations come as arrays, one element each; so do their index
-- rows, which name their mutation by its place. Operations are 1 put, 2 delete, 3 purge, 4 index.
--
-- Locks, each kind in an order that is the same for all, so that no two commits wait for each other:
-- first the types (shared to write, exclusive to judge or purge), then the rows of resources that are
-- there, then the keys of new ones. The number of the commit is drawn when the rows are locked: of two
-- commits that meet, the later one has the larger number. Before that, what it is going to exceed is
-- announced by an advisory lock, so that the change feed waits for whoever has a number and has not
-- committed.
--
-- Gives the position of the last change; or, if a version does not follow the current one, the place of
-- that mutation and the current version, having changed nothing.
CREATE FUNCTION apply_commit(
    our_tenant integer, announcement integer, commit_token bigint,
    lock_keys bigint[], lock_exclusive boolean[],
    m_operation smallint[], m_kind integer[], m_id text[], m_version bigint[], m_updated bigint[],
    m_fhir smallint[], m_content bytea[],
    text_mutation integer[], text_parameter integer[], text_value text[],
    token_mutation integer[], token_parameter integer[], token_code text[], token_system integer[],
    token_display integer[],
    reference_mutation integer[], reference_parameter integer[], reference_target text[],
    reference_kind integer[], reference_version text[],
    date_mutation integer[], date_parameter integer[], date_low bigint[], date_high bigint[],
    number_mutation integer[], number_parameter integer[], number_low numeric[], number_high numeric[],
    number_system integer[], number_code integer[], number_value numeric[],
    OUT commit_position bigint, OUT conflicting integer, OUT current_version bigint)
LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
    resource_of bigint[];
    version_of bigint[];
    gone_of smallint[];
    replaced bigint[];
    base bigint;
BEGIN
    PERFORM lock_types(lock_keys, lock_exclusive);

    WITH locked AS MATERIALIZED (
        SELECT r.kind, r.logical_id, r.id, r.version, r.deleted
        FROM unnest(m_kind, m_id) AS m (kind, logical_id)
        JOIN resources r ON r.tenant = our_tenant AND r.kind = m.kind AND r.logical_id = m.logical_id
        ORDER BY r.kind, r.logical_id
        FOR UPDATE OF r)
    SELECT array_agg(coalesce(l.id, 0) ORDER BY m.place),
           array_agg(coalesce(l.version, 0) ORDER BY m.place),
           array_agg(coalesce(l.deleted, 1) ORDER BY m.place)
    INTO resource_of, version_of, gone_of
    FROM unnest(m_kind, m_id) WITH ORDINALITY AS m (kind, logical_id, place)
    LEFT JOIN locked l ON l.kind = m.kind AND l.logical_id = m.logical_id;

    FOR i IN 1 .. cardinality(m_operation) LOOP
        IF m_operation[i] <= 2 THEN
            IF m_version[i] <> version_of[i] + 1 THEN
                conflicting := i;
                current_version := version_of[i];
                RETURN;
            END IF;
            IF resource_of[i] = 0 THEN
                resource_of[i] := nextval('resource_numbers');
            END IF;
        ELSIF m_operation[i] = 4 AND (m_version[i] <> version_of[i] OR gone_of[i] = 1) THEN
            resource_of[i] := 0;
        END IF;
        IF resource_of[i] > 0 AND gone_of[i] = 0 THEN
            replaced := replaced || resource_of[i];
        END IF;
    END LOOP;

    IF replaced IS NOT NULL THEN
        DELETE FROM text_index WHERE tenant = our_tenant AND resource = ANY (replaced);
        DELETE FROM token_index WHERE tenant = our_tenant AND resource = ANY (replaced);
        DELETE FROM reference_index WHERE tenant = our_tenant AND resource = ANY (replaced);
        DELETE FROM date_index WHERE tenant = our_tenant AND resource = ANY (replaced);
        DELETE FROM number_index WHERE tenant = our_tenant AND resource = ANY (replaced);
    END IF;

    IF EXISTS (SELECT 1 FROM unnest(m_operation) AS o (operation) WHERE operation <> 4) THEN
        PERFORM pg_advisory_xact_lock_shared(
            announcement, ((last_value & 4294967295)::bit(32))::integer) FROM commit_numbers;
        base := nextval('commit_numbers') << 20;

        UPDATE tenants SET active = true WHERE id = our_tenant AND NOT active;

        INSERT INTO resources (tenant, kind, deleted, id, position, version, last_updated, logical_id)
        SELECT our_tenant, m.kind, m.operation - 1, m.resource, base + m.place, m.version, m.updated,
            m.logical_id
        FROM unnest(m_operation, m_kind, m_id, m_version, m_updated, resource_of, version_of)
            WITH ORDINALITY
            AS m (operation, kind, logical_id, version, updated, resource, before, place)
        WHERE m.operation <= 2 AND m.before = 0
        ORDER BY m.kind, m.logical_id;

        UPDATE resources r
        SET position = base + m.place, version = m.version, last_updated = m.updated,
            deleted = m.operation - 1
        FROM unnest(m_operation, m_version, m_updated, resource_of, version_of)
            WITH ORDINALITY AS m (operation, version, updated, resource, before, place)
        WHERE m.operation <= 2 AND m.before > 0 AND r.tenant = our_tenant AND r.id = m.resource;

        DELETE FROM versions v
        USING unnest(m_operation, resource_of) AS m (operation, resource)
        WHERE m.operation = 3 AND m.resource > 0 AND v.tenant = our_tenant AND v.resource = m.resource;

        DELETE FROM resources r
        USING unnest(m_operation, resource_of) AS m (operation, resource)
        WHERE m.operation = 3 AND m.resource > 0 AND r.tenant = our_tenant AND r.id = m.resource;

        INSERT INTO versions (tenant, kind, position, resource, version, last_updated, token, deleted,
            fhir_version, purged_id, content)
        SELECT our_tenant, m.kind, base + m.place,
            CASE WHEN m.operation <= 2 THEN m.resource END, m.version, m.updated, commit_token,
            CASE WHEN m.operation = 1 THEN 0 ELSE 1 END, m.fhir,
            CASE WHEN m.operation = 3 THEN m.logical_id END, m.content
        FROM unnest(m_operation, m_kind, m_id, m_version, m_updated, m_fhir, m_content, resource_of)
            WITH ORDINALITY
            AS m (operation, kind, logical_id, version, updated, fhir, content, resource, place)
        WHERE m.operation <= 3
        ORDER BY m.place;

        SELECT base + max(m.place) INTO commit_position
        FROM unnest(m_operation) WITH ORDINALITY AS m (operation, place) WHERE m.operation <= 3;
    END IF;

    INSERT INTO text_index (tenant, parameter, resource, value)
    SELECT our_tenant, x.parameter, resource_of[x.mutation], x.value
    FROM unnest(text_mutation, text_parameter, text_value) AS x (mutation, parameter, value)
    WHERE resource_of[x.mutation] > 0;

    INSERT INTO token_index (tenant, parameter, resource, system, display, code)
    SELECT our_tenant, x.parameter, resource_of[x.mutation], x.system, x.display, x.code
    FROM unnest(token_mutation, token_parameter, token_code, token_system, token_display)
        AS x (mutation, parameter, code, system, display)
    WHERE resource_of[x.mutation] > 0;

    INSERT INTO reference_index (tenant, parameter, resource, target_kind, target, version)
    SELECT our_tenant, x.parameter, resource_of[x.mutation], x.target_kind, x.target, x.version
    FROM unnest(reference_mutation, reference_parameter, reference_target, reference_kind,
        reference_version) AS x (mutation, parameter, target, target_kind, version)
    WHERE resource_of[x.mutation] > 0;

    INSERT INTO date_index (tenant, parameter, low, high, resource)
    SELECT our_tenant, x.parameter, x.low, x.high, resource_of[x.mutation]
    FROM unnest(date_mutation, date_parameter, date_low, date_high)
        AS x (mutation, parameter, low, high)
    WHERE resource_of[x.mutation] > 0;

    INSERT INTO number_index (tenant, parameter, resource, system, code, low, high, value)
    SELECT our_tenant, x.parameter, resource_of[x.mutation], x.system, x.code, x.low, x.high, x.value
    FROM unnest(number_mutation, number_parameter, number_low, number_high, number_system,
        number_code, number_value) AS x (mutation, parameter, low, high, system, code, value)
    WHERE resource_of[x.mutation] > 0;

    IF commit_position IS NULL THEN
        SELECT coalesce(max(v.position), 0) INTO commit_position
        FROM versions v WHERE v.tenant = our_tenant;
    END IF;
END
$$;

-- Locks types until the end of the transaction, in the order given.
CREATE FUNCTION lock_types(lock_keys bigint[], lock_exclusive boolean[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(lock_keys) LOOP
        IF lock_exclusive[i] THEN
            PERFORM pg_advisory_xact_lock(lock_keys[i]);
        ELSE
            PERFORM pg_advisory_xact_lock_shared(lock_keys[i]);
        END IF;
    END LOOP;
END
$$;

-- The position that no commit will come in front of any more: of the commits that have announced
-- themselves and not ended, the one with the least announcement may get the next number behind it, and
-- whoever announces itself later gets a number behind all those that were drawn before this looked.
CREATE FUNCTION settled_position(announcement integer) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    drawn bigint;
    open_behind bigint;
BEGIN
    SELECT last_value INTO drawn FROM commit_numbers;
    -- Locks have 32 bits of the number; what is in progress lies less than 2^32 behind.
    SELECT min(drawn - ((drawn - l.objid::bigint) & 4294967295)) INTO open_behind
    FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.classid = (announcement::bit(32)::bigint)::oid;
    RETURN (least(drawn, open_behind) + 1) << 20;
END
$$;
