package dev.andiron.postgres;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.SqlQuery;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.ViewRequest;
import dev.andiron.sql.query.QueryText;
import dev.andiron.sql.query.Word;

import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Runs SQL over views. The rows of the views that a statement names are copied into temporary
 * tables of a connection that lives as long as the query, and whose role has no rights: the
 * statement cannot reach what is not there. That the role has none is looked at each time.
 */
final class PostgresQueryEngine implements SqlQueryEngine {
    private static final Duration SOON = Duration.ofSeconds(1);

    /** Largest part of a result that is in memory at once. */
    private static final String MOST_RESULT = "32M";

    private static final int LONGEST_NAME = 63;

    private final Tenants tenants;
    private final PostgresViewEngine views;
    private final SqlOptions sql;
    private final Connector connector;
    private final Semaphore permits;

    PostgresQueryEngine(Tenants tenants, PostgresViewEngine views, PostgresOptions options) {
        this.tenants = tenants;
        this.views = views;
        sql = options.sql();
        connector = new Connector(options.ofSqlUser(), options.url(), "andiron-sql");
        connector.setMaxResultBuffer(MOST_RESULT);
        permits = new Semaphore(sql.queries(), true);
    }

    /** What one query holds until it is closed. */
    final class Resources implements AutoCloseable {
        private final QuerySession session;
        private final long deadline;
        private boolean closed;

        private Resources(QuerySession session, long deadline) {
            this.session = session;
            this.deadline = deadline;
        }

        /** Milliseconds that are left; none are negative. */
        long left() {
            return Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                session.close();
            } catch (SQLException e) {
                throw PostgresErrors.of(e);
            } finally {
                permits.release();
            }
        }
    }

    @Override
    public String dialect() {
        return "postgresql";
    }

    @Override
    public SqlRows run(TenantContext tenant, SqlQuery query) {
        var text = new PostgresQueryScanner(query.sql()).scan();
        Map<String, ViewRequest> tables = tables(query, text);
        text.requireParameters(query.parameters().keySet());
        Resources resources = open(query.timeLimit());
        boolean begun = false;
        try {
            SqlRows rows = begin(resources, tenant, query, text, tables);
            begun = true;
            return rows;
        } catch (SQLException e) {
            throw refusal(e);
        } finally {
            if (!begun) {
                resources.close();
            }
        }
    }

    private Resources open(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        try {
            if (!permits.tryAcquire(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS)) {
                throw new StorageException.Unavailable(
                        "as many SQL queries as may run at once do so", SOON, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException.Unavailable("the request was interrupted", SOON, e);
        }
        boolean opened = false;
        try {
            var resources =
                    new Resources(
                            new QuerySession(connector.getConnection(), sql.memory()), deadline);
            opened = true;
            return resources;
        } catch (SQLException e) {
            throw PostgresErrors.of(e);
        } finally {
            if (!opened) {
                permits.release();
            }
        }
    }

    /** The tables that the statement names; to make the others would be in vain. */
    private Map<String, ViewRequest> tables(SqlQuery query, QueryText text) {
        var named = new HashMap<String, ViewRequest>();
        query.tables()
                .forEach(
                        (name, request) -> {
                            views.refusal(request.view())
                                    .ifPresent(
                                            reason -> {
                                                throw new StorageException.NotSupported(reason);
                                            });
                            if (text.values(Word::isName).contains(name)) {
                                requireShortNames(request);
                                named.put(name, request);
                            }
                        });
        return named;
    }

    private static void requireShortNames(ViewRequest request) {
        for (Column column : request.view().columns()) {
            if (column.name().length() > LONGEST_NAME) {
                throw new StorageException.Unprocessable(
                        "the column '%s' has a name of more than %d characters"
                                .formatted(column.name(), LONGEST_NAME));
            }
        }
    }

    private static Map<String, List<Column>> columns(Map<String, ViewRequest> tables) {
        var columns = new HashMap<String, List<Column>>();
        tables.forEach((name, request) -> columns.put(name, request.view().columns()));
        return columns;
    }

    private SqlRows begin(
            Resources resources,
            TenantContext tenant,
            SqlQuery query,
            QueryText text,
            Map<String, ViewRequest> tables)
            throws SQLException {
        QuerySession session = resources.session;
        Map<String, List<Column>> columns = columns(tables);
        session.make(columns);
        PreparedStatement statement = session.prepare(text, "", query.parameters());
        var rows = new PostgresQueryRows(resources, statement, columns, query.rowLimit());
        if (fill(resources, tenant, tables)) {
            session.seal(resources.left());
            rows.begin();
        } else {
            rows.endInTime();
        }
        return rows;
    }

    /**
     * Fills all tables from one snapshot.
     *
     * @return whether there was time enough
     */
    private boolean fill(
            Resources resources, TenantContext tenant, Map<String, ViewRequest> tables) {
        return tenants.read(
                tenant,
                () -> resources.left() > 0,
                (session, number) -> {
                    PostgresRowCursor.beginSnapshot(session);
                    boolean inTime = resources.left() > 0;
                    for (var table : tables.entrySet()) {
                        inTime =
                                inTime
                                        && fill(
                                                resources,
                                                table.getKey(),
                                                table.getValue(),
                                                views.cursor(tenant, table.getValue()),
                                                session,
                                                number);
                    }
                    session.commit();
                    return inTime;
                });
    }

    private static boolean fill(
            Resources resources,
            String name,
            ViewRequest request,
            PostgresRowCursor cursor,
            Session session,
            int number)
            throws SQLException {
        // A connection that was lost meanwhile makes all of it begin anew.
        resources.session.clear(name);
        List<Column> columns = request.view().columns();
        return cursor.all(
                session,
                number,
                (List<Row> rows) -> {
                    resources.session.copy(name, columns, rows);
                    return resources.left() > 0;
                });
    }

    /** What PostgreSQL says of a statement, for whoever wrote it. */
    static StorageException refusal(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (e.getMessage() != null && e.getMessage().contains("maxResultBuffer")) {
            return new StorageException.TooLarge(
                    "rows of more than %s at once are more than a query may have"
                            .formatted(MOST_RESULT));
        }
        if (PostgresErrors.isLostConnection(e)) {
            return PostgresErrors.of(e);
        }
        String message =
                e instanceof PSQLException server
                        ? Optional.ofNullable(server.getServerErrorMessage())
                                .map(ServerErrorMessage::getMessage)
                                .orElse(e.getMessage())
                        : e.getMessage();
        return state.startsWith("53") || state.startsWith("54")
                ? new StorageException.TooLarge(message)
                : new StorageException.Unprocessable(message);
    }

    @Override
    public String explain(TenantContext tenant, SqlQuery query) {
        var text = new PostgresQueryScanner(query.sql()).scan();
        Map<String, ViewRequest> tables = tables(query, text);
        text.requireParameters(query.parameters().keySet());
        try (Resources resources = open(query.timeLimit())) {
            var plan = new StringJoiner("\n");
            tables.forEach(
                    (name, request) ->
                            plan.add("%s: %s".formatted(name, views.explain(tenant, request))));
            resources.session.make(columns(tables));
            resources.session.seal(resources.left());
            try (PreparedStatement statement =
                            resources.session.prepare(text, "EXPLAIN ", query.parameters());
                    var lines = statement.executeQuery()) {
                while (lines.next()) {
                    plan.add(lines.getString(1));
                }
            }
            return plan.toString();
        } catch (SQLException e) {
            throw refusal(e);
        }
    }
}
