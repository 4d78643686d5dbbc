package dev.andiron.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server of the built distribution, in a process of its own. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("serves FHIR R\\w+ at (http://\\S+)");
    private static final long START_SECONDS = 60;

    private static final String LAST_LINE = "Ctrl+C stops it.";

    private final Process process;
    private final Path log;
    private final URI base;

    private ServerProcess(Process process, Path log, URI base) {
        this.process = process;
        this.log = log;
        this.base = base;
    }

    /**
     * Starts a server on a free port and waits until it has said all that it says at its start.
     *
     * @param folder its data folder; its output goes into a file there
     */
    static ServerProcess start(Path folder, String... more) {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "serve",
                                "--port",
                                "0",
                                "--data",
                                folder.resolve("data").toString()));
        arguments.addAll(List.of(more));
        Distribution.configuration()
                .filter(file -> !arguments.contains("--config"))
                .ifPresent(file -> arguments.addAll(List.of("--config", file.toString())));
        Path log = folder.resolve("server.log");
        try {
            Files.deleteIfExists(log);
            Process process =
                    Distribution.command(folder, arguments.toArray(String[]::new))
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            return new ServerProcess(process, log, address(process, log));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URI address(Process process, Path log) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < end) {
            String output = Files.readString(log);
            Matcher matcher = ADDRESS.matcher(output);
            if (output.contains(LAST_LINE) && matcher.find()) {
                return URI.create(matcher.group(1));
            }
            if (!process.isAlive()) {
                throw new IllegalStateException("the server ended:\n" + Files.readString(log));
            }
            try {
                if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException("the server ended:\n" + Files.readString(log));
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("no address in time:\n" + Files.readString(log));
    }

    /** The FHIR base. */
    URI base() {
        return base;
    }

    /** The root of the server, above the FHIR base. */
    URI root() {
        return base.resolve("/");
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it as the operating system would (SIGKILL): nothing runs after this. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** Asks it to end (SIGTERM) and waits; the exit code. */
    int stop() {
        process.destroy();
        return await();
    }

    private int await() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the server does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }
}
