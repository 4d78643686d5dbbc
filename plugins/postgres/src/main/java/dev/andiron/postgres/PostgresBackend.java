package dev.andiron.postgres;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.metric.Meters;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.ViewEngine;

import java.time.InstantSource;
import java.util.Optional;

/** One node's view of a database, or of several where tenants have their own. */
final class PostgresBackend implements Backend {
    private final Database database;
    private final Places places;
    private final PostgresResourceStore resources;
    private final PostgresVersionedStore versions;
    private final PostgresHistoryStore history;
    private final PostgresChangeFeed changes;
    private final PostgresSearchEngine search;
    private final PostgresViewEngine views;
    private final Optional<SqlQueryEngine> queries;
    private final PostgresJobStore jobs;
    private final PostgresBlobStore blobs;

    private PostgresBackend(
            PostgresOptions options, Tables base, InstantSource clock, PoolMeters pools) {
        database = base.database();
        places = new Places(options, base, pools);
        var tenants = new Tenants(base, places, new Numbers());
        resources = new PostgresResourceStore(tenants, new Committer(tenants));
        versions = new PostgresVersionedStore(tenants);
        history = new PostgresHistoryStore(tenants);
        changes = new PostgresChangeFeed(tenants);
        jobs = new PostgresJobStore(base, clock);
        blobs = new PostgresBlobStore(tenants);
        search = new PostgresSearchEngine(tenants);
        views = new PostgresViewEngine(tenants);
        queries =
                options.sql().user().isPresent()
                        ? Optional.of(new PostgresQueryEngine(tenants, views, options))
                        : Optional.empty();
    }

    /** Connects, and makes or migrates the tables. */
    static PostgresBackend open(PostgresOptions options, InstantSource clock, Meters meters) {
        var pools = new PoolMeters(meters);
        var database = new Database(options, pools);
        try {
            var base = new Tables(database, options.schema());
            Schema.migrate(base);
            warnIfUnfenced(base);
            return new PostgresBackend(options, base, clock, pools);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static void warnIfUnfenced(Tables base) {
        if (base.repeatably(
                        Scope.NOBODY,
                        session ->
                                session.number(
                                        "SELECT 1 FROM pg_roles WHERE rolname = current_user"
                                                + " AND (rolsuper OR rolbypassrls)"))
                .isPresent()) {
            System.getLogger(PostgresBackend.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the database role passes row-level security, the second fence around"
                                    + " tenants; use one that is neither superuser nor BYPASSRLS");
        }
    }

    @Override
    public Optional<ResourceStore> resources() {
        return Optional.of(resources);
    }

    @Override
    public Optional<VersionedStore> versions() {
        return Optional.of(versions);
    }

    @Override
    public Optional<HistoryStore> history() {
        return Optional.of(history);
    }

    @Override
    public Optional<ChangeFeed> changes() {
        return Optional.of(changes);
    }

    @Override
    public Optional<SearchEngine> search() {
        return Optional.of(search);
    }

    @Override
    public Optional<ViewEngine> views() {
        return Optional.of(views);
    }

    @Override
    public Optional<SqlQueryEngine> sqlQueries() {
        return queries;
    }

    @Override
    public Optional<JobStore> jobs() {
        return Optional.of(jobs);
    }

    @Override
    public Optional<BlobStore> blobs() {
        return Optional.of(blobs);
    }

    @Override
    public Health health() {
        return database.health() instanceof Health.Up
                ? places.unreachable()
                        .<Health>map(
                                name ->
                                        new Health.Degraded(
                                                "the database %s cannot be reached"
                                                        .formatted(name)))
                        .orElseGet(Health.Up::new)
                : database.health();
    }

    @Override
    public void close() {
        places.close();
        database.close();
    }
}
