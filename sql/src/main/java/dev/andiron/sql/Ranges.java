package dev.andiron.sql;

import dev.andiron.spi.search.ValueTest.RangeOperator;

import java.time.Instant;

/**
 * Comparisons of ranges. Where it follows from the low bound never lying above the high one, a
 * condition on one column alone is added, between whose bounds an index lies.
 */
final class Ranges {

    private Ranges() {}

    /** Compares the columns {@code low} and {@code high} of a row with [low, high). */
    static Sql condition(
            Dialect dialect, RangeOperator operator, Object low, Object high, String row) {
        String l = row + ".low";
        String h = row + ".high";
        return switch (operator) {
            case EQ -> within(l, h, low, high);
            case NE ->
                    Sql.of("(" + l + " < ").bind(low).add(" OR " + h + " > ").bind(high).add(")");
            case GT -> Sql.of(h + " > ").bind(high);
            case LT -> Sql.of(l + " < ").bind(low);
            case GE ->
                    Sql.of("(" + h + " >= ")
                            .bind(low)
                            .add(" AND (" + dialect.withoutIndex(h) + " > ")
                            .bind(high)
                            .add(" OR " + dialect.withoutIndex(l) + " >= ")
                            .bind(low)
                            .add("))");
            case LE ->
                    Sql.of("(" + l + " <= ")
                            .bind(high)
                            .add(" AND (" + l + " < ")
                            .bind(low)
                            .add(" OR " + h + " <= ")
                            .bind(high)
                            .add("))");
            case SA -> Sql.of(l + " >= ").bind(high);
            case EB ->
                    Sql.of("(" + l + " <= ").bind(low).add(" AND " + h + " <= ").bind(low).add(")");
            case AP ->
                    Sql.of("(" + l + " < ").bind(high).add(" AND " + h + " > ").bind(low).add(")");
        };
    }

    private static Sql within(String l, String h, Object low, Object high) {
        return Sql.of("(" + l + " >= ")
                .bind(low)
                .add(" AND " + l + " <= ")
                .bind(high)
                .add(" AND " + h + " <= ")
                .bind(high)
                .add(")");
    }

    /**
     * Compares a column of milliseconds, each standing for [t, t + 1), with [low, high). As all
     * values are of one length, every condition is on the one column.
     */
    static Sql milliseconds(RangeOperator operator, Instant low, Instant high, String column) {
        long from = Times.millisUp(low);
        long endDown = Times.millisDown(high);
        return switch (operator) {
            case EQ -> between(column, from, endDown);
            case NE -> Sql.of("NOT ").add(between(column, from, endDown));
            case GT -> Sql.of(column + " >= ").bind(endDown);
            case LT -> Sql.of(column + " < ").bind(from);
            case GE ->
                    Sql.of("(" + column + " >= ")
                            .bind(endDown)
                            .add(" OR ")
                            .add(between(column, from, endDown))
                            .add(")");
            case LE ->
                    Sql.of("(" + column + " < ")
                            .bind(from)
                            .add(" OR ")
                            .add(between(column, from, endDown))
                            .add(")");
            case SA -> Sql.of(column + " >= ").bind(Times.millisUp(high));
            case EB -> Sql.of(column + " < ").bind(Times.millisDown(low));
            case AP -> between(column, Times.millisDown(low), Times.millisUp(high));
        };
    }

    private static Sql between(String column, long from, long end) {
        return Sql.of("(" + column + " >= ")
                .bind(from)
                .add(" AND " + column + " < ")
                .bind(end)
                .add(")");
    }
}
