package dev.andiron.server.cli;

import dev.andiron.server.cli.load.LoadTally;
import dev.andiron.server.cli.load.Loader;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Sends files to a running server. */
@Command(
        name = "load",
        header = "Load bundles and NDJSON files into a running server.",
        description = {
            "Sends transaction and batch bundles (.json, .json.gz) as they are, and NDJSON"
                    + " (.ndjson, .ndjson.gz) to the server's $import, or in batches where there is"
                    + " none: a resource with an id is stored under it, one without gets one."
                    + " Folders are searched for such files. Files named"
                    + " hospital* go first and practitioner* next, as Synthea's need it.",
            "Exits with 1 if anything was not loaded."
        })
final class LoadCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @ParentCommand private Main main;

    @Parameters(paramLabel = "PATH", arity = "1..*", description = "Files and folders to load.")
    private List<Path> paths;

    @Mixin private ServerAddress server;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description = "Requests at once (default: ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "The longest that one request may take (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description =
                    "Notes there what is done; a load of the same files with the same journal sends"
                            + " only the rest.")
    private Optional<Path> journal = Optional.empty();

    @Override
    public Integer call() throws InterruptedException {
        Loader.Settings settings = settings();
        PrintWriter err = spec.commandLine().getErr();
        long started = System.nanoTime();
        LoadTally tally =
                Loader.load(
                        settings,
                        paths,
                        (running, files, bytes) ->
                                ProgressBar.start(running, bytes, err, ProgressBar.isTerminal()));
        var report = new LoadReport(tally, Duration.ofNanos(System.nanoTime() - started));
        report.printSummary(spec.commandLine().getOut());
        report.printFailures(err, main.isVerbose());
        return tally.failures() == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private Loader.Settings settings() {
        if (parallel < 1 || parallel > 1000) {
            throw new UsageException("--parallel takes 1 to 1000, not " + parallel);
        }
        if (timeout < 1) {
            throw new UsageException("--timeout takes 1 or more seconds, not " + timeout);
        }
        return new Loader.Settings(
                server.base(), server.tenant(), parallel, Duration.ofSeconds(timeout), journal);
    }
}
