package dev.andiron.postgres;

import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.Estimator;
import dev.andiron.sql.PagePosition;
import dev.andiron.sql.Scores;
import dev.andiron.sql.SearchCompiler;
import dev.andiron.sql.SqlStatement;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Searches. */
final class PostgresSearchEngine implements SearchEngine {
    private static final PostgresDialect DIALECT = new PostgresDialect();

    /** Behind the columns of {@link Versions#COLUMNS}. */
    private static final int ID_COLUMN = Versions.COLUMN_COUNT + 1;

    /** From this many expected matches on the planner's guess is given for the total. */
    private static final long GUESSED_FROM = 10_000;

    /** To look a row up takes several times as long as in SQLite. */
    private static final int FEW = 1_000;

    private final Tenants tenants;
    private final int few;
    private final RecentCounts recent = new RecentCounts();

    PostgresSearchEngine(Tenants tenants) {
        this(tenants, FEW);
    }

    private PostgresSearchEngine(Tenants tenants, int few) {
        this.tenants = tenants;
        this.few = few;
    }

    /** The same with plans for much data from so many rows on. */
    PostgresSearchEngine withFew(int rows) {
        return new PostgresSearchEngine(tenants, rows);
    }

    /**
     * A statement over the tables of one tenant: each table that it names is preceded by a query of
     * the same name, which holds the tenant's rows only and becomes part of the plan.
     */
    static final class Compiled {
        /** The tables, and what a statement sees of their rows. */
        private static final Map<String, String> TABLES = tables();

        private Compiled() {}

        private static Map<String, String> tables() {
            var tables = new LinkedHashMap<String, String>();
            for (String table :
                    List.of(
                            "kinds",
                            "parameters",
                            "resources",
                            "versions",
                            "token_index",
                            "token_display",
                            "reference_index",
                            "date_index",
                            "number_index",
                            "position_index",
                            "composite_index",
                            "full_text_index")) {
                tables.put(table, "SELECT * FROM " + table + " WHERE tenant = ?");
            }
            tables.put(
                    "text_index",
                    "SELECT parameter, resource, head, coalesce(whole, head) AS value"
                            + " FROM text_index WHERE tenant = ?");
            // The number 0 stands for the empty text.
            tables.put(
                    "names",
                    "SELECT id, left(value, 255) AS head, value FROM names WHERE tenant = ?"
                            + " UNION ALL SELECT 0, '' COLLATE \"C\", '' COLLATE \"C\"");
            return tables;
        }

        static SqlStatement of(int tenant, String text, List<Object> values) {
            var scoped = new StringBuilder();
            var all = new ArrayList<Object>();
            TABLES.forEach(
                    (table, rows) -> {
                        if (text.contains(table)) {
                            scoped.append(scoped.isEmpty() ? "WITH " : ", ")
                                    .append(table)
                                    .append(" AS NOT MATERIALIZED (")
                                    .append(rows)
                                    .append(')');
                            all.add(tenant);
                        }
                    });
            all.addAll(values);
            return new SqlStatement(scoped.append(' ').append(text).toString(), all);
        }

        static SqlStatement of(int tenant, SqlStatement statement) {
            return of(tenant, "SELECT * FROM (" + statement.text() + ") c", statement.values());
        }
    }

    /** A compiler of one statement for one session. */
    static SearchCompiler compiler(Session session, Numbers numbers, int tenant) {
        return compiler(session, numbers, tenant, new RecentCounts(), FEW);
    }

    private static SearchCompiler compiler(
            Session session, Numbers numbers, int tenant, RecentCounts recent, int few) {
        return new SearchCompiler(
                DIALECT,
                new PostgresCatalog(session, numbers, tenant),
                new Counts(session, tenant, recent),
                few);
    }

    /** Counts of several statements in one round trip, but for those that are known. */
    private record Counts(Session session, int tenant, RecentCounts recent) implements Estimator {
        @Override
        public long count(SqlStatement count) {
            return counts(List.of(count), Long.MAX_VALUE).getFirst();
        }

        @Override
        public List<Long> counts(List<SqlStatement> counts, long most) {
            var numbers = new Long[counts.size()];
            var open = new ArrayList<Integer>();
            for (int i = 0; i < numbers.length; i++) {
                var known = recent.find(tenant, counts.get(i));
                if (known.isPresent()) {
                    numbers[i] = known.getAsLong();
                } else {
                    open.add(i);
                }
            }
            if (!open.isEmpty()) {
                List<Long> found = count(open.stream().map(counts::get).toList());
                for (int i = 0; i < found.size(); i++) {
                    long number = found.get(i);
                    numbers[open.get(i)] = number;
                    recent.add(tenant, counts.get(open.get(i)), number, number >= most);
                }
            }
            return List.of(numbers);
        }

