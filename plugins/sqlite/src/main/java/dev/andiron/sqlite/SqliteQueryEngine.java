package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlQuery;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.query.QueryText;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs SQL over views. The rows of the views that a statement names are copied into a database in
 * memory that lives as long as the query: the statement cannot reach what is not in there. SQLite's
 * own guard against statements, its authorizer, is not to be had through JDBC; and a database that
 * has only what may be seen needs none.
 */
final class SqliteQueryEngine implements SqlQueryEngine {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final ReadPool reads;
    private final SqliteViewEngine views;
    private final long memory;
    private final Semaphore permits;

    /**
     * @param memory how many bytes the tables of one query may take
     * @param most how many queries run at once
     */
    SqliteQueryEngine(ReadPool reads, SqliteViewEngine views, long memory, int most) {
        this.reads = reads;
        this.views = views;
        this.memory = memory;
        permits = new Semaphore(most, true);
    }

    /** What one query holds until it is closed. */
    final class Resources implements AutoCloseable {
        private final long deadline;
        private final QueryDatabase database;
        private volatile boolean closed;

        private Resources(long deadline) throws SQLException {
            this.deadline = deadline;
            database = new QueryDatabase(memory, () -> closed || System.nanoTime() > deadline);
        }

        /** Runs something where it may take long. */
        <T> T run(ReadPool.Aside<T> work) {
            return reads.aside(work);
        }

        /** Breaks off what runs, waits for it, and lets go of everything. */
        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                database.close();
            } catch (SQLException e) {
                throw SqliteErrors.of(e);
            } finally {
                permits.release();
            }
        }
    }

    @Override
    public String dialect() {
        return "sqlite";
    }

    @Override
    public SqlRows run(TenantContext tenant, SqlQuery query) {
        var text = new SqliteQueryScanner(query.sql()).scan();
        Map<String, ViewRequest> tables = tables(query, text);
        text.requireParameters(query.parameters().keySet());
        long deadline = System.nanoTime() + query.timeLimit().toNanos();
        Resources resources = open(deadline, query.timeLimit());
        boolean begun = false;
        try {
            SqlRows rows = resources.run(() -> begin(resources, tenant, query, text, tables));
            begun = true;
            return rows;
        } finally {
            if (!begun) {
                resources.close();
            }
        }
    }

    private Resources open(long deadline, Duration wait) {
        try {
            if (!permits.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StorageException.Unavailable(
                        "as many SQL queries as may run at once do so", SOON, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable("the request was interrupted", SOON, e);
        }
        try {
            return new Resources(deadline);
        } catch (SQLException e) {
            permits.release();
            throw SqliteErrors.of(e);
        }
    }

    /** The tables that the statement names; to make the others would be in vain. */
    private Map<String, ViewRequest> tables(SqlQuery query, QueryText text) {
        var named = new HashMap<String, ViewRequest>();
        query.tables()
                .forEach(
                        (name, request) -> {
                            String folded = name.toLowerCase(Locale.ROOT);
                            if (folded.startsWith("sqlite_") || folded.startsWith("pragma_")) {
                                throw new StorageException.Unprocessable(
                                        "SQLite keeps the name '%s' to itself".formatted(name));
                            }
                            views.refusal(request.view())
                                    .ifPresent(
                                            reason -> {
                                                throw new StorageException.NotSupported(reason);
                                            });
                            if (text.values(SqliteQueryScanner::mayBeName).contains(folded)) {
                                named.put(name, request);
                            }
                        });
        return named;
    }

    private SqlRows begin(
            Resources resources,
            TenantContext tenant,
            SqlQuery query,
            QueryText text,
            Map<String, ViewRequest> tables)
            throws SQLException {
        QueryDatabase database = resources.database;
        var empty = new ArrayList<Filling>();
        for (var table : tables.entrySet()) {
            ViewRequest request = table.getValue();
            empty.add(
                    new Filling(
                            views.lots(tenant, request),
                            database.new Table(table.getKey(), request.view().columns())));
        }
        PreparedStatement statement = database.prepare(text);
        List<String> names = text.parameters();
        for (int i = 0; i < names.size(); i++) {
            QueryDatabase.bind(statement, i + 1, query.parameters().get(names.get(i)));
        }
        var rows = new SqliteQueryRows(resources, statement, query.rowLimit());
        if (fill(empty, resources.deadline)) {
            database.seal();
            rows.begin();
        } else {
            rows.endInTime();
        }
        return rows;
    }

    /** A table and where its rows come from. */
    private record Filling(ViewLots lots, QueryDatabase.Table table) {}

    /**
     * Fills all tables from one snapshot.
     *
     * @return whether there was time enough
     */
    private boolean fill(List<Filling> tables, long deadline) {
        return reads.read(
                session ->
                        session.inTransaction(
                                reading -> {
                                    reading.deadline(deadline);
                                    for (Filling each : tables) {
                                        if (!fill(reading, each, deadline)) {
                                            return false;
                                        }
                                    }
                                    return true;
                                }));
    }

    private static boolean fill(Session session, Filling filling, long deadline)
            throws SQLException {
        try (var table = filling.table()) {
            var rest = Optional.of(ViewLots.Range.START);
            while (rest.isPresent()) {
                ViewLots.Resources resources = filling.lots().resources(session, rest.get());
                ViewLots.Lot lot = filling.lots().read(session, rest.get(), resources);
                for (Row row : lot.rows()) {
                    table.add(row);
                }
                if (System.nanoTime() > deadline) {
                    return false;
                }
                rest = lot.rest();
            }
            return true;
        } catch (SQLException e) {
            if (QueryDatabase.isInterrupt(e)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public String explain(TenantContext tenant, SqlQuery query) {
        var text = new SqliteQueryScanner(query.sql()).scan();
        Map<String, ViewRequest> tables = tables(query, text);
        text.requireParameters(query.parameters().keySet());
        long deadline = System.nanoTime() + query.timeLimit().toNanos();
        try (Resources resources = open(deadline, query.timeLimit())) {
            return resources.run(
                    () -> {
                        var plan = new StringJoiner("\n");
                        for (var table : tables.entrySet()) {
                            plan.add(
                                    "%s: %s"
                                            .formatted(
                                                    table.getKey(),
                                                    views.explain(tenant, table.getValue())));
                            resources.database
                                    .new Table(table.getKey(), table.getValue().view().columns())
                                    .close();
                        }
                        resources.database.plan(text).forEach(plan::add);
                        return plan.toString();
                    });
        }
    }
}
