package dev.andiron.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * A PostgreSQL of its own, from the archive that Maven has brought, durable as by default, whose
 * processor time can be read. On Linux, with {@code tar} and xz.
 */
final class PostgresProcess implements AutoCloseable {
    private static final Path ARCHIVE = Path.of("bench/target/postgres-binaries/18.jar");
    private static final String SETTINGS =
            """
            listen_addresses = '127.0.0.1'
            port = %d
            unix_socket_directories = ''
            shared_buffers = 512MB
            max_wal_size = 4GB
            """;

    private final Path folder;
    private final int port;

    private PostgresProcess(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /**
     * Starts the cluster in the folder, which is made if there is none; the only role is {@code
     * andiron}, no superuser.
     */
    static PostgresProcess start(Path folder) throws IOException, InterruptedException {
        if (Files.exists(folder.resolve("port"))) {
            int before = Integer.parseInt(Files.readString(folder.resolve("port")).strip());
            return new PostgresProcess(folder, before).started();
        }
        Files.createDirectories(folder);
        Path packed = folder.resolve("postgres.txz");
        try (var jar = new ZipFile(ARCHIVE.toFile());
                InputStream in = jar.getInputStream(jar.getEntry("postgres-linux-x86_64.txz"))) {
            Files.copy(in, packed);
        }
        run(folder, List.of("tar", "-xJf", packed.toString()));
        int port = freePort();
        var server = new PostgresProcess(folder, port);
        server.tool("initdb", "-D", server.data(), "-U", "postgres", "-E", "UTF8", "--locale=C");
        Files.writeString(
                folder.resolve("data/postgresql.conf"),
                SETTINGS.formatted(port),
                StandardOpenOption.APPEND);
        String script = "CREATE ROLE andiron LOGIN;\nCREATE DATABASE andiron OWNER andiron;\n";
        Path first = Files.writeString(folder.resolve("first.sql"), script);
        server.single(first);
        Files.writeString(folder.resolve("port"), Integer.toString(port));
        return server.started();
    }

    private PostgresProcess started() throws IOException, InterruptedException {
        tool("pg_ctl", "-D", data(), "-l", folder.resolve("log").toString(), "-w", "start");
        return this;
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Runs statements before the server takes connections. */
    private void single(Path script) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command("postgres", "--single", "-D", data(), "postgres"))
                        .redirectInput(script.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("single.log").toFile())
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException(Files.readString(folder.resolve("single.log")));
        }
    }

    private void tool(String... words) throws IOException, InterruptedException {
        run(folder, command(words));
    }

    /** PostgreSQL refuses to run as root; in a namespace of its own a process is someone else. */
    private List<String> command(String... words) {
        var command = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(words));
        int program = command.size() - words.length;
        command.set(program, folder.resolve("bin").resolve(words[0]).toString());
        return command;
    }

    private static void run(Path folder, List<String> command)
            throws IOException, InterruptedException {
        Path log = folder.resolve("tools.log");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed:\n" + Files.readString(log));
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/andiron?user=andiron";
    }

    /** Processor time so far of the processes that are there: those of connections, and writers. */
    Duration cpu() throws IOException {
        String parent = Files.readAllLines(folder.resolve("data/postmaster.pid")).getFirst();
        long nanos = 0;
        for (String child : children(parent)) {
            Path statistics = Path.of("/proc", child, "schedstat");
            if (Files.exists(statistics)) {
                nanos += Long.parseLong(Files.readString(statistics).split(" ", 2)[0]);
            }
        }
        return Duration.ofNanos(nanos);
    }

    private static List<String> children(String parent) throws IOException {
        String list = Files.readString(Path.of("/proc", parent, "task", parent, "children"));
        return Stream.of(list.strip().split(" ")).filter(child -> !child.isEmpty()).toList();
    }

    @Override
    public void close() throws IOException {
        try {
            tool("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "PostgreSQL at port %d", port);
    }
}
