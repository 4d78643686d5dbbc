package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables, and the steps that lead to them from those of earlier releases. Each step runs in a
 * transaction of its own together with its mark in {@code schema_version}, so that a crash leaves a
 * step done or not done.
 */
final class Schema {
    /** Marks the file as ours, in its header. "ANDR". */
    static final int APPLICATION = 0x414E4452;

    private static final List<String> STEPS =
            List.of(
                    resource("schema-1.sql"),
                    resource("schema-jobs.sql"),
                    resource("schema-search.sql"),
                    resource("schema-targets.sql"),
                    resource("schema-uris.sql"),
                    resource("schema-words.sql"),
                    resource("schema-spans.sql"),
                    resource("schema-tokens.sql"),
                    resource("schema-stretches.sql"),
                    resource("schema-ids.sql"),
                    resource("schema-seconds.sql"));

    /** The step that brought words, positions and composites. */
    private static final int SEARCH = 3;

    private static final int FIRST_DICTIONARY = 2;
    private static final System.Logger LOG = System.getLogger(Schema.class.getName());

    private final List<String> steps;

    Schema() {
        this(STEPS);
    }

    /** The scripts of this release. */
    static List<String> steps() {
        return STEPS;
    }

    /**
     * @param steps scripts; the first makes version 1
     */
    Schema(List<String> steps) {
        this.steps = steps;
    }

    private static String resource(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String name) {
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the plugin lacks its file " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Brings the tables up to this release's version. */
    void migrate(Session session) throws SQLException {
        long application = session.number("PRAGMA application_id").orElse(0);
        long tables = session.number("SELECT count(*) FROM sqlite_schema").orElse(0);
        if (application != APPLICATION && tables > 0) {
            throw new StorageException.Corrupt(
                    "the file is a SQLite database of another program, not of Andiron", null);
        }
        long version = tables == 0 ? 0 : version(session);
        if (version > steps.size()) {
            throw new StorageException.NotSupported(
                    ("the database has schema version %d, this release knows versions up to %d: it"
                                    + " was written by a newer release, which is needed to open it")
                            .formatted(version, steps.size()));
        }
        if (version == 0) {
            // A new file waits for the disk once.
            apply(session, 0, steps);
        }
        for (int step = (int) version; version > 0 && step < steps.size(); step++) {
            apply(session, step, List.of(steps.get(step)));
        }
        if (version > 0
                && version < SEARCH
                && session.number("SELECT 1 FROM resources LIMIT 1").isPresent()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the database was written by an earlier release, which kept no words, positions"
                            + " and composites: what is stored in it is found by them only after it"
                            + " has been reindexed");
        }
    }

    private static long version(Session session) throws SQLException {
        return session.number("SELECT max(version) FROM schema_version").orElse(0);
    }

    private static void apply(Session session, int before, List<String> scripts)
            throws SQLException {
        // What a step sorts may not fit into memory, where sessions keep what is temporary.
        session.run("PRAGMA temp_store = FILE");
        session.run("BEGIN IMMEDIATE");
        try {
            if (before == 0) {
                session.run("PRAGMA application_id = " + APPLICATION);
                session.run(
                        "CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied TEXT NOT"
                                + " NULL DEFAULT CURRENT_TIMESTAMP) STRICT");
            }
            int version = before;
            for (String script : scripts) {
                session.runScript(script);
                session.update("INSERT INTO schema_version (version) VALUES (?)", ++version);
            }
            session.run("COMMIT");
        } catch (SQLException e) {
            session.run("ROLLBACK");
            throw e;
        }
    }

    /** The dictionaries of the file; a file without one gets this release's. */
    static Map<Integer, byte[]> dictionaries(Session session) throws SQLException {
        if (session.number("SELECT max(id) FROM dictionaries").isEmpty()) {
            byte[] dictionary = bytes("fhir.zdict");
            if (dictionary.length > 0) {
                session.update(
                        "INSERT INTO dictionaries VALUES (?, ?)", FIRST_DICTIONARY, dictionary);
            }
        }
        var dictionaries = new HashMap<Integer, byte[]>();
        session.list(
                row -> dictionaries.put(row.getInt(1), row.getBytes(2)),
                "SELECT id, content FROM dictionaries");
        return dictionaries;
    }
}
