package dev.andiron.sqlite;

import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.sql.SqlStatement;
import dev.andiron.sql.Times;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** History listings, by position backwards. */
final class SqliteHistoryStore implements HistoryStore {
    private static final String NAMES =
            " CROSS JOIN resources r ON r.id = v.resource CROSS JOIN kinds k ON k.id = v.kind";

    private final ReadPool reads;
    private final Numbers numbers;

    SqliteHistoryStore(ReadPool reads, Numbers numbers) {
        this.reads = reads;
        this.numbers = numbers;
    }

    /**
     * Versions {@code v}.
     *
     * @param from the tables that have them
     * @param isStretched whether they come by stretches {@code s}
     * @param sql a condition, with its values
     */
    private record Filter(
            String from, boolean isStretched, StringBuilder sql, List<Object> values) {

        Filter and(String condition, Object... more) {
            sql.append(" AND ").append(condition);
            values.addAll(List.of(more));
            return this;
        }
    }

    @Override
    public Page history(TenantContext tenant, HistoryRequest request) {
        return reads.read(
                session -> {
                    var filter = filter(session, tenant, request);
                    if (filter.isEmpty()) {
                        return new Page(List.of(), OptionalLong.empty());
                    }
                    request.before().ifPresent(before -> addEnd(filter.get(), before));
                    return page(session, request, filter.get());
                });
    }

    private static Page page(Session session, HistoryRequest request, Filter filter)
            throws SQLException {
        String order = filter.isStretched() ? "s.stretch DESC, v.position" : "v.version";
        filter.values().add((long) request.limit() + 1);
        var positions = new ArrayList<Long>();
        var versions = new ArrayList<StoredResource>();
        var statement =
                session.bind(
                        "SELECT "
                                + Versions.COLUMNS
                                + filter.from()
                                + NAMES
                                + filter.sql()
                                + " ORDER BY "
                                + order
                                + " DESC LIMIT ?",
                        filter.values());
        try (var rows = statement.executeQuery()) {
            while (versions.size() < request.limit() && rows.next()) {
                positions.add(rows.getLong(1));
                versions.add(Versions.resource(rows, session.bodies()));
            }
            boolean more = !versions.isEmpty() && rows.next();
            return new Page(
                    versions, more ? OptionalLong.of(positions.getLast()) : OptionalLong.empty());
        }
    }

    @Override
    public OptionalLong count(TenantContext tenant, HistoryRequest request) {
        return reads.read(
                session -> {
                    var filter = filter(session, tenant, request);
                    return filter.isEmpty()
                            ? OptionalLong.of(0)
                            : session.number(
                                    new SqlStatement(
                                            "SELECT count(*)"
                                                    + filter.get().from()
                                                    + filter.get().sql(),
                                            filter.get().values()));
                });
    }

    /** Empty when the names in the scope have never been written. */
    private Optional<Filter> filter(Session session, TenantContext tenant, HistoryRequest request)
            throws SQLException {
        var catalog = SqliteCatalog.of(session, numbers, tenant.tenant().value());
        var scope =
                switch (request.scope()) {
                    case HistoryScope.Instance instance -> {
                        var kind = catalog.kind(instance.key().type());
                        var resource =
                                kind.isEmpty()
                                        ? OptionalLong.empty()
                                        : session.number(
                                                "SELECT id FROM resources"
                                                        + " WHERE kind = ? AND logical_id = ?",
                                                kind.getAsLong(),
                                                IdCode.encode(instance.key().id()));
                        yield instance(resource);
                    }
                    case HistoryScope.Type type ->
                            stretched(VersionStretches.OF_KIND, "kind", catalog.kind(type.type()));
                    case HistoryScope.System _ ->
                            stretched(VersionStretches.OF_TENANT, "tenant", catalog.tenant());
                };
        scope.ifPresent(filter -> addTimes(filter, request));
        return scope;
    }

    private static Optional<Filter> instance(OptionalLong resource) {
        return resource.stream()
                .mapToObj(
                        number ->
                                new Filter(" FROM versions v", false, where(), new ArrayList<>())
                                        .and("v.resource = ?", number))
                .findFirst();
    }

    private static Optional<Filter> stretched(String from, String owner, OptionalLong number) {
        return number.stream()
                .mapToObj(
                        owned ->
                                new Filter(from, true, where(), new ArrayList<>())
                                        .and("s." + owner + " = ?", owned)
                                        .and("v." + owner + " = ?", owned)
                                        .and("v.resource IS NOT NULL"))
                .findFirst();
    }

    private static StringBuilder where() {
        return new StringBuilder(" WHERE 1 = 1");
    }

    private static void addEnd(Filter filter, long before) {
        filter.and("v.position < ?", before);
        if (filter.isStretched()) {
            filter.and("s.stretch <= ? / " + VersionStretches.LENGTH, before);
        }
    }

    private static void addStart(Filter filter, long since) {
        filter.and("v.last_updated >= ?", since).and("v.position > " + VersionTimes.SINCE, since);
        if (filter.isStretched()) {
            filter.and(
                    "s.stretch >= " + VersionTimes.SINCE + " / " + VersionStretches.LENGTH, since);
        }
    }

    private static void addTimes(Filter filter, HistoryRequest request) {
        request.since().ifPresent(since -> addStart(filter, Times.millisUp(since)));
        request.at()
                .ifPresent(
                        at ->
                                filter.and("v.last_updated < ?", Times.millisUp(at.end()))
                                        .and(
                                                "NOT EXISTS (SELECT 1 FROM versions n WHERE"
                                                        + " n.resource = v.resource AND n.version ="
                                                        + " v.version + 1 AND n.last_updated <= ?)",
                                                Times.millisDown(at.start())));
    }
}
