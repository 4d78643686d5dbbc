-- Long-running jobs, few and rarely changed. A job can be claimed from free_at on: from when it is
-- due while it waits, from when its lease expires while it runs; null once it has ended.
CREATE TABLE jobs (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    request BLOB NOT NULL,
    submitted INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due INTEGER NOT NULL,
    started INTEGER,
    ended INTEGER,
    done INTEGER NOT NULL,
    total INTEGER,
    progress TEXT NOT NULL,
    checkpoint BLOB NOT NULL,
    result BLOB,
    failure TEXT,
    worker TEXT NOT NULL,
    token INTEGER NOT NULL,
    free_at INTEGER,
    PRIMARY KEY (tenant, id)
) STRICT;

CREATE INDEX jobs_by_submission ON jobs (tenant, submitted, id);

CREATE INDEX jobs_free ON jobs (due) WHERE free_at IS NOT NULL;

CREATE INDEX jobs_ended ON jobs (ended) WHERE ended IS NOT NULL;
