package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.PagePosition;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.view.ValueReader;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the rows of a view, some resources at a time. Used by one thread at a time. */
final class ViewLots {
    /** Few at first, for the first rows to come soon. */
    private static final int FIRST_LOT = 50;

    private static final int LOT = 1_000;

    /** After so many rows a lot ends with the resource that it is at. */
    private static final int ROWS = 10_000;

    private final Numbers numbers;
    private final TenantContext tenant;
    private final ViewRequest request;
    private final List<Column> columns;
    private final SqlStatement statement;
    private int lot = FIRST_LOT;
    private long last;
    private boolean begun;
    private boolean ended;

    ViewLots(Numbers numbers, TenantContext tenant, ViewRequest request) {
        this.numbers = numbers;
        this.tenant = tenant;
        this.request = request;
        columns = request.view().columns();
        statement = SqliteViewEngine.statement(request.view());
    }

    /** Whether all resources have been read. */
    boolean ended() {
        return ended;
    }

    /**
     * The rows of the next resources.
     *
     * @param session in a transaction, so that ids and documents are of one moment
     */
    List<Row> next(Session session) throws SQLException {
        session.viewFunctions().use(request.functions());
        try {
            List<Long> ids = session.list(page(session), row -> row.getLong(1));
            ended = ids.size() < lot;
            lot = LOT;
            if (ids.isEmpty()) {
                return List.of();
            }
            begun = true;
            last = ids.getLast();
            return read(session, ids);
        } catch (SQLException e) {
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
        Optional<Cursor> after =
                begun ? Optional.of(new PagePosition(List.of(), last).cursor()) : Optional.empty();
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

    private List<Row> read(Session session, List<Long> ids) throws SQLException {
        var rows = new ArrayList<Row>();
        SqlStatement sql = SqliteViewEngine.withIds(statement, ids.toString());
        try (ResultSet found = session.bind(sql.text(), sql.values()).executeQuery()) {
            long at = 0;
            while (found.next()) {
                long id = found.getLong(1);
                if (id != at && rows.size() >= ROWS) {
                    last = at;
                    ended = false;
                    break;
                }
                at = id;
                rows.add(row(found));
            }
        }
        return rows;
    }

    private Row row(ResultSet found) throws SQLException {
        var values = new ArrayList<Value>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            values.add(ValueReader.read(columns.get(i), found.getObject(i + 2)));
        }
        return new Row(values);
    }
}
