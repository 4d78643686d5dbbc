package dev.andiron.server.cli;

import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Serves sample patients from a folder that is thrown away. */
@Command(
        name = "demo",
        header = "Serve bundled sample patients from a folder that is deleted at the end.",
        description =
                "Takes no configuration: SQLite in a temporary folder, a free port unless one is"
                        + " given. Prints addresses to look at.")
final class DemoCommand implements Callable<Integer> {
    private static final int PARALLEL = 4;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @Spec private CommandSpec spec;
    @ParentCommand private Main main;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "0",
            description = "The port to listen on (default: a free one).")
    private int port;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("andiron-demo-");
        RunningServer running;
        try {
            running = RunningServer.start(source(folder), () -> delete(folder));
        } catch (RuntimeException e) {
            delete(folder);
            throw e;
        }
        PrintWriter out = spec.commandLine().getOut();
        new Welcome(running).printServed(out);
        LoadTally tally = load(folder, running.server().url());
        if (tally.failures() > 0) {
            return ExitCodes.FAILED;
        }
        new Tour(running.server().url()).print(out);
        out.println("Ctrl+C stops it and deletes " + folder);
        out.flush();
        RunningServer.await();
        return ExitCodes.DONE;
    }

    /** Neither files nor the environment may lead a demonstration to somebody's real data. */
    private ConfigurationSource source(Path folder) {
        return new ConfigurationSource(
                Optional.empty(),
                Map.of(),
                Map.of("server.port", String.valueOf(port), "server.request-log", "false"),
                folder.resolve("data"));
    }

    private LoadTally load(Path folder, String url) throws IOException, InterruptedException {
        Path sample = folder.resolve("sample");
        Sample.unpack(sample);
        PrintWriter err = spec.commandLine().getErr();
        var settings = new Loader.Settings(URI.create(url), Optional.empty(), PARALLEL, TIMEOUT);
        long started = System.nanoTime();
        LoadTally tally =
                Loader.load(
                        settings,
                        List.of(sample),
                        (counts, files, bytes) ->
                                ProgressBar.start(counts, bytes, err, ProgressBar.isTerminal()));
        var report = new LoadReport(tally, Duration.ofNanos(System.nanoTime() - started));
        report.printTotal(spec.commandLine().getOut());
        report.printFailures(err, main.isVerbose());
        return tally;
    }

    private static void delete(Path folder) {
        try (Stream<Path> below = Files.walk(folder)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
