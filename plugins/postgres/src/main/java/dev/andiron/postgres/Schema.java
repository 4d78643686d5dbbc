package dev.andiron.postgres;

import dev.andiron.spi.StorageException;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The tables, and the steps that lead to them from those of earlier releases. Of nodes that start
 * at once one does the steps, and the others wait for it; each step is a transaction together with
 * its mark in {@code schema_version}.
 */
final class Schema {
    private static final List<String> STEPS =
            Stream.of(
                            "schema-1.sql",
                            "schema-2.sql",
                            "schema-3.sql",
                            "schema-4.sql",
                            "schema-5.sql",
                            "schema-6.sql",
                            "schema-7.sql",
                            "schema-8.sql",
                            "schema-9.sql")
                    .map(Schema::resource)
                    .toList();

    /** The advisory lock under which schemas change. "ANDR". */
    private static final int LOCK = 0x414E4452;

    private Schema() {}

    private static String resource(String name) {
        try (InputStream in = Schema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the plugin lacks its file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the tables are there, of whatever version. */
    static boolean exists(Tables tables) {
        return tables.repeatably(Scope.NOBODY, session -> version(session, tables.schema()) > 0);
    }

    /**
     * Brings the tables up to this release's version.
     *
     * @throws StorageException.NotPermitted if they are not there and the role may not make them
     */
    static void migrate(Tables tables) {
        String schema = tables.schema();
        tables.repeatably(
                Scope.NOBODY,
                session -> {
                    if (version(session, schema) == STEPS.size()) {
                        return null;
                    }
                    checkEncoding(session);
                    session.begin();
                    session.first(
                            row -> true,
                            "SELECT pg_advisory_xact_lock(?, ?)",
                            LOCK,
                            schema.hashCode());
                    int version = version(session, schema);
                    if (version == 0) {
                        makeSchema(session, schema);
                    }
                    for (int step = version; step < STEPS.size(); step++) {
                        session.run(STEPS.get(step));
                        session.update("INSERT INTO schema_version (version) VALUES (?)", step + 1);
                    }
                    session.commit();
                    return null;
                });
    }

    /**
     * A name's look-up, such as by to_regclass, may be answered from before the wait for the lock;
     * a query is not.
     */
    private static final String VERSION_TABLE =
            "SELECT c.oid::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE n.nspname = ? AND c.relname = 'schema_version'";

    private static int version(Session session, String schema) throws SQLException {
        if (session.number(VERSION_TABLE, schema).isEmpty()) {
            return 0;
        }
        int version = (int) session.number("SELECT max(version) FROM schema_version").orElse(0);
        if (version > STEPS.size()) {
            throw new StorageException.NotSupported(
                    ("the database has schema version %d, this release knows versions up to %d: it"
                                    + " was written by a newer release, which is needed to open it")
                            .formatted(version, STEPS.size()));
        }
        return version;
    }

    private static void checkEncoding(Session session) throws SQLException {
        String encoding =
                session.first(row -> row.getString(1), "SHOW server_encoding").orElseThrow();
        if (!encoding.equals("UTF8")) {
            throw new StorageException.NotSupported(
                    "the database has the encoding " + encoding + "; Andiron needs UTF8");
        }
    }

    private static void makeSchema(Session session, String schema) throws SQLException {
        try {
            if (session.number("SELECT oid::bigint FROM pg_namespace WHERE nspname = ?", schema)
                    .isEmpty()) {
                session.run("CREATE SCHEMA " + PlaceName.quoted(schema));
            }
            session.run(
                    "CREATE TABLE schema_version (version integer PRIMARY KEY, applied timestamptz"
                            + " NOT NULL DEFAULT now())");
        } catch (SQLException e) {
            if (PostgresErrors.lacksPrivilege(e)) {
                throw new StorageException.NotPermitted(
                        "the schema %s is not there, or empty, and the database role may not make it"
                                .formatted(schema));
            }
            throw e;
        }
    }
}
