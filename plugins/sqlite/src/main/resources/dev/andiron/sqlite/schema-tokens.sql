-- What leads from a resource to its tokens is one row instead of one for each: a JSON array of what
-- they are looked up by. An element is the number of a term, or an array of parameter and code.

CREATE TABLE terms (
    id INTEGER PRIMARY KEY,
    parameter INTEGER NOT NULL,
    code TEXT NOT NULL,
    UNIQUE (parameter, code)
) STRICT;

INSERT INTO terms (parameter, code)
SELECT parameter, code FROM token_index GROUP BY parameter, code HAVING count(*) > 1;

CREATE TABLE token_keys (
    resource INTEGER PRIMARY KEY,
    content TEXT NOT NULL
) STRICT;

INSERT INTO token_keys
SELECT
    k.resource,
    json_group_array(
        json(CASE WHEN m.id IS NULL THEN json_array(k.parameter, k.code) ELSE '' || m.id END)
    )
FROM (SELECT DISTINCT resource, parameter, code FROM token_index) k
LEFT JOIN terms m ON m.parameter = k.parameter AND m.code = k.code
GROUP BY k.resource;

DROP INDEX token_of_resource;
