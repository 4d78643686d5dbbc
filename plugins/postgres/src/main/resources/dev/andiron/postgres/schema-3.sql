-- Files that jobs write. One that is being written has no part; part and size appear when it is whole.
-- What a crashed writer leaves goes with the files of its job. One that is being deleted has the size
-- -1, and cannot be finished any more.
CREATE TABLE blobs (
    tenant integer NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    size bigint NOT NULL DEFAULT 0,
    job text COLLATE "C" NOT NULL,
    part text COLLATE "C",
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX blobs_by_name ON blobs (tenant, job, part);

-- Their bytes, in pieces of one size but for the last. Stored as they are, so that a range of a piece
-- is read without the rest of it.
CREATE TABLE blob_chunks (
    tenant integer NOT NULL,
    blob bigint NOT NULL,
    place bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (tenant, blob, place),
    FOREIGN KEY (tenant, blob) REFERENCES blobs (tenant, id) ON DELETE CASCADE
);

ALTER TABLE blob_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

DO $$
DECLARE
    fenced text;
BEGIN
    FOREACH fenced IN ARRAY ARRAY['blobs', 'blob_chunks']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', fenced);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', fenced);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (tenant = nullif(current_setting(''andiron.tenant'', true), '''')::integer)',
            fenced);
    END LOOP;
END
$$;
