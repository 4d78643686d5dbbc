-- How far apart the dates of one resource lie at most, from the first beginning to the last end, in
-- microseconds. It never becomes less, and is raised before a commit with longer ones. 2^61 stands for
-- that or more, and for no beginning or no end.
ALTER TABLE parameters NO FORCE ROW LEVEL SECURITY;

ALTER TABLE date_index NO FORCE ROW LEVEL SECURITY;

ALTER TABLE parameters ADD COLUMN span bigint NOT NULL DEFAULT 0;

UPDATE parameters p SET span = s.span
FROM (
    SELECT r.tenant, r.parameter, max(r.span) AS span
    FROM (
        SELECT d.tenant, d.parameter,
            least(max(d.high)::numeric - min(d.low), 2305843009213693952)::bigint AS span
        FROM date_index d GROUP BY d.tenant, d.parameter, d.resource) r
    GROUP BY r.tenant, r.parameter) s
WHERE p.tenant = s.tenant AND p.id = s.parameter;

ALTER TABLE date_index FORCE ROW LEVEL SECURITY;

ALTER TABLE parameters FORCE ROW LEVEL SECURITY;

-- A node of an earlier release, which would not raise spans, writes no more.
ALTER FUNCTION apply_commit RENAME TO apply_changes;
