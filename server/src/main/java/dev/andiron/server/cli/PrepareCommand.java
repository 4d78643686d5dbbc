package dev.andiron.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.concurrent.Callable;

/**
 * A rehearsal of what servers do first. The start script runs it so that Java writes what it loaded
 * and learned to a file of the distribution, with which every later start begins.
 */
@Command(
        name = "prepare",
        header = "Make later starts faster; once after installation.",
        description =
                "Runs a server in a temporary folder, and keeps what Java learned from that in the"
                        + " folder cache of the distribution. To be run again after an update of"
                        + " Andiron or of Java; a file that does not fit is ignored.")
final class PrepareCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @ParentCommand private Main main;

    @Override
    public Integer call() throws IOException {
        Demonstration.in(spec, main).rehearse();
        spec.commandLine().getOut().println("Later starts begin with what this one learned.");
        return ExitCodes.DONE;
    }
}
