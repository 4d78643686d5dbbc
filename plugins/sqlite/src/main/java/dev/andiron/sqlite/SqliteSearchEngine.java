package dev.andiron.sqlite;

import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.Catalog;
import dev.andiron.sql.PagePosition;
import dev.andiron.sql.Scores;
import dev.andiron.sql.SearchCompiler;
import dev.andiron.sql.SqlStatement;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
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
                            : page(
                                    session,
                                    query,
                                    statement(compiler(session, tenant), query),
                                    total);
                });
    }

    /** One more than a page, to know whether it is the last. */
    private static SqlStatement statement(SearchCompiler compiler, Query query) {
        var page = compiler.page(query, Math.addExact(query.limit(), 1));
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

    private static SearchPage page(
            Session session, Query query, SqlStatement sql, OptionalLong total)
            throws SQLException {
        var hits = new ArrayList<Hit>();
        try (ResultSet rows = session.bind(sql.text(), sql.values()).executeQuery()) {
            var last = Optional.<PagePosition>empty();
            while (hits.size() < query.limit() && rows.next()) {
                StoredResource resource = Versions.resource(rows, session.bodies());
                hits.add(new Hit(resource.key(), Optional.of(resource), score(rows, query.sort())));
                if (hits.size() == query.limit()) {
                    last = Optional.of(position(rows, query.sort().size()));
                }
            }
            boolean more = last.isPresent() && rows.next();
            return new SearchPage(
                    hits, more ? last.map(PagePosition::cursor) : Optional.empty(), total);
        }
    }

    private static OptionalDouble score(ResultSet row, List<Sort> sort) throws SQLException {
        int key = sort.indexOf(new Sort.Score());
        return key < 0 ? OptionalDouble.empty() : Scores.of(key(row, key));
    }

    private static PagePosition position(ResultSet row, int keyCount) throws SQLException {
        var keys = new ArrayList<Object>(keyCount);
        for (int i = 0; i < keyCount; i++) {
            keys.add(key(row, i));
        }
        return new PagePosition(keys, row.getLong(ID_COLUMN));
    }

    /** A sort key, the first being 0; the driver gives small numbers as another type. */
    private static Object key(ResultSet row, int number) throws SQLException {
        Object key = row.getObject(ID_COLUMN + 1 + number);
        return key instanceof Integer small ? Long.valueOf(small) : key;
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
                    var sql = statement(compiler, query);
                    var plan =
                            session.list(
                                    new SqlStatement(
                                            "EXPLAIN QUERY PLAN " + sql.text(), sql.values()),
                                    row -> row.getString("detail"));
                    return String.join("\n", compiler.plan(), sql.text(), String.join("\n", plan));
                });
    }
}
