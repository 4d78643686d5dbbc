package dev.andiron.distribution;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.zip.ZipFile;

/** A PostgreSQL with a database for an ordinary role, which may be stopped and started again. */
final class PostgresDatabase implements AutoCloseable {
    private static final String BINARIES = "18.jar";
    private static final String ARCHIVE = "postgres-linux-x86_64.txz";
    private static final String NAME = "andiron";

    private final Path data;
    private final int port;
    private EmbeddedPostgres process;

    /** Makes one in a folder, and starts it. */
    PostgresDatabase(Path folder) throws IOException, SQLException {
        data = folder.resolve("postgres");
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        start();
        try (Connection connection = process.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + NAME + " LOGIN");
            statement.execute("CREATE DATABASE " + NAME + " OWNER " + NAME);
        }
    }

    /** Starts it, on the port and with the data that it had. */
    void start() throws IOException {
        process =
                EmbeddedPostgres.builder()
                        .setPgBinaryResolver(
                                (system, machine) -> new ByteArrayInputStream(binaries()))
                        .setPort(port)
                        .setDataDirectory(data)
                        .setCleanDataDirectory(false)
                        .setServerConfig("listen_addresses", "127.0.0.1")
                        .setServerConfig("fsync", "off")
                        .start();
    }

    private static byte[] binaries() throws IOException {
        Path jar = Path.of(System.getProperty("postgres.binaries"), BINARIES);
        try (var zip = new ZipFile(jar.toFile());
                var archive = zip.getInputStream(zip.getEntry(ARCHIVE))) {
            return archive.readAllBytes();
        }
    }

    /** Ends it, and all connections with it. */
    void stop() throws IOException {
        process.close();
    }

    /** A connection of the superuser, for tests that meddle with the database. */
    Connection superuser() throws SQLException {
        return process.getDatabase("postgres", NAME).getConnection();
    }

    /** The lines of a configuration that make it the storage. */
    String configuration() {
        return """
        backends:
          main:
            plugin: postgres
            url: "jdbc:postgresql://127.0.0.1:%d/%s"
            user: %s
            pool-size: 8
            pool-timeout: 2s
        """
                .formatted(port, NAME, NAME);
    }

    @Override
    public void close() throws IOException {
        stop();
    }
}
