-- The first text of a resource has the resource's number, a further one has 2^40 more for each before
-- it: nothing has to lead from resources to texts. The words come first in the full-text table, for
-- FTS5 names at each word of a text any column but the first.

CREATE TABLE numbered_texts (
    id INTEGER PRIMARY KEY,
    new_id INTEGER NOT NULL,
    parameter INTEGER NOT NULL,
    words INTEGER NOT NULL
) STRICT;

INSERT INTO numbered_texts
SELECT
    id,
    resource + ((row_number() OVER (PARTITION BY resource ORDER BY id) - 1) << 40),
    parameter,
    words
FROM full_text_index;

CREATE VIRTUAL TABLE text_words USING fts5 (
    words,
    parameter,
    content = '',
    contentless_delete = 1,
    tokenize = 'ascii'
);

CREATE VIRTUAL TABLE temp.placed_words USING fts5vocab ('main', 'full_text', 'instance');

INSERT INTO text_words (rowid, words, parameter)
SELECT t.new_id, string_agg(w.term, ' ' ORDER BY w.offset), CAST(t.parameter AS TEXT)
FROM temp.placed_words w
JOIN numbered_texts t ON t.id = w.doc
WHERE w.col = 'words'
GROUP BY t.new_id;

DROP TABLE temp.placed_words;

DROP TABLE full_text;

ALTER TABLE text_words RENAME TO full_text;

DROP TABLE full_text_index;

CREATE TABLE full_text_index (
    id INTEGER PRIMARY KEY,
    parameter INTEGER NOT NULL,
    words INTEGER NOT NULL,
    resource INTEGER NOT NULL AS (id & 1099511627775) VIRTUAL
) STRICT;

INSERT INTO full_text_index (id, parameter, words)
SELECT new_id, parameter, words FROM numbered_texts ORDER BY 1;

DROP TABLE numbered_texts;

CREATE INDEX full_text_of_resource ON full_text_index (resource) WHERE id >= 1099511627776;
