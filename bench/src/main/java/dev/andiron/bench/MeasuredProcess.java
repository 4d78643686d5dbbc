package dev.andiron.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server in a process of its own, whose processor time can be read. */
final class MeasuredProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("(http://[0-9.]+:[0-9]+/fhir)");

    private final Process process;
    private final URI base;

    private MeasuredProcess(Process process, URI base) {
        this.process = process;
        this.base = base;
    }

    /**
     * Starts a command and waits until it prints its FHIR base.
     *
     * @param folder the working folder
     * @param logs where its output goes
     */
    static MeasuredProcess start(Path folder, Path logs, List<String> command)
            throws IOException, InterruptedException {
        return start(folder, logs, command, Map.of());
    }

    private static MeasuredProcess start(
            Path folder, Path logs, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(logs, "server", ".log");
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toAbsolutePath().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        while (true) {
            Matcher matcher = ADDRESS.matcher(Files.readString(log));
            if (matcher.find()) {
                return new MeasuredProcess(process, URI.create(matcher.group(1)));
            }
            if (process.waitFor(2, TimeUnit.MILLISECONDS)) {
                throw new IOException(command + " ended:\n" + Files.readString(log));
            }
        }
    }

    /**
     * Starts the built server at a free port.
     *
     * @param home the distribution's folder
     * @param data where it keeps its data
     * @param logs where its output goes
     * @param configuration what its configuration says; empty for none
     */
    static MeasuredProcess serve(Path home, Path data, Path logs, Optional<String> configuration)
            throws IOException, InterruptedException {
        return serve(home, data, logs, configuration, Map.of());
    }

    /**
     * Likewise.
     *
     * @param environment variables that are set in addition
     */
    static MeasuredProcess serve(
            Path home,
            Path data,
            Path logs,
            Optional<String> configuration,
            Map<String, String> environment)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                home.resolve("bin").resolve("andiron").toString(),
                                "serve",
                                "--port",
                                "0",
                                "--data",
                                data.resolve("data").toString()));
        if (configuration.isPresent()) {
            Path settings = data.resolve("andiron.yaml");
            Files.writeString(settings, configuration.get());
            command.addAll(List.of("--config", settings.toString()));
        }
        return start(data, logs, command, environment);
    }

    URI base() {
        return base;
    }

    /** Processor time so far, all threads. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The most memory that it had so far, where the system tells. */
    Optional<Long> peakMegabytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return Optional.empty();
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1_000)
                .findFirst();
    }

    /** Has it collect all its garbage, by the tool for that of the JDK that this runs on. */
    void collect() throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process asked =
                new ProcessBuilder(tool.toString(), Long.toString(process.pid()), "GC.run")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (asked.waitFor() != 0) {
            throw new IOException("jcmd GC.run: " + said);
        }
    }

    /**
     * How many files it has open; NaN where the system does not tell.
     *
     * @param sockets whether sockets are counted, or all others
     */
    double open(boolean sockets) throws IOException {
        Path folder = Path.of("/proc", Long.toString(process.pid()), "fd");
        if (!Files.exists(folder)) {
            return Double.NaN;
        }
        int count = 0;
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                try {
                    String target = Files.readSymbolicLink(entry).toString();
                    count += target.startsWith("socket:") == sockets ? 1 : 0;
                } catch (NoSuchFileException closed) {
                    // It was closed since the folder was listed.
                    continue;
                }
            }
        }
        return count;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
