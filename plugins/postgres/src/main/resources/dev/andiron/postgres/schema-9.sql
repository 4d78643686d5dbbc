-- The same with less work for each row. Rows come out of arrays one by one, instead of by a table for each
-- column; the second fence asks once a statement who may write, not for each row that is written; and what
-- is never asked by its distribution is not looked at.
DO $$
DECLARE
    fenced text;
BEGIN
    FOREACH fenced IN ARRAY ARRAY['resources', 'versions', 'text_index', 'token_index', 'reference_index',
        'date_index', 'number_index', 'position_index', 'composite_index', 'full_text_index']
    LOOP
        EXECUTE format('ALTER POLICY tenant ON %I WITH CHECK (tenant ='
            || ' (SELECT nullif(current_setting(''andiron.tenant'', true), '''')::integer))', fenced);
    END LOOP;
END
$$;

ALTER TABLE versions ALTER COLUMN content SET STATISTICS 0;

ALTER TABLE composite_index ALTER COLUMN content SET STATISTICS 0;

ALTER TABLE full_text_index ALTER COLUMN content SET STATISTICS 0;

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
CREATE OR REPLACE FUNCTION apply_changes(
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
    number_mutation integer[], number_parameter integer[], number_low bytea[], number_high bytea[],
    number_system integer[], number_code integer[], number_value bytea[],
    position_mutation integer[], position_parameter integer[], position_latitude double precision[],
    position_longitude double precision[],
    composite_mutation integer[], composite_parameter integer[], composite_element integer[],
    composite_key text[], composite_content text[],
    full_text_mutation integer[], full_text_parameter integer[], full_text_distinct integer[],
    full_text_end integer[], full_text_words bigint[],
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
    updating boolean := false;
    purging boolean := false;
    there record;
    base bigint;
BEGIN
    PERFORM lock_types(lock_keys, lock_exclusive);

    resource_of := array_fill(0::bigint, ARRAY[cardinality(m_operation)]);
    version_of := resource_of;
    gone_of := array_fill(1::smallint, ARRAY[cardinality(m_operation)]);
    FOR there IN
        SELECT m.place, r.id, r.version, r.deleted
        FROM unnest(m_kind, m_id) WITH ORDINALITY AS m (kind, logical_id, place)
        JOIN resources r ON r.tenant = our_tenant AND r.kind = m.kind AND r.logical_id = m.logical_id
        ORDER BY r.kind, r.logical_id
        FOR UPDATE OF r
    LOOP
        resource_of[there.place] := there.id;
        version_of[there.place] := there.version;
        gone_of[there.place] := there.deleted;
    END LOOP;

    FOR i IN 1 .. cardinality(m_operation) LOOP
        IF m_operation[i] <= 2 THEN
            IF m_version[i] <> version_of[i] + 1 THEN
                conflicting := i;
                current_version := version_of[i];
                RETURN;
            END IF;
            IF resource_of[i] = 0 THEN
                resource_of[i] := nextval('resource_numbers');
            ELSE
                updating := true;
            END IF;
        ELSIF m_operation[i] = 3 THEN
            purging := true;
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
        DELETE FROM position_index WHERE tenant = our_tenant AND resource = ANY (replaced);
        DELETE FROM composite_index WHERE tenant = our_tenant AND resource = ANY (replaced);
        DELETE FROM full_text_index WHERE tenant = our_tenant AND resource = ANY (replaced);
    END IF;

    IF EXISTS (SELECT 1 FROM unnest(m_operation) AS o (operation) WHERE operation <> 4) THEN
        PERFORM pg_advisory_xact_lock_shared(
            announcement, ((last_value & 4294967295)::bit(32))::integer) FROM commit_numbers;
        base := nextval('commit_numbers') << 20;

        UPDATE tenants SET active = true WHERE id = our_tenant AND NOT active;

        INSERT INTO resources (tenant, kind, deleted, id, position, version, last_updated, logical_id)
        SELECT our_tenant, m.kind, m.operation - 1, m.resource, base + m.place, m.version, m.updated,
            m.logical_id
        FROM (SELECT unnest(m_operation) AS operation, unnest(m_kind) AS kind, unnest(m_id) AS logical_id,
            unnest(m_version) AS version, unnest(m_updated) AS updated, unnest(resource_of) AS resource,
            unnest(version_of) AS before, generate_subscripts(m_operation, 1) AS place) m
        WHERE m.operation <= 2 AND m.before = 0
        ORDER BY m.kind, m.logical_id;

        IF updating THEN
            UPDATE resources r
            SET position = base + m.place, version = m.version, last_updated = m.updated,
                deleted = m.operation - 1
            FROM unnest(m_operation, m_version, m_updated, resource_of, version_of)
                WITH ORDINALITY AS m (operation, version, updated, resource, before, place)
            WHERE m.operation <= 2 AND m.before > 0 AND r.tenant = our_tenant AND r.id = m.resource;
        END IF;

        IF purging THEN
            DELETE FROM versions v
            USING unnest(m_operation, resource_of) AS m (operation, resource)
            WHERE m.operation = 3 AND m.resource > 0 AND v.tenant = our_tenant
                AND v.resource = m.resource;

            DELETE FROM resources r
            USING unnest(m_operation, resource_of) AS m (operation, resource)
            WHERE m.operation = 3 AND m.resource > 0 AND r.tenant = our_tenant AND r.id = m.resource;
        END IF;

        INSERT INTO versions (tenant, kind, position, resource, version, last_updated, token, deleted,
            fhir_version, purged_id, content)
        SELECT our_tenant, m.kind, base + m.place,
            CASE WHEN m.operation <= 2 THEN m.resource END, m.version, m.updated, commit_token,
            CASE WHEN m.operation = 1 THEN 0 ELSE 1 END, m.fhir,
            CASE WHEN m.operation = 3 THEN m.logical_id END, m.content
        FROM (SELECT unnest(m_operation) AS operation, unnest(m_kind) AS kind, unnest(m_id) AS logical_id,
            unnest(m_version) AS version, unnest(m_updated) AS updated, unnest(m_fhir) AS fhir,
            unnest(m_content) AS content, unnest(resource_of) AS resource,
            generate_subscripts(m_operation, 1) AS place) m
        WHERE m.operation <= 3;

        SELECT base + max(m.place) INTO commit_position
        FROM unnest(m_operation) WITH ORDINALITY AS m (operation, place) WHERE m.operation <= 3;
    END IF;

    INSERT INTO text_index (tenant, parameter, resource, head, whole)
    SELECT our_tenant, x.parameter, x.resource, left(x.value, 255),
        CASE WHEN length(x.value) > 255 THEN x.value END
    FROM (SELECT resource_of[unnest(text_mutation)] AS resource, unnest(text_parameter) AS parameter,
        unnest(text_value) AS value) x
    WHERE x.resource > 0;

    INSERT INTO token_index (tenant, parameter, resource, system, display, code)
    SELECT our_tenant, x.parameter, x.resource, x.system, x.display, x.code
    FROM (SELECT resource_of[unnest(token_mutation)] AS resource, unnest(token_parameter) AS parameter,
        unnest(token_code) AS code, unnest(token_system) AS system, unnest(token_display) AS display) x
    WHERE x.resource > 0;

    INSERT INTO reference_index (tenant, parameter, resource, target_kind, target, version)
    SELECT our_tenant, x.parameter, x.resource, x.target_kind, x.target, x.version
    FROM (SELECT resource_of[unnest(reference_mutation)] AS resource,
        unnest(reference_parameter) AS parameter, unnest(reference_target) AS target,
        unnest(reference_kind) AS target_kind, unnest(reference_version) AS version) x
    WHERE x.resource > 0;

    INSERT INTO date_index (tenant, parameter, low, high, resource)
    SELECT our_tenant, x.parameter, x.low, x.high, x.resource
    FROM (SELECT resource_of[unnest(date_mutation)] AS resource, unnest(date_parameter) AS parameter,
        unnest(date_low) AS low, unnest(date_high) AS high) x
    WHERE x.resource > 0;

    INSERT INTO number_index (tenant, parameter, resource, system, code, low, high, value)
    SELECT our_tenant, x.parameter, x.resource, x.system, x.code, x.low, x.high, x.value
    FROM (SELECT resource_of[unnest(number_mutation)] AS resource, unnest(number_parameter) AS parameter,
        unnest(number_low) AS low, unnest(number_high) AS high, unnest(number_system) AS system,
        unnest(number_code) AS code, unnest(number_value) AS value) x
    WHERE x.resource > 0;

    INSERT INTO position_index (tenant, parameter, resource, latitude, longitude)
    SELECT our_tenant, x.parameter, x.resource, x.latitude, x.longitude
    FROM (SELECT resource_of[unnest(position_mutation)] AS resource,
        unnest(position_parameter) AS parameter, unnest(position_latitude) AS latitude,
        unnest(position_longitude) AS longitude) x
    WHERE x.resource > 0;

    INSERT INTO composite_index (tenant, parameter, resource, element, key, content)
    SELECT our_tenant, x.parameter, x.resource, x.element, x.key, x.content::jsonb
    FROM (SELECT resource_of[unnest(composite_mutation)] AS resource,
        unnest(composite_parameter) AS parameter, unnest(composite_element) AS element,
        unnest(composite_key) AS key, unnest(composite_content) AS content) x
    WHERE x.resource > 0;

    -- To take a part out of a variable copies the whole variable; out of a row, the part alone.
    WITH every_word AS MATERIALIZED (SELECT full_text_words AS content)
    INSERT INTO full_text_index (tenant, parameter, resource, words, content)
    SELECT our_tenant, x.parameter, x.resource, x.words, e.content[x.before + 1 : x.last]
    FROM every_word e, (
        SELECT resource_of[unnest(full_text_mutation)] AS resource,
            unnest(full_text_parameter) AS parameter, unnest(full_text_distinct) AS words,
            unnest(0 || full_text_end) AS before,
            unnest(full_text_end) AS last) x
    WHERE x.resource > 0;

    IF commit_position IS NULL THEN
        SELECT coalesce(max(v.position), 0) INTO commit_position
        FROM versions v WHERE v.tenant = our_tenant;
    END IF;
END
$$;
