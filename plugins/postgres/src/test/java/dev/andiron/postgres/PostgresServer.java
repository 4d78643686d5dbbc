package dev.andiron.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipFile;

/**
 * A server of one version, started once in a JVM, with a database for an ordinary role: superusers
 * would pass the fences between tenants. A JVM that is forked by tests is told where the server is.
 */
public final class PostgresServer {
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";

    /** A role without rights. */
    static final String QUERYING = "andiron_sql";

    private static final Map<Integer, PostgresServer> STARTED = new HashMap<>();

    private final String url;
    private final EmbeddedPostgres process;

    private PostgresServer(int version) {
        String given = System.getProperty(property(version));
        if (given != null) {
            url = given;
            process = null;
            return;
        }
        try {
            process =
                    EmbeddedPostgres.builder()
                            .setPgBinaryResolver(
                                    (system, machine) ->
                                            new ByteArrayInputStream(binaries(version)))
                            .setServerConfig("listen_addresses", "127.0.0.1")
                            .setServerConfig("fsync", "off")
                            .setServerConfig("max_connections", "300")
                            .setServerConfig("shared_buffers", "128MB")
                            .start();
            try (Connection connection = process.getPostgresDatabase().getConnection();
                    var statement = connection.createStatement()) {
                statement.execute("CREATE ROLE andiron LOGIN");
                statement.execute("CREATE ROLE " + QUERYING + " LOGIN");
                statement.execute("CREATE DATABASE andiron OWNER andiron");
            }
            url = process.getJdbcUrl("andiron", "andiron");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] binaries(int version) throws IOException {
        Path jar = Path.of(System.getProperty("postgres.binaries"), version + ".jar");
        try (var zip = new ZipFile(jar.toFile());
                var archive = zip.getInputStream(zip.getEntry(ARCHIVE))) {
            return archive.readAllBytes();
        }
    }

    /** The server of a major version. */
    public static synchronized PostgresServer of(int version) {
        return STARTED.computeIfAbsent(version, PostgresServer::new);
    }

    /** The system property that tells a forked JVM where this server is. */
    public static String property(int version) {
        return "postgres.url." + version;
    }

    /** Where it is. */
    public String url() {
        return url;
    }

    /** A connection of the superuser, for tests that meddle with the server. */
    Connection superuser() throws SQLException {
        return process.getDatabase("postgres", "andiron").getConnection();
    }

    /** The port on 127.0.0.1. */
    int port() {
        return process.getPort();
    }

    /** The folder of the programs that this server runs by. */
    Path programs() {
        try (Connection connection = superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SHOW data_directory")) {
            row.next();
            String first =
                    Files.readAllLines(Path.of(row.getString(1), "postmaster.pid")).getFirst();
            return Path.of("/proc", first, "exe").toRealPath().getParent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Options for the data that belongs to a folder. */
    public Map<String, ?> options(Path folder) {
        return Map.of(
                "url",
                url,
                "schema",
                schema(folder),
                "pool-size",
                12L,
                "sql-user",
                QUERYING,
                "sql-queries",
                8L);
    }

    static String schema(Path folder) {
        return "t" + Integer.toHexString(folder.toAbsolutePath().toString().hashCode());
    }
}
