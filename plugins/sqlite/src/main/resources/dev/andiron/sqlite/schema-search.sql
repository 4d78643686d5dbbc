-- Values that the first schema did not keep: positions, the values of one element together, words;
-- and what makes "since" and upper ranges quick.

CREATE TABLE position_index (
    parameter INTEGER NOT NULL,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    resource INTEGER NOT NULL,
    PRIMARY KEY (parameter, latitude, longitude, resource)
) STRICT, WITHOUT ROWID;

CREATE INDEX position_of_resource ON position_index (resource, parameter);

-- A row for each key of an element; the key is what its first component is looked up by. The
-- content is a JSON array of the components' rows.
CREATE TABLE composite_index (
    parameter INTEGER NOT NULL,
    key TEXT NOT NULL,
    resource INTEGER NOT NULL,
    element INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (parameter, key, resource, element)
) STRICT, WITHOUT ROWID;

CREATE INDEX composite_of_resource ON composite_index (resource, parameter);

-- A text has the number of its words in full_text, which holds no texts but only where words are.
CREATE TABLE full_text_index (
    id INTEGER PRIMARY KEY,
    parameter INTEGER NOT NULL,
    resource INTEGER NOT NULL,
    words INTEGER NOT NULL
) STRICT;

CREATE INDEX full_text_of_resource ON full_text_index (resource, parameter);

-- The plugin splits texts into words itself: whatever is no ASCII sign or blank belongs to one.
CREATE VIRTUAL TABLE full_text USING fts5 (
    parameter,
    words,
    content = '',
    contentless_delete = 1,
    tokenize = 'ascii'
);

CREATE INDEX number_by_end ON number_index (parameter, high);

-- No version up to a position is newer than this. A row for every thousand positions or so, so
-- that a listing of what came since a time knows where to stop.
CREATE TABLE version_times (
    position INTEGER PRIMARY KEY,
    newest INTEGER NOT NULL
) STRICT;

CREATE INDEX version_times_by_time ON version_times (newest, position);

INSERT INTO version_times
SELECT position, newest FROM (
    SELECT position, max(last_updated) OVER (ORDER BY position) AS newest FROM versions
)
WHERE position % 1000 = 0;