        @Override
        public List<Long> countsNow(List<SqlStatement> counts) {
            return count(counts);
        }

        private List<Long> count(List<SqlStatement> counts) {
            var values = new ArrayList<Object>();
            counts.forEach(count -> values.addAll(count.values()));
            String text =
                    counts.stream()
                            .map(SqlStatement::text)
                            .collect(Collectors.joining("), (", "SELECT (", ")"));
            try {
                return session.list(
                                Compiled.of(tenant, text, values), row -> row(row, counts.size()))
                        .getFirst();
            } catch (SQLException e) {
                throw PostgresErrors.of(e);
            }
        }

        private static List<Long> row(ResultSet row, int columns) throws SQLException {
            var numbers = new ArrayList<Long>(columns);
            for (int i = 1; i <= columns; i++) {
                numbers.add(row.getLong(i));
            }
            return numbers;
        }
    }

    private SearchCompiler compiler(Session session, int tenant) {
        return compiler(session, tenants.numbers(), tenant, recent, few);
    }

    @Override
    public SearchPage search(TenantContext tenant, Query query) {
        return tenants.read(
                tenant,
                () ->
                        new SearchPage(
                                List.of(),
                                Optional.empty(),
                                query.total() == Query.Total.NONE
                                        ? OptionalLong.empty()
                                        : OptionalLong.of(0)),
                (session, number) -> {
                    var total =
                            switch (query.total()) {
                                case NONE -> OptionalLong.empty();
                                case ACCURATE -> OptionalLong.of(count(session, number, query));
                                case ESTIMATE -> OptionalLong.of(estimate(session, number, query));
                            };
                    return query.limit() == 0
                            ? new SearchPage(List.of(), Optional.empty(), total)
                            : page(
                                    session,
                                    query,
                                    statement(compiler(session, number), number, query),
                                    total);
                });
    }

    private long count(Session session, int number, Query query) throws SQLException {
        return session.number(Compiled.of(number, compiler(session, number).count(query)))
                .orElse(0);
    }

    /** The planner's guess from its statistics, where it is large; else the count. */
    private long estimate(Session session, int number, Query query) throws SQLException {
        var count = Compiled.of(number, compiler(session, number).count(query));
        var plan = session.list(row -> row.getString(1), "EXPLAIN " + count.text(), count.values());
        long guess = PlanRows.belowAggregate(plan);
        return guess >= GUESSED_FROM ? guess : session.number(count).orElse(0);
    }

    /** One more than a page, to know whether it is the last. */
    private static SqlStatement statement(SearchCompiler compiler, int number, Query query) {
        var page = compiler.page(query, Math.addExact(query.limit(), 1));
        return Compiled.of(
                number,
                "SELECT "
                        + Versions.COLUMNS
                        + ", p.* FROM ("
                        + page.text()
                        + ") p JOIN resources r ON r.id = p.id JOIN versions v"
                        + " ON v.position = r.position JOIN kinds k ON k.id = r.kind ORDER BY "
                        + order(query.sort()),
                page.values());
    }

    private static String order(List<Sort> sort) {
        var order = new StringBuilder();
        for (int i = 0; i < sort.size(); i++) {
            order.append("p.k")
                    .append(i)
                    .append(sort.get(i).descending() ? " DESC" : " ASC")
                    .append(" NULLS LAST, ");
        }
        return order.append("p.id").toString();
    }

    private static SearchPage page(
            Session session, Query query, SqlStatement sql, OptionalLong total)
            throws SQLException {
        var hits = new ArrayList<Hit>();
        try (var statement = session.bind(sql.text(), sql.values());
                ResultSet rows = statement.executeQuery()) {
            var last = Optional.<PagePosition>empty();
            while (hits.size() < query.limit() && rows.next()) {
                StoredResource resource = Versions.resource(rows);
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

    /** A sort key, the first being 0. */
    private static Object key(ResultSet row, int number) throws SQLException {
        Object key = row.getObject(ID_COLUMN + 1 + number);
        return key instanceof Integer small ? Long.valueOf(small) : key;
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        return tenants.read(tenant, () -> 0L, (session, number) -> count(session, number, query));
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        return tenants.read(
                tenant,
                () -> "Nothing was ever written for this tenant.",
                (session, number) -> {
                    var compiler = compiler(session, number);
                    var sql = statement(compiler, number, query);
                    var plan =
                            session.list(
                                    row -> row.getString(1), "EXPLAIN " + sql.text(), sql.values());
                    return String.join("\n", compiler.plan(), sql.text(), String.join("\n", plan));
                });
    }
}
