package dev.andiron.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of one test, which may be stopped, killed, damaged and started again. */
final class OwnServer implements AutoCloseable {
    private final Path programs;
    private final Path data;
    private final int port;

    private OwnServer(Path programs, Path data) {
        this.programs = programs;
        this.data = data;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new server with the database {@code andiron} of an ordinary role, started. */
    static OwnServer start(Path folder) throws SQLException {
        var server = new OwnServer(PostgresServer.of(18).programs(), folder.resolve("primary"));
        server.run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
        server.start();
        try (Connection connection = server.superuser("postgres");
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE andiron LOGIN");
            statement.execute("CREATE DATABASE andiron OWNER andiron TEMPLATE template0");
        }
        return server;
    }

    /**
     * A standby that this server waits for at each commit, started. This one is stopped meanwhile.
     */
    OwnServer standby() throws IOException, SQLException {
        var standby = new OwnServer(programs, data.resolveSibling("standby"));
        stop("fast");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        standby.data.resolve(data.relativize(file).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.createFile(standby.data.resolve("standby.signal"));
        Files.writeString(
                standby.data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres'\n");
        Files.writeString(
                data.resolve("postgresql.auto.conf"), "synchronous_standby_names = '*'\n");
        start();
        standby.start();
        return standby;
    }

    void start() {
        run(
                "pg_ctl",
                "-w",
                "-t",
                "60",
                "-l",
                data.resolveSibling(data.getFileName() + ".log").toString(),
                "-o",
                "-p "
                        + port
                        + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c"
                        + " fsync=off -c shared_buffers=32MB -c max_connections=60",
                "start");
    }

    /**
     * @param mode {@code fast}, or {@code immediate}: without a checkpoint, as in a crash
     */
    void stop(String mode) {
        run("pg_ctl", "-w", "-m", mode, "stop");
    }

    void promote() {
        run("pg_ctl", "-w", "promote");
    }

    private void run(String program, String... arguments) {
        var command = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            // PostgreSQL refuses to run as root; in a namespace of its own it is nobody.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(programs.resolve(program).toString(), "-D", data.toString()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile(program, ".log");
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            boolean ended = process.waitFor(90, TimeUnit.SECONDS);
            String text = Files.readString(output);
            Files.delete(output);
            if (!ended || process.exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ":\n" + text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return port;
    }

    Path data() {
        return data;
    }

    Connection superuser(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", null);
    }

    /** Whether the server's process is there. */
    private boolean isRunning() {
        return Files.exists(data.resolve("postmaster.pid"));
    }

    @Override
    public void close() {
        if (isRunning()) {
            stop("immediate");
        }
    }
}
