package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.sql.Dialect;
import dev.andiron.sql.Facet;

import java.math.BigDecimal;
import java.util.List;

/** PostgreSQL's own SQL. */
final class PostgresDialect implements Dialect {
    /** The protocol counts values in 16 bits; some are left for the frame of a search. */
    private static final int BIND_LIMIT = 65_000;

    @Override
    public String contains(String column) {
        return "strpos(" + column + ", ?) > 0";
    }

    @Override
    public String equalText(String column) {
        return "(left(" + column + ", 255) = left(?, 255) AND " + column + " = ?)";
    }

    @Override
    public String textFrom(String column) {
        return "(left(" + column + ", 255) >= left(?, 255) AND " + column + " >= ?)";
    }

    @Override
    public String textBelow(String column) {
        return "(left(" + column + ", 255) <= left(?, 255) AND " + column + " < ?)";
    }

    @Override
    public Object decimal(BigDecimal value) {
        return value;
    }

    @Override
    public String withoutIndex(String column) {
        return "nullif(" + column + ", NULL)";
    }

    @Override
    public String meters(String row) {
        throw unsupported("distance");
    }

    @Override
    public String components(String content, int component, Facet facet) {
        throw unsupported("composite parameters");
    }

    @Override
    public String fullText(String row) {
        throw unsupported("words");
    }

    @Override
    public Object words(List<Long> parameters, List<String> words, boolean phrase) {
        throw unsupported("words");
    }

    private static StorageException.NotSupported unsupported(String what) {
        return new StorageException.NotSupported("this backend does not search by " + what);
    }

    @Override
    public int bindLimit() {
        return BIND_LIMIT;
    }
}
