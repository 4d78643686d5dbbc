package dev.andiron.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What can be done with one plugin. */
@Command(
        name = "plugin",
        header = "Look at one plugin before it is installed.",
        subcommands = PluginVerifyCommand.class)
final class PluginCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: verify");
    }
}
