-- How far apart the dates of one resource lie at most, from the first beginning to the last end, in
-- microseconds. It never becomes less. 2^61 stands for that or more, and for no beginning or no end.
ALTER TABLE parameters ADD COLUMN span INTEGER NOT NULL DEFAULT 0;

UPDATE parameters SET span = s.span
FROM (
    SELECT parameter, max(span) AS span FROM (
        SELECT parameter, min(max(high) - min(low), 2305843009213693952) AS span
        FROM date_index GROUP BY resource, parameter
    )
    GROUP BY parameter
) s
WHERE parameters.id = s.parameter;
