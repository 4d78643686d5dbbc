package dev.andiron.sqlite;

import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.Catalog;
import dev.andiron.sql.PageRows;
import dev.andiron.sql.SearchCompiler;
import dev.andiron.sql.SqlStatement;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Searches. */
final class SqliteSearchEngine implements SearchEngine {
    private static final SqliteDialect DIALECT = new SqliteDialect();

    /** Behind the nine columns of {@link Versions#COLUMNS}. */
    private static final int ID_COLUMN = 10;

    private final ReadPool reads;
    private final Numbers numbers;
    private final int few;

    SqliteSearchEngine(ReadPool reads, Numbers numbers) {
        this(reads, numbers, SearchCompiler.FEW);
    }

    private SqliteSearchEngine(ReadPool reads, Numbers numbers, int few) {
        this.reads = reads;
        this.numbers = numbers;
        this.few = few;
    }

    /** The same with plans for much data from so many rows on. */
    SqliteSearchEngine withFew(int rows) {
        return new SqliteSearchEngine(reads, numbers, rows);
    }

    /** A compiler of one statement for one session. */
    static SearchCompiler compiler(Session session, Catalog catalog) {
        return compiler(session, catalog, SearchCompiler.FEW);
    }

    private static SearchCompiler compiler(Session session, Catalog catalog, int few) {
        return new SearchCompiler(
                DIALECT,
                catalog,
                count -> {
                    try {
                        return session.number(count).orElse(0);
                    } catch (SQLException e) {
                        throw SqliteErrors.of(e);
                    }
                },
                few);
    }

    private SearchCompiler compiler(Session session, TenantContext tenant) throws SQLException {
        return compiler(session, SqliteCatalog.of(session, numbers, tenant.tenant().value()), few);
    }

    @Override
    public SearchPage search(TenantContext tenant, Query query) {
        return reads.read(
                session -> {
                    var total =
                            query.total() == Query.Total.NONE
                                    ? OptionalLong.empty()
                                    : session.number(compiler(session, tenant).count(query));
                    return query.limit() == 0
                            ? new SearchPage(List.of(), Optional.empty(), total)
                            : page(session, compiler(session, tenant), query, total);
                });
    }

    private static SearchPage page(
            Session session, SearchCompiler compiler, Query query, OptionalLong total)
            throws SQLException {
        int limit = PageRows.limit(query);
        SearchPage page = page(session, compiler.page(query, limit), query, total);
        return compiler.isCut() && page.next().isEmpty()
                ? page(session, compiler.gathered(query, limit), query, total)
                : page;
    }

    private static SearchPage page(
            Session session, SqlStatement page, Query query, OptionalLong total)
            throws SQLException {
        SqlStatement sql = resources(page);
        var reading = new PageRows(ID_COLUMN, row -> Versions.resource(row, session.bodies()));
        try (ResultSet rows = session.bind(sql.text(), sql.values()).executeQuery()) {
            return reading.read(rows, query, total);
        }
    }

    private static SqlStatement resources(SqlStatement page) {
        // CROSS JOIN keeps SQLite to the order of the tables and so to the order of the page.
        return new SqlStatement(
                "SELECT "
                        + Versions.COLUMNS
                        + ", p.* FROM ("
                        + page.text()
                        + ") p CROSS JOIN resources r ON r.id = p.id CROSS JOIN versions v"
                        + " ON v.position = r.position CROSS JOIN kinds k ON k.id = r.kind",
                page.values());
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        return reads.read(
                session -> session.number(compiler(session, tenant).count(query)).orElse(0));
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        return reads.read(
                session -> {
                    var compiler = compiler(session, tenant);
                    var sql = resources(compiler.page(query, PageRows.limit(query)));
                    var plan =
                            session.list(
                                    new SqlStatement(
                                            "EXPLAIN QUERY PLAN " + sql.text(), sql.values()),
                                    row -> row.getString("detail"));
                    return String.join("\n", compiler.plan(), sql.text(), String.join("\n", plan));
                });
    }
}
