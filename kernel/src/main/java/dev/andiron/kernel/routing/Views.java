package dev.andiron.kernel.routing;

import dev.andiron.fhir.view.CompiledView;
import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.kernel.lent.ScanViews;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.SqlQuery;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.SqlRows;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ViewEngine;
import dev.andiron.spi.view.ViewRequest;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Views: run by the backend where it takes the view and the filter, otherwise in the server, and
 * SQL over views where the backend has it. Every call is checked against the permissions of its
 * tenant context. Safe for use by many threads.
 */
public final class Views {
    private static final System.Logger LOG = System.getLogger(Views.class.getName());

    /** How many reasons are remembered, so that each is logged once. */
    private static final int MOST_TOLD = 1_000;

    private final OpenBackend backend;
    private final Optional<ScanViews> lent;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    Views(OpenBackend backend, Optional<ScanViews> lent) {
        this.backend = backend;
        this.lent = lent;
    }

    /** Who would run a view over the resources that pass a filter. */
    public ViewRoute route(CompiledView view, Criterion filter) {
        return reason(view, filter)
                .<ViewRoute>map(ViewRoute.InProcess::new)
                .orElseGet(ViewRoute.Native::new);
    }

    /** Why the backend does not run it; empty when it does. */
    private Optional<String> reason(CompiledView view, Criterion filter) {
        Optional<ViewEngine> engine = backend.views();
        if (engine.isEmpty()) {
            return Optional.of("the backend '%s' runs no views".formatted(backend.name()));
        }
        if (view.portable().isEmpty()) {
            return Optional.of("no backend can be told: " + view.obstacle());
        }
        Set<SearchFeature> missing = QueryFeatures.of(Query.of(view.resourceType(), filter, 1));
        missing.removeAll(backend.viewFilters());
        if (!missing.isEmpty()) {
            return Optional.of(
                    "the backend '%s' does not filter views by %s"
                            .formatted(backend.name(), missing));
        }
        return engine.get()
                .refusal(view.portable().get())
                .map(why -> "the backend '%s' refuses it: %s".formatted(backend.name(), why));
    }

    /**
     * Runs a view over the current, live resources of a tenant.
     *
     * @param filter only resources that match
     * @param limit how many rows at most; empty gives all
     */
    public ViewRun run(
            TenantContext tenant, CompiledView view, Criterion filter, OptionalLong limit) {
        tenant.require(Permission.READ);
        ViewRoute route = route(view, filter);
        return switch (route) {
            case ViewRoute.Native() ->
                    new ViewRun(
                            view,
                            route,
                            backend.views()
                                    .orElseThrow()
                                    .run(tenant, request(view, filter, limit)));
            case ViewRoute.InProcess(String reason) -> {
                tell(reason);
                yield new ViewRun(view, route, lent().run(tenant, view, filter, limit));
            }
        };
    }

    /** Runs a view over resources that are given; no storage is asked. */
    public static ViewRun over(CompiledView view, List<Json> resources, OptionalLong limit) {
        return new ViewRun(
                view,
                new ViewRoute.InProcess("the resources came with the request"),
                ScanViews.over(view, resources, limit));
    }

    /** Who would run a view, why, and how. */
    public String explain(
            TenantContext tenant, CompiledView view, Criterion filter, OptionalLong limit) {
        tenant.require(Permission.READ);
        return switch (route(view, filter)) {
            case ViewRoute.Native() ->
                    "native: "
                            + backend.views()
                                    .orElseThrow()
                                    .explain(tenant, request(view, filter, limit));
            case ViewRoute.InProcess(String reason) ->
                    "in-process, since %s: %s %s and evaluates them in the server"
                            .formatted(
                                    reason,
                                    filter.equals(Criterion.everything())
                                            ? "scans all resources of type"
                                            : "searches for resources of type",
                                    view.resourceType());
        };
    }

    private ScanViews lent() {
        return lent.orElseThrow(() -> Refusal.of(backend, "run views", "native views"));
    }

    private static ViewRequest request(CompiledView view, Criterion filter, OptionalLong limit) {
        return new ViewRequest(view.portable().orElseThrow(), filter, limit, view.functions());
    }

    private void tell(String reason) {
        if (backend.views().isPresent() && told.size() < MOST_TOLD && told.add(reason)) {
            LOG.log(Level.INFO, "a view runs in the server instead of the backend: {0}", reason);
        }
    }

    // SQL

    /** A view as a table of an SQL query. */
    public record Table(CompiledView view, Criterion filter) {}

    /** Whether the backend runs SQL over views. */
    public boolean runsSql() {
        return backend.sqlQueries().isPresent();
    }

    /**
     * The dialect of the backend's SQL.
     *
     * @throws StorageException.NotSupported if the backend runs no SQL
     */
    public String dialect() {
        return sql().dialect();
    }

    private SqlQueryEngine sql() {
        return backend.sqlQueries()
                .orElseThrow(() -> Refusal.of(backend, "run SQL", "SQL queries"));
    }

    /**
     * An SQL query over views.
     *
     * @param tables the views by their names in the statement
     * @param parameters the values of {@code :name}
     */
    public record TableQuery(
            String sql,
            Map<String, Table> tables,
            Map<String, Value> parameters,
            long rowLimit,
            Duration timeLimit) {
        public TableQuery {
            tables = Map.copyOf(tables);
            parameters = Map.copyOf(parameters);
        }
    }

    /**
     * Runs an SQL query inside the backend.
     *
     * @throws StorageException.NotSupported if the backend runs no SQL, or not over these views
     * @throws StorageException.Unprocessable if the statement cannot be run
     */
    public SqlRows query(TenantContext tenant, TableQuery query) {
        tenant.require(Permission.READ);
        return sql().run(tenant, compiled(query));
    }

    /** How the backend would run a query; as {@link #query} but for the rows. */
    public String explain(TenantContext tenant, TableQuery query) {
        tenant.require(Permission.READ);
        return "native: " + sql().explain(tenant, compiled(query));
    }

    private SqlQuery compiled(TableQuery query) {
        var requests = new HashMap<String, ViewRequest>();
        query.tables()
                .forEach(
                        (name, table) -> {
                            reason(table.view(), table.filter())
                                    .ifPresent(
                                            why -> {
                                                throw new StorageException.NotSupported(
                                                        "the view '%s' cannot be a table of SQL: %s"
                                                                .formatted(name, why));
                                            });
                            requests.put(
                                    name,
                                    request(table.view(), table.filter(), OptionalLong.empty()));
                        });
        return new SqlQuery(
                query.sql(), requests, query.parameters(), query.rowLimit(), query.timeLimit());
    }
}
