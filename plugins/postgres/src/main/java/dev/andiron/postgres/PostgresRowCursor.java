package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.View;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.PagePosition;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.view.ValueReader;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The rows of a view, some resources at a time: between two lots it holds no connection and no
 * snapshot, however slow its reader is. Used by one thread at a time.
 */
final class PostgresRowCursor implements RowCursor {
    /** Few at first, for the first rows to come soon. */
    private static final int FIRST_LOT = 50;

    private static final int LOT = 1_000;

    /** After so many rows a lot ends with the resource that it is at. */
    private static final int ROWS = 10_000;

    private static final int FETCH = 500;

    /** One snapshot for all statements of a lot. */
    private static final String SNAPSHOT =
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    /**
     * Tables are joined in the order written, in which rows have to come, and no document is hashed
     * to find out whether it was seen before.
     */
    private static final String IN_ORDER =
            "SET LOCAL join_collapse_limit = 1; SET LOCAL enable_memoize = off";

    private final Tenants tenants;
    private final TenantContext tenant;
    private final ViewRequest request;
    private final List<Column> columns;
    private final ViewStatement statement;
    private final Deque<Row> rows = new ArrayDeque<>();
    private OptionalLong last = OptionalLong.empty();
    private long left;
    private int lot = FIRST_LOT;
    private boolean ended;

    PostgresRowCursor(Tenants tenants, TenantContext tenant, ViewRequest request) {
        this.tenants = tenants;
        this.tenant = tenant;
        this.request = request;
        columns = request.view().columns();
        statement = ViewStatement.of(request.view());
        left = request.limit().orElse(Long.MAX_VALUE);
    }

    @Override
    public List<Row> next() {
        while (rows.isEmpty() && !ended && left > 0) {
            Lot read = tenants.read(tenant, () -> Lot.END, this::read);
            rows.addAll(read.rows());
            ended = read.next().isEmpty();
            last = read.next();
            lot = LOT;
        }
        var next = new ArrayList<Row>();
        while (!rows.isEmpty() && next.size() < MOST && left > 0) {
            next.add(rows.poll());
            left--;
        }
        return next;
    }

    /**
     * What was read at once.
     *
     * @param next the id of the resource behind which to go on; empty at the end
     */
    private record Lot(List<Row> rows, OptionalLong next) {
        static final Lot END = new Lot(List.of(), OptionalLong.empty());
    }

    /** Takes rows as they come. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes some.
         *
         * @return whether it wants more
         */
        boolean take(List<Row> rows) throws SQLException;
    }

    /** Begins a transaction that sees one moment. */
    static void beginSnapshot(Session session) throws SQLException {
        session.begin();
        session.run(SNAPSHOT);
    }

    /**
     * Gives all rows within a transaction that has begun.
     *
     * @return whether all of them were wanted
     */
    boolean all(Session session, int number, Sink sink) throws SQLException {
        while (true) {
            Lot read = lot(session, number);
            if (!sink.take(read.rows())) {
                return false;
            }
            if (read.next().isEmpty()) {
                return true;
            }
            last = read.next();
            lot = LOT;
        }
    }

    /** Changes nothing here, so that it may be repeated. */
    private Lot read(Session session, int number) throws SQLException {
        beginSnapshot(session);
        Lot read = lot(session, number);
        session.commit();
        return read;
    }

    private Lot lot(Session session, int number) throws SQLException {
        List<Long> ids = session.list(page(session, number), row -> row.getLong(1));
        try {
            return ids.isEmpty() ? Lot.END : read(session, number, ids);
        } catch (SQLException e) {
            Optional<String> broken = PostgresErrors.brokenRule(e);
            if (broken.isEmpty()) {
                throw e;
            }
            throw refused(broken.get(), breaker(session, number, ids));
        }
    }

    private StorageException refused(String rule, Optional<String> resource) {
        View view = request.view();
        return new StorageException.Unprocessable(
                "%s on %s: %s"
                        .formatted(
                                view.name().isEmpty()
                                        ? "the view"
                                        : "the view '" + view.name() + "'",
                                resource.map(id -> view.resourceType() + "/" + id)
                                        .orElse("a resource that has changed since"),
                                rule));
    }

    /** The first resource that breaks a rule, found by halves; empty if none does any more. */
    private Optional<String> breaker(Session session, int number, List<Long> ids)
            throws SQLException {
        List<Long> suspects = ids;
        while (suspects.size() > 1) {
            List<Long> half = suspects.subList(0, suspects.size() / 2);
            suspects =
                    breaks(session, number, half)
                            ? half
                            : suspects.subList(half.size(), suspects.size());
        }
        return breaks(session, number, suspects)
                ? logicalId(session, number, suspects.getFirst())
                : Optional.empty();
    }

    private static Optional<String> logicalId(Session session, int number, long id)
            throws SQLException {
        return session.first(
                row -> row.getString(1),
                "SELECT logical_id FROM resources WHERE tenant = ? AND id = ?",
                number,
                id);
    }

    private boolean breaks(Session session, int number, List<Long> ids) throws SQLException {
        session.rollback();
        session.begin();
        try {
            read(session, number, ids);
            return false;
        } catch (SQLException e) {
            if (PostgresErrors.brokenRule(e).isEmpty()) {
                throw e;
            }
            return true;
        } finally {
            session.rollback();
        }
    }

    private SqlStatement page(Session session, int number) {
        Optional<Cursor> after =
                last.isPresent()
                        ? Optional.of(new PagePosition(List.of(), last.getAsLong()).cursor())
                        : Optional.empty();
        var query =
                new Query(
                        Set.of(request.view().resourceType()),
                        request.filter(),
                        List.of(),
                        lot,
                        after,
                        Query.Total.NONE);
        return PostgresSearchEngine.Compiled.of(
                number,
                PostgresSearchEngine.compiler(session, tenants.numbers(), number).page(query, lot));
    }

    private Lot read(Session session, int number, List<Long> ids) throws SQLException {
        session.run(IN_ORDER);
        SqlStatement sql = statement.on(number, ids, request);
        var found = new ArrayList<Row>();
        try (var bound = session.bindOnce(sql.text(), sql.values())) {
            bound.setFetchSize(Math.clamp(left, 1, FETCH));
            try (ResultSet results = bound.executeQuery()) {
                long at = 0;
                int before = 0;
                while (found.size() < left && results.next()) {
                    long id = results.getLong(1);
                    if (id != at) {
                        if (found.size() >= ROWS) {
                            return new Lot(found, OptionalLong.of(at));
                        }
                        at = id;
                        before = found.size();
                    } else if (found.size() - before == View.MOST_ROWS) {
                        throw refused(
                                "it gives more than " + View.MOST_ROWS + " rows",
                                logicalId(session, number, id));
                    }
                    found.add(row(results));
                }
            }
        }
        return new Lot(
                found, ids.size() < lot ? OptionalLong.empty() : OptionalLong.of(ids.getLast()));
    }

    private Row row(ResultSet results) throws SQLException {
        var values = new ArrayList<Value>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            values.add(ValueReader.read(columns.get(i), results.getObject(i + 2)));
        }
        return new Row(values);
    }

    @Override
    public void close() {
        ended = true;
        rows.clear();
    }
}
