package dev.andiron.sql;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** Where databases differ. Implementations are stateless. */
public interface Dialect {

    /** A condition with one bind variable: the column's text contains it; case matters. */
    String contains(String column);

    /**
     * A condition that the column's text equals a value. The value is bound as often as there are
     * variables.
     */
    default String equalText(String column) {
        return column + " = ?";
    }

    /** Likewise: the column's text is not in front of a value in the order of code points. */
    default String textFrom(String column) {
        return column + " >= ?";
    }

    /** Likewise: the column's text is in front of a value. */
    default String textBelow(String column) {
        return column + " < ?";
    }

    /**
     * The bind value of a logical id, as {@code resources} holds it; the database compares such
     * values as the ids compare, in the order of code points.
     */
    default Object id(String id) {
        return id;
    }

    /** The text of a logical id that a column of {@code resources} holds. */
    default String idText(String column) {
        return column;
    }

    /**
     * The bind value of a beginning or an end of a date, as {@code date_index} holds it; the
     * database compares such values as the times compare.
     *
     * @param micros in microseconds of the epoch
     */
    default Object time(long micros) {
        return micros;
    }

    /** The same of an expression that gives microseconds. */
    default Sql time(Sql micros) {
        return micros;
    }

    /** How many times as long it takes to test a resource as to gather one that matches. */
    default int testCost() {
        return 1;
    }

    /** The bind value of a decimal; the database compares such values as the numbers compare. */
    Object decimal(BigDecimal value);

    /**
     * The column as an expression that no index serves, for where the database would rather walk
     * through an index in its order than look up a few rows.
     */
    String withoutIndex(String column);

    /** Whether an index has the rows of {@code text_index} in the order of their texts. */
    default boolean ordersTexts() {
        return true;
    }

    /**
     * What ends a subquery that looks at one row, where the database would otherwise turn many such
     * looks into one join, and misjudge how much that takes.
     */
    default String lookEnd() {
        return "";
    }

    /** How many rows a selection gives at most: what it ends in. */
    default Sql limit(long most) {
        return Sql.of(" LIMIT ").bind(most);
    }

    /**
     * A selection of the column {@code id} that is found whole before it is put in order, where the
     * database would otherwise walk through everything in that order, and hope to end soon.
     */
    default Sql whole(Sql ids) {
        return ids;
    }

    /**
     * The great-circle distance in metres between a row of {@code position_index} and a point,
     * whose latitude and longitude are two bind variables. An expression that gives what {@link
     * GreatCircle#meters} gives.
     *
     * @param row the alias of the row
     */
    String meters(String row);

    /**
     * A table that a component's rows of a composite stand in, with the columns that the facet's
     * own table has; without bind variables.
     *
     * @param content the column with what {@link ComponentJson} wrote
     * @param component which component, from 0
     * @param facet the form of the rows that are wanted
     * @return a subquery in parentheses
     */
    String components(String content, int component, Facet facet);

    /**
     * A condition that a row of {@code full_text_index} has words.
     *
     * @param row the alias of the row
     * @param parameters the numbers of which the row has one; the statement asks for that apart
     * @param words each a word, at least one
     * @param phrase whether they follow one right after the other
     */
    Sql fullText(String row, List<Long> parameters, List<String> words, boolean phrase);

    /**
     * Whether the rows of {@code reference_index} name what they refer to by its number in {@code
     * resources}, which it then has even before it is written; otherwise by its kind and id.
     */
    default boolean refersByNumber() {
        return false;
    }

    /** The table that the rows of a facet stand in. */
    default String table(Facet facet) {
        return facet.table();
    }

    /**
     * A condition that a row is of a resource; without bind variables.
     *
     * @param row the alias of a row of the facet's table
     * @param resource the column with the resource's number
     */
    default String ofResource(Facet facet, String row, String resource) {
        return row + ".resource = " + resource;
    }

    /**
     * How to come from a resource to its rows of {@code token_index} where no index leads there.
     *
     * @param from what to select from, of which the last is the rows
     * @param where what joins them, with bind variables
     */
    record TokenPath(String from, Sql where) {}

    /**
     * The way from a resource to its rows of {@code token_index}, whatever their codes; empty if an
     * index leads there. Rows with given codes are then looked up by their key.
     *
     * @param row the alias of the rows
     * @param resource the column with the resource's number
     * @param parameters the rows have one of these
     */
    default Optional<TokenPath> tokensOf(String row, String resource, List<Long> parameters) {
        return Optional.empty();
    }

    /**
     * Whether the rows of {@link Facet#URI} name URIs by their numbers in {@code names}; otherwise
     * they hold them.
     */
    default boolean numbersUris() {
        return false;
    }

    /**
     * Whether the rows of many resources are best found by an array of their numbers, in one walk
     * through an index, and references lead by ids; instead of one by one.
     */
    default boolean looksUpArrays() {
        return false;
    }

    /** How many bind variables a statement may have. */
    int bindLimit();
}
