package dev.andiron.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;

/** Serves sample patients from a folder that is thrown away. */
@Command(
        name = "demo",
        header = "Serve bundled sample patients from a folder that is deleted at the end.",
        description =
                "Takes no configuration: SQLite in a temporary folder, a free port unless one is"
                        + " given. Prints addresses to look at.")
final class DemoCommand implements Callable<Integer> {
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
        var demonstration = Demonstration.in(spec, main);
        if (!demonstration.run(port)) {
            return ExitCodes.FAILED;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("Ctrl+C stops it and deletes " + demonstration.folder());
        out.flush();
        RunningServer.await();
        return ExitCodes.DONE;
    }
}
