-- Long-running jobs of all tenants, which workers claim whosever they are. A job can be claimed from
-- free_at on: from when it is due while it waits, from when its lease expires while it runs; null once
-- it has ended.
CREATE TABLE jobs (
    tenant text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    request bytea NOT NULL,
    submitted bigint NOT NULL,
    state smallint NOT NULL,
    attempts integer NOT NULL,
    due bigint NOT NULL,
    started bigint,
    ended bigint,
    done bigint NOT NULL,
    total bigint,
    progress text NOT NULL,
    checkpoint bytea NOT NULL,
    result bytea,
    failure text,
    worker text NOT NULL,
    token bigint NOT NULL,
    free_at bigint,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX jobs_by_submission ON jobs (tenant, submitted, id);

CREATE INDEX jobs_free ON jobs (due) WHERE free_at IS NOT NULL;

CREATE INDEX jobs_ended ON jobs (ended) WHERE ended IS NOT NULL;
