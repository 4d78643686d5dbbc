package dev.andiron.postgres;

import dev.andiron.postgres.Session.SqlArray;
import dev.andiron.spi.StorageException;
import dev.andiron.sql.Dialect;
import dev.andiron.sql.Facet;
import dev.andiron.sql.OrderedDecimal;
import dev.andiron.sql.Sql;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** PostgreSQL's own SQL. */
final class PostgresDialect implements Dialect {
    /** The protocol counts values in 16 bits; some are left for the frame of a search. */
    private static final int BIND_LIMIT = 65_000;

    @Override
    public String contains(String column) {
        return "strpos(" + column + ", ?) > 0";
    }

    /** The column with the beginning of a text, which stands beside the column with the text. */
    private static String head(String column) {
        return column.substring(0, column.lastIndexOf('.')) + ".head";
    }

    @Override
    public String equalText(String column) {
        return "(" + head(column) + " = left(?, 255) AND " + column + " = ?)";
    }

    @Override
    public String textFrom(String column) {
        return "(" + head(column) + " >= left(?, 255) AND " + column + " >= ?)";
    }

    @Override
    public String textBelow(String column) {
        return "(" + head(column) + " <= left(?, 255) AND " + column + " < ?)";
    }

    @Override
    public Object decimal(BigDecimal value) {
        return OrderedDecimal.encode(value);
    }

    @Override
    public int testCost() {
        return 4;
    }

    @Override
    public String withoutIndex(String column) {
        return "nullif(" + column + ", NULL)";
    }

    /** They are indexed by their beginnings alone. */
    @Override
    public boolean ordersTexts() {
        return false;
    }

    /** A subquery with an offset stays one. */
    @Override
    public String lookEnd() {
        return " OFFSET 0";
    }

    /** In the text, so that a plan that is kept is one for so many rows. */
    @Override
    public Sql limit(long most) {
        return Sql.of(" LIMIT " + most);
    }

    @Override
    public Sql whole(Sql ids) {
        return Sql.of("SELECT id FROM (").add(ids).add(" OFFSET 0) w");
    }

    @Override
    public String meters(String row) {
        return "great_circle(?, ?, " + row + ".latitude, " + row + ".longitude)";
    }

    /** The offset keeps conditions on the columns away from rows of other forms. */
    @Override
    public String components(String content, int component, Facet facet) {
        return "(SELECT "
                + columns(facet)
                + " FROM (SELECT e.row FROM jsonb_array_elements("
                + content
                + " -> "
                + component
                + ") AS e (row) WHERE (e.row ->> 0)::integer = "
                + facet.code()
                + " OFFSET 0) j)";
    }

    private static String columns(Facet facet) {
        return switch (facet.table()) {
            case "text_index" -> "j.row ->> 1 AS value, left(j.row ->> 1, 255) AS head";
            case "token_index" ->
                    "j.row ->> 1 AS code, (j.row ->> 2)::integer AS system,"
                            + " (j.row ->> 3)::integer AS display";
            case "reference_index" ->
                    "j.row ->> 1 AS target, (j.row ->> 2)::integer AS target_kind,"
                            + " j.row ->> 3 AS version";
            case "date_index" -> "(j.row ->> 1)::bigint AS low, (j.row ->> 2)::bigint AS high";
            case "number_index" ->
                    "decode(j.row ->> 1, 'hex') AS low, decode(j.row ->> 2, 'hex') AS high,"
                            + " (j.row ->> 3)::integer AS system, (j.row ->> 4)::integer AS code";
            case "position_index" ->
                    "(j.row ->> 1)::double precision AS latitude,"
                            + " (j.row ->> 2)::double precision AS longitude";
            default ->
                    throw new StorageException.NotSupported(
                            "this backend does not search composites within composites or for"
                                    + " words");
        };
    }

    /**
     * The index finds rows with all the words; whether they follow each other is looked at then.
     */
    @Override
    public Sql fullText(String row, List<Long> parameters, List<String> words, boolean phrase) {
        return Sql.any(
                parameters.stream()
                        .map(
                                parameter ->
                                        content(
                                                row + ".content",
                                                words.stream()
                                                        .mapToLong(
                                                                word ->
                                                                        WordNumber.of(
                                                                                parameter, word))
                                                        .toArray(),
                                                phrase && words.size() > 1))
                        .toList());
    }

    private static Sql content(String content, long[] words, boolean phrase) {
        Sql sql = Sql.of(content + " @> ").bind(new SqlArray("int8", words));
        if (phrase) {
            String wanted =
                    Arrays.stream(words)
                            .mapToObj(Long::toString)
                            .collect(Collectors.joining(",", ",", ","));
            sql.add(" AND strpos(',' || array_to_string(" + content + ", ',') || ',', ")
                    .bind(wanted)
                    .add(") > 0");
        }
        return Sql.of("(").add(sql).add(")");
    }

    /** To begin a look-up takes longer than the look-up. */
    @Override
    public boolean looksUpArrays() {
        return true;
    }

    @Override
    public int bindLimit() {
        return BIND_LIMIT;
    }
}
