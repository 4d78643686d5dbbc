package dev.andiron.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
