package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** The file, its one writer and its readers. Closed by whoever opened it. */
final class Database implements AutoCloseable {
    /** Pages of the log that are gathered before they move into the file: 32 MiB. */
    private static final int CHECKPOINT_PAGES = 8_192;

    /** What the log file may keep on disk when it is empty. */
    private static final int LOG_BYTES = 128 << 20;

    private static final int PAGE_BYTES = 4_096;

    /** Least cache of a connection, 1 MiB. */
    private static final long LEAST_CACHE = 1L << 20;

    private final FileLock lock;
    private final BodyCodec codec;
    private final Numbers numbers;
    private final BodyCache bodies;
    private final ReadPool reads;
    private final Writer writer;

    private Database(
            FileLock lock,
            BodyCodec codec,
            Numbers numbers,
            BodyCache bodies,
            ReadPool reads,
            Writer writer) {
        this.lock = lock;
        this.codec = codec;
        this.numbers = numbers;
        this.bodies = bodies;
        this.reads = reads;
        this.writer = writer;
    }

    /** Opens the file, makes it if it is not there, and brings its schema up to date. */
    static Database open(SqliteOptions options, Schema schema) {
        Path file = options.path().toAbsolutePath();
        NativeLibrary.load();
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new StorageException.Unavailable(
                    "the folder of the database cannot be made: " + file.getParent(),
                    Duration.ofSeconds(5),
                    e);
        }
        FileLock lock = FileLock.acquire(file);
        try {
            return open(options, schema, file, lock);
        } catch (SQLException e) {
            lock.close();
            throw SqliteErrors.of(e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Database open(SqliteOptions options, Schema schema, Path file, FileLock lock)
            throws SQLException {
        var config = config(options, options.cacheSize() / 2);
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        BodyCodec codec;
        try (var bare = new BodyCodec(Map.of());
                var session = new Session(source, bare)) {
            schema.migrate(session);
            codec = new BodyCodec(Schema.dictionaries(session));
        }
        var numbers = new Numbers();
        var bodies = BodyCache.within(options.bodyCacheSize(), Runtime.getRuntime().maxMemory());
        var writing = new Session(source, codec);
        Writer writer;
        try {
            if (options.maxSize() > 0) {
                writing.run("PRAGMA max_page_count = " + options.maxSize() / PAGE_BYTES);
            }
            writer = new Writer(writing, codec, bodies, numbers, options);
        } catch (SQLException e) {
            writing.close();
            throw e;
        }
        writer.start();
        var readSource =
                new SQLiteDataSource(
                        config(options, options.cacheSize() / 2 / options.readConnections()));
        readSource.setUrl(source.getUrl());
        var reads =
                new ReadPool(
                        () -> reading(readSource, codec),
                        options.readConnections(),
                        options.statementTimeout());
        return new Database(lock, codec, numbers, bodies, reads, writer);
    }

    private static Session reading(SQLiteDataSource source, BodyCodec codec) throws SQLException {
        var session = new Session(source, codec);
        try {
            session.run("PRAGMA query_only = true");
            return session;
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    private static SQLiteConfig config(SqliteOptions options, long cacheBytes) {
        var config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(
                switch (options.durability()) {
                    case FULL -> SQLiteConfig.SynchronousMode.FULL;
                    case RELAXED -> SQLiteConfig.SynchronousMode.NORMAL;
                });
        config.setBusyTimeout((int) options.busyTimeout().toMillis());
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setWalAutocheckpoint(CHECKPOINT_PAGES);
        config.setJournalSizeLimit(LOG_BYTES);
        config.setPageSize(PAGE_BYTES);
        // Nobody asks for them, and the driver would look them up after each insert.
        config.setGetGeneratedKeys(false);
        // Negative means KiB instead of pages.
        config.setCacheSize((int) -(Math.max(cacheBytes, LEAST_CACHE) >> 10));
        return config;
    }

    ReadPool reads() {
        return reads;
    }

    Writer writer() {
        return writer;
    }

    Numbers numbers() {
        return numbers;
    }

    BodyCache bodies() {
        return bodies;
    }

    @Override
    public void close() throws SQLException {
        try (lock;
                codec;
                writer;
                reads) {
            // Closed in the reverse order: readers, the writer, what both use, the lock.
        }
    }
}
