package dev.andiron.postgres;

import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.Estimator;
import dev.andiron.sql.PageRows;
import dev.andiron.sql.SearchCompiler;
import dev.andiron.sql.SqlStatement;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** Searches. */
final class PostgresSearchEngine implements SearchEngine {
    private static final PostgresDialect DIALECT = new PostgresDialect();

    private static final PageRows ROWS =
            new PageRows(Versions.COLUMN_COUNT + 1, Versions::resource);

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
        private static final SqlStatement RESOURCES =
                new SqlStatement(
                        "SELECT reltuples::bigint FROM pg_class WHERE oid = 'resources'::regclass",
                        List.of());

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

        /** As of the last time that statistics were taken, -1 if never; of all tenants. */
        @Override
        public long resources() {
            return Math.max(0, counts(List.of(RESOURCES), Long.MAX_VALUE).getFirst());
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
                            : page(session, number, query, total);
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

    private SearchPage page(Session session, int number, Query query, OptionalLong total)
            throws SQLException {
        int limit = PageRows.limit(query);
        var compiler = compiler(session, number);
        SearchPage page = page(session, number, compiler.page(query, limit), query, total);
        return compiler.isCut() && page.next().isEmpty()
                ? page(session, number, compiler.gathered(query, limit), query, total)
                : page;
    }

    private static SearchPage page(
            Session session, int number, SqlStatement page, Query query, OptionalLong total)
            throws SQLException {
        SqlStatement sql = resources(number, page, query.sort());
        try (var statement = session.bind(sql.text(), sql.values());
                ResultSet rows = statement.executeQuery()) {
            return ROWS.read(rows, query, total);
        }
    }

    private static SqlStatement resources(int number, SqlStatement page, List<Sort> sort) {
        return Compiled.of(
                number,
                "SELECT "
                        + Versions.COLUMNS
                        + ", p.* FROM ("
                        + page.text()
                        + ") p JOIN resources r ON r.id = p.id JOIN versions v"
                        + " ON v.position = r.position JOIN kinds k ON k.id = r.kind ORDER BY "
                        + order(sort),
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
                    var page = compiler.page(query, PageRows.limit(query));
                    var sql = resources(number, page, query.sort());
                    var plan =
                            session.list(
                                    row -> row.getString(1), "EXPLAIN " + sql.text(), sql.values());
                    return String.join("\n", compiler.plan(), sql.text(), String.join("\n", plan));
                });
    }
}
