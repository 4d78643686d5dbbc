package dev.andiron.postgres;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.view.ViewEngine;

import java.time.InstantSource;
import java.util.Optional;

/** One node's view of a database. */
final class PostgresBackend implements Backend {
    private final Database database;
    private final PostgresResourceStore resources;
    private final PostgresVersionedStore versions;
    private final PostgresHistoryStore history;
    private final PostgresChangeFeed changes;
    private final PostgresSearchEngine search;
    private final PostgresViewEngine views;
    private final PostgresJobStore jobs;
    private final PostgresBlobStore blobs;

    private PostgresBackend(Database database, InstantSource clock) {
        this.database = database;
        var tenants = new Tenants(database, new Numbers());
        int announcement = database.options().schema().hashCode();
        resources = new PostgresResourceStore(tenants, new Committer(tenants, announcement));
        versions = new PostgresVersionedStore(tenants);
        history = new PostgresHistoryStore(tenants);
        changes = new PostgresChangeFeed(tenants, announcement);
        jobs = new PostgresJobStore(database, clock);
        blobs = new PostgresBlobStore(tenants);
        search = new PostgresSearchEngine(tenants);
        views = new PostgresViewEngine(tenants);
    }

    /** Connects, and makes or migrates the tables. */
    static PostgresBackend open(PostgresOptions options, InstantSource clock) {
        var database = new Database(options);
        try {
            Schema.migrate(database);
            return new PostgresBackend(database, clock);
        } catch (RuntimeException e) {
            database.close();
            throw e;
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
    public Optional<JobStore> jobs() {
        return Optional.of(jobs);
    }

    @Override
    public Optional<BlobStore> blobs() {
        return Optional.of(blobs);
    }

    @Override
    public Health health() {
        return database.health();
    }

    @Override
    public void close() {
        database.close();
    }
}
