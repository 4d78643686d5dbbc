package dev.andiron.sqlite;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The options of the plugin, and their values for one backend. */
record SqliteOptions(
        Path path,
        Durability durability,
        int readConnections,
        long cacheSize,
        long bodyCacheSize,
        long maxSize,
        int writeQueue,
        Duration busyTimeout,
        Duration statementTimeout,
        int sqlQueries,
        long sqlMemory) {

    /** What an acknowledged commit has survived. */
    enum Durability {
        /** Written and fsynced: it survives a power failure. */
        FULL,
        /** Handed to the operating system: it survives a crash of the server only. */
        RELAXED
    }

    private static final Option<Path> PATH =
            Option.path("path", Path.of("andiron.db"), "the database file");
    private static final Option<Durability> DURABILITY =
            Option.choice(
                    "durability",
                    Durability.FULL,
                    "full: an acknowledged write is fsynced; relaxed: a power failure may lose the"
                            + " last writes, a crash of the server does not");
    private static final Option<Long> READ_CONNECTIONS =
            Option.integer(
                    "read-connections", 8, "how many reads and searches run at once, 1 to 256");
    private static final Option<Long> CACHE_SIZE =
            Option.size(
                    "cache-size",
                    128L << 20,
                    "memory for pages of the database, half for the writer, half for the readers");
    private static final Option<Long> BODY_CACHE_SIZE =
            Option.size(
                    "body-cache-size",
                    64L << 20,
                    "memory for resources that were read by id, as they are served, but no more"
                        + " than an eighth of Java's heap; one that takes more than a 64th of it is"
                        + " not kept; 0 keeps none");
    private static final Option<Long> MAX_SIZE =
            Option.size(
                    "max-size",
                    0,
                    "how large the database file may become; writes that need more are refused; 0"
                            + " sets no bound but the disk's");
    private static final Option<Long> WRITE_QUEUE =
            Option.integer(
                    "write-queue",
                    1024,
                    "how many commits may wait for the writer, 1 to 1000000; more are refused");
    private static final Option<Duration> BUSY_TIMEOUT =
            Option.duration(
                    "busy-timeout",
                    Duration.ofSeconds(5),
                    "how long to wait when another program has locked the database file");
    private static final Option<Duration> STATEMENT_TIMEOUT =
            Option.duration(
                    "statement-timeout",
                    Duration.ofSeconds(30),
                    "how long one read or search may take, the searches of conditional writes too");

    private static final Option<Long> SQL_QUERIES =
            Option.integer(
                    "sql-queries", 2, "how many SQL queries over views run at once, 1 to 64");
    private static final Option<Long> SQL_MEMORY =
            Option.size(
                    "sql-memory",
                    256L << 20,
                    "memory for the tables of one SQL query over views; larger ones are refused");

    static final List<Option<?>> ALL =
            List.of(
                    PATH,
                    DURABILITY,
                    READ_CONNECTIONS,
                    CACHE_SIZE,
                    BODY_CACHE_SIZE,
                    MAX_SIZE,
                    WRITE_QUEUE,
                    BUSY_TIMEOUT,
                    STATEMENT_TIMEOUT,
                    SQL_QUERIES,
                    SQL_MEMORY);

    static SqliteOptions of(Options options) {
        return new SqliteOptions(
                options.get(PATH),
                options.get(DURABILITY),
                bounded(options, READ_CONNECTIONS, 256),
                options.get(CACHE_SIZE),
                options.get(BODY_CACHE_SIZE),
                options.get(MAX_SIZE),
                bounded(options, WRITE_QUEUE, 1_000_000),
                options.get(BUSY_TIMEOUT),
                options.get(STATEMENT_TIMEOUT),
                bounded(options, SQL_QUERIES, 64),
                options.get(SQL_MEMORY));
    }

    /** The folder of the files that jobs write, beside the database file. */
    Path blobs() {
        Path file = path.toAbsolutePath();
        return file.resolveSibling(file.getFileName() + ".blobs");
    }

    private static int bounded(Options options, Option<Long> option, int most) {
        long value = options.get(option);
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "option '%s' takes 1 to %d, not %d".formatted(option.name(), most, value));
        }
        return (int) value;
    }
}
