-- What compiled views ask about single values, in the meaning of the server's own evaluation.

-- Ends a statement that has several values where the view allows one.
CREATE FUNCTION view_several(value anyelement) RETURNS anyelement
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'there are several values where the view allows one' USING ERRCODE = 'AN001';
END
$$;

-- A content in binary form, which keeps the digits of numbers but not how they were written. Numbers
-- with an exponent and negative zeros become texts, so that reading them as text gives what was written.
CREATE FUNCTION view_document(content bytea) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    document text := convert_from(content, 'UTF8');
BEGIN
    IF document ~ '[:,[]\s*(?:-?[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]+|-0(?:\.0+)?)\s*[],}]' THEN
        SELECT string_agg(CASE WHEN m[2] IS NULL THEN coalesce(m[1], m[3]) ELSE '"' || m[2] || '"' END, ''
            ORDER BY place)
        INTO document
        FROM regexp_matches(document,
            '("(?:[^"\\]|\\.)*")|(-?[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]+|-0(?:\.0+)?(?![0-9.]))|([^"])', 'g')
            WITH ORDINALITY AS found (m, place);
    END IF;
    RETURN document::jsonb;
END
$$;

-- Days since 1970-01-01 in the Gregorian calendar without a beginning; a month of 13 is the next January.
CREATE FUNCTION view_day(year integer, month integer, day integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    m integer := (month + 9) % 12;
    -- Years that begin in March; 400,000 of them keep divisions away from negative numbers.
    y bigint := year + 400000 + CASE WHEN month > 12 THEN 1 ELSE 0 END - CASE WHEN m >= 10 THEN 1 ELSE 0 END;
BEGIN
    RETURN y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 146816468;
END
$$;

-- The interval that a date or time means by its precision, in seconds of the epoch; of seconds and
-- their fractions it is the least that there is. Null when it is none.
CREATE FUNCTION view_moment(value text, OUT low numeric, OUT high numeric)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    p text[] := regexp_match(value, '^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})'
        '(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(?:Z|([+-])([0-9]{2}):([0-5][0-9]))?)?)?)?$');
    year integer := p[1];
    month integer := coalesce(p[2], '01');
    day integer := coalesce(p[3], '01');
    midnight boolean;
    zone integer;
    start bigint;
BEGIN
    IF p IS NULL OR month NOT BETWEEN 1 AND 12 OR day < 1
        OR day > view_day(year, month + 1, 1) - view_day(year, month, 1)
    THEN
        RETURN;
    END IF;
    start := view_day(year, month, day) * 86400;
    IF p[4] IS NULL THEN
        low := start;
        high := CASE
            WHEN p[2] IS NULL THEN view_day(year + 1, 1, 1) * 86400
            WHEN p[3] IS NULL THEN view_day(year, month + 1, 1) * 86400
            ELSE start + 86400 END;
        RETURN;
    END IF;
    midnight := p[4] = '24' AND p[5] = '00' AND coalesce(p[6], '00') = '00' AND coalesce(p[7], '0') ~ '^0+$';
    zone := coalesce((p[8] || '1')::integer * (p[9]::integer * 3600 + p[10]::integer * 60), 0);
    IF p[4] > '23' AND NOT midnight OR p[5] > '59' OR p[6] > '60' OR abs(zone) > 64800 THEN
        RETURN;
    END IF;
    low := start + p[4]::integer * 3600 + p[5]::integer * 60 + least(coalesce(p[6], '00')::integer, 59) - zone
        + ('0.' || coalesce(p[7], '0'))::numeric;
    high := low + CASE WHEN p[6] IS NULL THEN 60 ELSE 0.000000001 END;
END
$$;

-- Negative, 0 or positive; null when the precision leaves the order open. Of a time without a zone it is
-- not known when it was, unless the other has none either; a day is one of UTC.
CREATE FUNCTION view_compare_moments(one text, other text) RETURNS integer
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    a record := view_moment(one);
    b record := view_moment(other);
    zone constant text := '(Z|[+-]..:..)$';
    one_zoned boolean := length(one) > 16 AND one ~ zone;
    other_zoned boolean := length(other) > 16 AND other ~ zone;
BEGIN
    IF one_zoned <> other_zoned THEN
        IF NOT one_zoned AND length(one) > 10 THEN
            a.low := a.low - 14 * 3600;
            a.high := a.high + 12 * 3600;
        ELSIF NOT other_zoned AND length(other) > 10 THEN
            b.low := b.low - 14 * 3600;
            b.high := b.high + 12 * 3600;
        END IF;
    END IF;
    RETURN CASE
        WHEN a.low = b.low AND a.high = b.high THEN 0
        WHEN a.high <= b.low THEN -1
        WHEN b.high <= a.low THEN 1
    END;
END
$$;

CREATE FUNCTION view_number_boundary(value numeric, highest boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    half numeric := 5 / 10::numeric ^ (scale(value) + 1);
    bound numeric := CASE WHEN highest THEN value + half ELSE value - half END;
    outwards boolean := CASE WHEN highest THEN bound > 0 ELSE bound < 0 END;
BEGIN
    RETURN CASE WHEN outwards THEN round(bound, 8) ELSE trunc(bound, 8) END;
END
$$;

-- A time of day to milliseconds, with the first or the last value of what is not written.
CREATE FUNCTION view_time_boundary(value text, highest boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    filled text := value;
BEGIN
    IF length(filled) = 2 THEN
        filled := filled || ':00';
    END IF;
    IF length(filled) = 5 THEN
        filled := filled || CASE WHEN highest THEN ':59' ELSE ':00' END;
    END IF;
    IF length(filled) = 8 THEN
        filled := filled || '.';
    END IF;
    RETURN rpad(filled, 12, CASE WHEN highest THEN '9' ELSE '0' END);
END
$$;

-- The first or the last day.
CREATE FUNCTION view_date_boundary(value text, highest boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    filled text := value;
    year integer;
    month integer;
BEGIN
    IF (view_moment(value)).low IS NULL THEN
        RETURN NULL;
    END IF;
    IF length(filled) = 4 THEN
        filled := filled || CASE WHEN highest THEN '-12' ELSE '-01' END;
    END IF;
    IF length(filled) = 7 THEN
        year := left(filled, 4);
        month := right(filled, 2);
        filled := filled || CASE
            WHEN highest THEN '-' || view_day(year, month + 1, 1) - view_day(year, month, 1)
            ELSE '-01' END;
    END IF;
    RETURN left(filled, 10);
END
$$;

-- A date or time to milliseconds and with a zone.
CREATE FUNCTION view_date_time_boundary(value text, highest boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    zone text := coalesce(substring(value from '^.{10}[^Z+-]*([Z+-].*)$'), '');
    plain text := left(value, length(value) - length(zone));
BEGIN
    IF (view_moment(value)).low IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN view_date_boundary(left(plain, 10), highest) || 'T'
        || CASE
            WHEN length(plain) > 10 THEN view_time_boundary(substr(plain, 12), highest)
            WHEN highest THEN '23:59:59.999'
            ELSE '00:00:00.000' END
        || CASE WHEN zone <> '' THEN zone WHEN highest THEN '-12:00' ELSE '+14:00' END;
END
$$;

-- The key of the resource that a reference leads to, if it leads to one of the wanted type; the empty
-- text takes any. A reference names the type of its target in front of the id, if it names one.
CREATE FUNCTION view_reference_key(reference text, declared text, wanted text, types text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    key text := split_part(reference, '/_history/', 1);
    named text;
BEGIN
    IF reference IS NULL OR starts_with(reference, '#') THEN
        RETURN NULL;
    END IF;
    IF wanted <> '' THEN
        named := split_part(key, '/', -2);
        IF NOT named = ANY (types) THEN
            named := coalesce(declared, '');
        END IF;
        IF named <> wanted THEN
            RETURN NULL;
        END IF;
    END IF;
    RETURN key;
END
$$;

-- Positions count UTF-16 code units, as the server does: a character outside of the basic plane is two.
CREATE FUNCTION view_length(value text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN CASE
        WHEN octet_length(value) = char_length(value) THEN char_length(value)
        ELSE 2 * char_length(value)
            - char_length(regexp_replace(value, E'[\U00010000-\U0010FFFF]', '', 'g')) END;
END
$$;

CREATE FUNCTION view_index_of(value text, part text) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    place integer := strpos(value, part);
BEGIN
    RETURN CASE WHEN place = 0 THEN -1 ELSE view_length(left(value, place - 1)) END;
END
$$;

-- Null when it does not start within the text; a count of null takes all.
CREATE FUNCTION view_substring(value text, start bigint, most bigint) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    size bigint := view_length(value);
    behind bigint := least(start + greatest(coalesce(most, size), 0), size);
    part text := '';
    at bigint := 0;
    width integer;
    each text;
BEGIN
    IF value IS NULL OR start IS NULL OR start < 0 OR start >= size THEN
        RETURN NULL;
    END IF;
    IF size = char_length(value) THEN
        RETURN substr(value, start::integer + 1, (behind - start)::integer);
    END IF;
    FOREACH each IN ARRAY string_to_array(value, NULL) LOOP
        width := CASE WHEN ascii(each) > 65535 THEN 2 ELSE 1 END;
        IF at < start AND at + width > start OR at < behind AND at + width > behind THEN
            RAISE EXCEPTION 'substring() would part a character' USING ERRCODE = 'AN001';
        END IF;
        IF at >= start AND at + width <= behind THEN
            part := part || each;
        END IF;
        at := at + width;
    END LOOP;
    RETURN part;
END
$$;
