package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.RowCursor;
import dev.andiron.spi.view.Value;
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
import java.util.Set;

/**
 * The rows of a view, some resources at a time: between two lots it holds no session and no
 * snapshot, however slow its reader is. Used by one thread at a time.
 */
final class SqliteRowCursor implements RowCursor {
    /** Few at first, for the first rows to come soon. */
    private static final int FIRST_LOT = 50;

    private static final int LOT = 1_000;

    /** After so many rows a lot ends with the resource that it is at. */
    private static final int ROWS = 10_000;

    private final ReadPool reads;
    private final Numbers numbers;
    private final TenantContext tenant;
    private final ViewRequest request;
    private final List<Column> columns;
    private final SqlStatement statement;
    private final Deque<Row> rows = new ArrayDeque<>();
    private long left;
    private int lot = FIRST_LOT;
    private long last;
    private boolean begun;
    private boolean ended;

    SqliteRowCursor(ReadPool reads, Numbers numbers, TenantContext tenant, ViewRequest request) {
        this.reads = reads;
        this.numbers = numbers;
        this.tenant = tenant;
        this.request = request;
        columns = request.view().columns();
        statement = SqliteViewEngine.statement(request.view());
        left = request.limit().orElse(Long.MAX_VALUE);
    }

    @Override
    public List<Row> next() {
        while (rows.isEmpty() && !ended && left > 0) {
            reads.read(this::fill);
        }
        var next = new ArrayList<Row>();
        while (!rows.isEmpty() && next.size() < MOST && left > 0) {
            next.add(rows.poll());
            left--;
        }
        return next;
    }

    /** The ids and the documents are read from one snapshot. */
    private boolean fill(Session session) throws SQLException {
        session.viewFunctions().use(request.functions());
        session.run("BEGIN");
        try {
            List<Long> ids = session.list(page(session), row -> row.getLong(1));
            ended = ids.size() < lot;
            if (!ids.isEmpty()) {
                begun = true;
                last = ids.getLast();
                read(session, ids);
            }
            lot = LOT;
            session.run("COMMIT");
            return true;
        } catch (SQLException e) {
            session.forgetStatements();
            session.run("ROLLBACK");
            throw failure(session, e);
        }
    }

    private static SQLException failure(Session session, SQLException e) throws SQLException {
        Optional<StorageException> said = session.viewFunctions().failure();
        if (said.isPresent()) {
            throw said.get();
        }
        return e;
    }

    private SqlStatement page(Session session) throws SQLException {
        var after =
                begun
                        ? Optional.of(new PagePosition(List.of(), last).cursor())
                        : Optional.<dev.andiron.spi.search.Cursor>empty();
        var query =
                new Query(
                        Set.of(request.view().resourceType()),
                        request.filter(),
                        List.of(),
                        lot,
                        after,
                        Query.Total.NONE);
        var catalog = SqliteCatalog.of(session, numbers, tenant.tenant().value());
        return SqliteSearchEngine.compiler(session, catalog).page(query, lot);
    }

    static SqlStatement withIds(SqlStatement statement, String ids) {
        var values = new ArrayList<>(statement.values());
        values.replaceAll(value -> value == SqliteViewEngine.Ids.PLACE ? ids : value);
        return new SqlStatement(statement.text(), values);
    }

    private void read(Session session, List<Long> ids) throws SQLException {
        SqlStatement sql = withIds(statement, ids.toString());
        try (ResultSet found = session.bind(sql.text(), sql.values()).executeQuery()) {
            long at = 0;
            while (found.next()) {
                long id = found.getLong(1);
                if (id != at && rows.size() >= ROWS) {
                    last = at;
                    ended = false;
                    return;
                }
                at = id;
                rows.add(row(found));
            }
        }
    }

    private Row row(ResultSet found) throws SQLException {
        var values = new ArrayList<Value>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            values.add(ValueReader.read(columns.get(i), found.getObject(i + 2)));
        }
        return new Row(values);
    }

    @Override
    public void close() {
        ended = true;
        rows.clear();
    }
}
