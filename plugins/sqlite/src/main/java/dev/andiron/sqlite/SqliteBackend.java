package dev.andiron.sqlite;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Health;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.metric.MeterName;
import dev.andiron.spi.metric.Meters;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.ViewEngine;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;

/** An open database file. */
final class SqliteBackend implements Backend {
    private final Database database;
    private final SqliteResourceStore resources;
    private final SqliteVersionedStore versions;
    private final SqliteHistoryStore history;
    private final SqliteChangeFeed changes;
    private final SqliteSearchEngine search;
    private final SqliteViewEngine views;
    private final SqliteQueryEngine queries;
    private final SqliteJobStore jobs;
    private final FileBlobStore blobs;

    private SqliteBackend(
            Database database, FileBlobStore blobs, InstantSource clock, SqliteOptions options) {
        this.database = database;
        resources =
                new SqliteResourceStore(
                        database.reads(), database.numbers(), database.writer(), database.bodies());
        versions = new SqliteVersionedStore(database.reads(), database.numbers());
        history = new SqliteHistoryStore(database.reads(), database.numbers());
        changes = new SqliteChangeFeed(database.reads(), database.numbers());
        search = new SqliteSearchEngine(database.reads(), database.numbers());
        views = new SqliteViewEngine(database.reads(), database.numbers());
        queries =
                new SqliteQueryEngine(
                        database.reads(), views, options.sqlMemory(), options.sqlQueries());
        jobs = new SqliteJobStore(database.reads(), database.writer(), clock);
        this.blobs = blobs;
    }

    /** Opens the file, or makes it. */
    static SqliteBackend open(SqliteOptions options, InstantSource clock, Meters meters) {
        var blobs =
                new FileBlobStore(
                        options.blobs(), options.durability() == SqliteOptions.Durability.FULL);
        var database = Database.open(options, new Schema());
        measure(database, meters);
        return new SqliteBackend(database, blobs, clock, options);
    }

    private static void measure(Database database, Meters meters) {
        meters.gauge(
                MeterName.of("sqlite.readers.busy", "Read connections that are lent"),
                database.reads()::busy);
        meters.gauge(
                MeterName.of("sqlite.readers.waiting", "Requests that wait for a read connection"),
                database.reads()::waiting);
        meters.gauge(
                MeterName.of("sqlite.commits.waiting", "Commits that wait for the writer"),
                database.writer()::waiting);
        meters.gauge(
                MeterName.of("sqlite.commits.written", "Commits that have been answered"),
                database.writer()::written);
        meters.gauge(
                MeterName.of("sqlite.syncs", "Waits for the disk that those commits shared"),
                database.writer()::transactions);
        meters.gauge(
                MeterName.of("sqlite.bodies.hits", "Reads by id that were answered from memory"),
                database.bodies()::hits);
        meters.gauge(
                MeterName.of("sqlite.bodies.misses", "Reads by id that asked the database"),
                database.bodies()::misses);
        meters.gauge(
                MeterName.of("sqlite.bodies.bytes", "Memory that bodies read lately take"),
                database.bodies()::bytes);
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
        return Optional.of(queries);
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
        return database.writer().health();
    }

    /** For tests: what lies below. */
    Database database() {
        return database;
    }

    @Override
    public void close() {
        try {
            database.close();
        } catch (SQLException e) {
            throw SqliteErrors.of(e);
        }
    }
}
