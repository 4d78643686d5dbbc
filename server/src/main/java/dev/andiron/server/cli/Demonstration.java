package dev.andiron.server.cli;

import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import picocli.CommandLine.Model.CommandSpec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A server with sample patients in a folder that is deleted when the process ends.
 *
 * @param folder the folder
 * @param spec of the command, whose output shows what happens
 * @param verbose whether failures are shown whole
 */
record Demonstration(Path folder, CommandSpec spec, boolean verbose) {
    private static final int PARALLEL = 4;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    static Demonstration in(CommandSpec spec, Main main) throws IOException {
        return new Demonstration(
                Files.createTempDirectory("andiron-demo-"), spec, main.isVerbose());
    }

    /**
     * Starts it, loads the sample and prints the tour.
     *
     * @param port 0 for a free one
     * @return whether all of it worked
     */
    boolean run(int port) throws IOException, InterruptedException {
        RunningServer running = start(port);
        PrintWriter out = spec.commandLine().getOut();
        var welcome = new Welcome(running);
        welcome.printServed(out);
        welcome.printFailures(out);
        LoadTally tally = load(running.server().url());
        if (tally.failures() > 0) {
            return false;
        }
        new Tour(running.server().url()).print(out);
        return true;
    }

    /**
     * Starts it as most are started, with a configuration that says nothing of storage, and asks
     * what clients of a new server ask first.
     */
    void rehearse() throws IOException {
        Path settings = folder.resolve("andiron.yaml");
        Files.writeString(settings, "fhir:\n  version: r4\n");
        // Only for what Java learns: a rehearsal is no usual start.
        PlainServe.of("serve", "--port", "0", "--data", "data").ifPresent(PlainServe::source);
        RunningServer running = start(0, Optional.of(settings));
        Rehearsal.at(URI.create(running.server().url()));
        running.welcome(new PrintWriter(Writer.nullWriter()));
    }

    private RunningServer start(int port) {
        return start(port, Optional.empty());
    }

    private RunningServer start(int port, Optional<Path> settings) {
        try {
            return RunningServer.start(source(port, settings), this::delete);
        } catch (RuntimeException e) {
            delete();
            throw e;
        }
    }

    /** Neither files nor the environment may lead a demonstration to somebody's real data. */
    private ConfigurationSource source(int port, Optional<Path> settings) {
        return new ConfigurationSource(
                settings,
                Map.of(),
                Map.of("server.port", String.valueOf(port), "server.request-log", "false"),
                folder.resolve("data"));
    }

    private LoadTally load(String url) throws IOException, InterruptedException {
        Path sample = folder.resolve("sample");
        Sample.unpack(sample);
        PrintWriter err = spec.commandLine().getErr();
        var settings =
                new Loader.Settings(
                        URI.create(url), Optional.empty(), PARALLEL, TIMEOUT, Optional.empty());
        long started = System.nanoTime();
        LoadTally tally =
                Loader.load(
                        settings,
                        List.of(sample),
                        (counts, files, bytes) ->
                                ProgressBar.start(counts, bytes, err, ProgressBar.isTerminal()));
        var report = new LoadReport(tally, Duration.ofNanos(System.nanoTime() - started));
        report.printTotal(spec.commandLine().getOut());
        report.printFailures(err, verbose);
        return tally;
    }

    private void delete() {
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
