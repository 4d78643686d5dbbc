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
import dev.andiron.sql.document.IrregularException;
import dev.andiron.sql.document.RowReader;
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

    /** Contents that are held at once. */
    private static final int DOCUMENTS = 100;

    /** After so many documents of a lot that are left to SQL, so is the rest of the lot. */
    private static final int IRREGULAR = 16;

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
    private final Optional<RowReader> reader;
    private final Deque<Row> rows = new ArrayDeque<>();
    private OptionalLong last = OptionalLong.empty();
    private long left;
    private int lot = FIRST_LOT;
    private boolean ended;

    /**
     * @param reader how rows are read out of documents without SQL; empty asks SQL for all
     */
    PostgresRowCursor(
            Tenants tenants,
            TenantContext tenant,
            ViewRequest request,
            Optional<RowReader> reader) {
        this.tenants = tenants;
        this.tenant = tenant;
        this.request = request;
        this.reader = reader;
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
        SqlStatement page = page(session, number);
        return reader.isPresent()
                ? documents(session, number, page, reader.get())
                : asked(session, number, page);
    }

    private Lot asked(Session session, int number, SqlStatement page) throws SQLException {
        List<Long> ids =
                session.list(PostgresSearchEngine.Compiled.of(number, page), row -> row.getLong(1));
        var found = new ArrayList<Row>();
        return lot(found, ask(session, number, ids, found), ids);
    }

    private Lot lot(List<Row> found, OptionalLong ended, List<Long> ids) {
        return new Lot(
                found,
                ended.isPresent() || ids.size() < lot ? ended : OptionalLong.of(ids.getLast()));
    }

    /** Rows out of the documents themselves; a few odd ones are left to SQL. */
    private Lot documents(Session session, int number, SqlStatement page, RowReader documents)
            throws SQLException {
        SqlStatement sql =
                PostgresSearchEngine.Compiled.of(
                        number,
                        "SELECT p.id, v.content FROM ("
                                + page.text()
                                + ") p JOIN resources r ON r.id = p.id"
                                + " JOIN versions v ON v.position = r.position ORDER BY p.id",
                        page.values());
        var found = new ArrayList<Row>();
        var ids = new ArrayList<Long>();
        var rest = new ArrayList<Long>();
        int irregular = 0;
        try (var bound = session.bind(sql.text(), sql.values())) {
            bound.setFetchSize(DOCUMENTS);
            try (ResultSet results = bound.executeQuery()) {
                while (results.next() && found.size() < left) {
                    if (found.size() >= ROWS) {
                        return new Lot(found, OptionalLong.of(ids.getLast()));
                    }
                    ids.add(results.getLong(1));
                    if (irregular == IRREGULAR) {
                        rest.add(ids.getLast());
                    } else if (!isRead(session, number, results, documents, found)) {
                        irregular++;
                        var ended = ask(session, number, List.of(ids.getLast()), found);
                        if (ended.isPresent()) {
                            return new Lot(found, ended);
                        }
                    }
                }
            }
        }
        return lot(found, ask(session, number, rest, found), ids);
    }

    /** Whether the rows of a resource could be read out of its content. */
    private boolean isRead(
            Session session, int number, ResultSet row, RowReader documents, List<Row> found)
            throws SQLException {
        try {
            if (!documents.read(row.getBytes(2), found, left - found.size())) {
                throw tooMany(session, number, row.getLong(1));
            }
            return true;
        } catch (IrregularException _) {
            return false;
        }
    }

    /**
     * Asks SQL for the rows of resources.
     *
     * @return the resource behind which it ended early; empty if it did not
     */
    private OptionalLong ask(Session session, int number, List<Long> ids, List<Row> found)
            throws SQLException {
        try {
            return ids.isEmpty() ? OptionalLong.empty() : read(session, number, ids, found);
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
            read(session, number, ids, new ArrayList<>());
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
        return PostgresSearchEngine.compiler(session, tenants.numbers(), number).page(query, lot);
    }

    private OptionalLong read(Session session, int number, List<Long> ids, List<Row> found)
            throws SQLException {
        session.run(IN_ORDER);
        SqlStatement sql = statement.on(number, ids, request);
        try (var bound = session.bindOnce(sql.text(), sql.values())) {
            bound.setFetchSize(Math.clamp(left, 1, FETCH));
            try (ResultSet results = bound.executeQuery()) {
                long at = 0;
                int before = found.size();
                while (found.size() < left && results.next()) {
                    long id = results.getLong(1);
                    if (id != at) {
                        if (found.size() >= ROWS && at > 0) {
                            return OptionalLong.of(at);
                        }
                        at = id;
                        before = found.size();
                    } else if (found.size() - before == View.MOST_ROWS) {
                        throw tooMany(session, number, id);
                    }
                    found.add(row(results));
                }
            }
        }
        return OptionalLong.empty();
    }

    private StorageException tooMany(Session session, int number, long id) throws SQLException {
        return refused(
                "it gives more than " + View.MOST_ROWS + " rows", logicalId(session, number, id));
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
