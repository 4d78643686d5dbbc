package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.sql.Dialect;
import dev.andiron.sql.Facet;
import dev.andiron.sql.OrderedDecimal;
import dev.andiron.sql.Sql;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** SQLite's own SQL. */
final class SqliteDialect implements Dialect {
    /** SQLite's SQLITE_MAX_VARIABLE_NUMBER. */
    private static final int BIND_LIMIT = 32_766;

    private static final long MICROS = 1_000_000;

    /** A table beside {@code text_index}: URIs are long, and few are seen once only. */
    private static final String URIS = "uri_index";

    @Override
    public String contains(String column) {
        return "instr(" + column + ", ?) > 0";
    }

    @Override
    public Object decimal(BigDecimal value) {
        return OrderedDecimal.encode(value);
    }

    @Override
    public Object time(long micros) {
        return seconds(micros);
    }

    /** A whole number of seconds, or else a fraction: SQLite compares the two exactly. */
    static Object seconds(long micros) {
        if (micros % MICROS == 0) {
            return micros / MICROS;
        }
        return micros / (double) MICROS;
    }

    @Override
    public Sql time(Sql micros) {
        return Sql.of("(").add(micros).add(" / 1e6)");
    }

    /** The same of a column with microseconds. */
    private static String seconds(String micros) {
        return "CASE WHEN %1$s %% %2$d = 0 THEN %1$s / %2$d ELSE %1$s / 1e6 END"
                .formatted(micros, MICROS);
    }

    @Override
    public String withoutIndex(String column) {
        return "+" + column;
    }

    @Override
    public String meters(String row) {
        return Session.METERS + "(?, ?, " + row + ".latitude, " + row + ".longitude)";
    }

    @Override
    public String components(String content, int component, Facet facet) {
        return "(SELECT "
                + columns(facet)
                + " FROM json_each("
                + content
                + ", '$["
                + component
                + "]') j WHERE j.value ->> 0 = "
                + facet.code()
                + ")";
    }

    private static String columns(Facet facet) {
        return switch (facet.table()) {
            case "text_index" -> "j.value ->> 1 AS value";
            case "token_index" ->
                    "j.value ->> 1 AS code, j.value ->> 2 AS system, j.value ->> 3 AS display";
            case "reference_index" ->
                    "j.value ->> 1 AS target, j.value ->> 2 AS target_kind, j.value ->> 3 AS"
                            + " version";
            case "date_index" ->
                    seconds("(j.value ->> 1)")
                            + " AS low, "
                            + seconds("(j.value ->> 2)")
                            + " AS high";
            case "number_index" ->
                    "unhex(j.value ->> 1) AS low, unhex(j.value ->> 2) AS high,"
                            + " j.value ->> 3 AS system, j.value ->> 4 AS code";
            case "position_index" -> "j.value ->> 1 AS latitude, j.value ->> 2 AS longitude";
            default ->
                    throw new StorageException.NotSupported(
                            "this backend does not search composites within composites or for"
                                    + " words");
        };
    }

    /** Words are letters and digits alone, so that nothing in them means anything to FTS5. */
    @Override
    public Sql fullText(String row, List<Long> parameters, List<String> words, boolean phrase) {
        String among =
                parameters.stream()
                        .map(number -> "\"" + number + "\"")
                        .collect(Collectors.joining(" OR "));
        String wanted =
                phrase
                        ? "\"" + String.join(" ", words) + "\""
                        : words.stream()
                                .map(word -> "\"" + word + "\"")
                                .collect(Collectors.joining(" AND "));
        return Sql.of(row + ".id IN (SELECT rowid FROM full_text WHERE full_text MATCH ")
                .bind("parameter : (" + among + ") AND words : (" + wanted + ")")
                .add(")");
    }

    @Override
    public Object id(String id) {
        return IdCode.encode(id);
    }

    @Override
    public String idText(String column) {
        return Session.ID + "(" + column + ")";
    }

    @Override
    public boolean refersByNumber() {
        return true;
    }

    /**
     * The first text of a resource has its number, and the others are few; see {@link
     * FullTextBuffer}. The number stands in the statement, for only then the index of the others
     * serves.
     */
    @Override
    public String ofResource(Facet facet, String row, String resource) {
        return facet == Facet.FULL_TEXT
                ? "(%1$s.id = %2$s OR (%1$s.id >= %3$s AND %1$s.resource = %2$s))"
                        .formatted(row, resource, Long.toString(FullTextBuffer.SLOT))
                : row + ".resource = " + resource;
    }

    @Override
    public Optional<TokenPath> tokensOf(String row, String resource, List<Long> parameters) {
        String keys = row + "k";
        String key = row + "e";
        Sql where =
                Sql.of(keys + ".resource = " + resource + " AND ")
                        .among(TokenKeyBuffer.parameter(key), parameters)
                        .add(" AND " + row + ".parameter = " + TokenKeyBuffer.parameter(key))
                        .add(" AND " + row + ".code = " + TokenKeyBuffer.code(key))
                        .add(" AND " + row + ".resource = " + keys + ".resource");
        return Optional.of(
                new TokenPath(
                        "token_keys %1$s CROSS JOIN json_each(%1$s.content) %2$s CROSS JOIN token_index %3$s"
                                .formatted(keys, key, row),
                        where));
    }

    /** {@link #components} still gives the URIs of a composite as texts. */
    @Override
    public String table(Facet facet) {
        return facet == Facet.URI ? URIS : facet.table();
    }

    @Override
    public boolean numbersUris() {
        return true;
    }

    @Override
    public int bindLimit() {
        return BIND_LIMIT;
    }
}
