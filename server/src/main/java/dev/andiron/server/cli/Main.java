package dev.andiron.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;

/** The command line: {@code andiron COMMAND}. */
@Command(
        name = "andiron",
        description = "A FHIR server whose storage is plugins.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:failed, or done in part only",
            "2:wrong usage or configuration",
            "3:the storage could not be opened"
        },
        subcommands = {
            ServeCommand.class,
            DemoCommand.class,
            LoadCommand.class,
            ViewCommand.class,
            ExportCommand.class,
            ReconcileCommand.class,
            RebuildCommand.class,
            PluginsCommand.class,
            PluginCommand.class,
            ConfigCommand.class,
            PrepareCommand.class
        })
final class Main implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
            names = "--verbose",
            description = "Print stack traces with errors.",
            scope = ScopeType.INHERIT)
    private boolean verbose;

    /** Runs a command and returns its exit code. */
    static int execute(String... arguments) {
        return line(new Main()).execute(arguments);
    }

    /** Likewise, with other streams. */
    static int run(PrintWriter out, PrintWriter err, String... arguments) {
        return line(new Main()).setOut(out).setErr(err).execute(arguments);
    }

    static CommandLine line(Main main) {
        return new CommandLine(main)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler((problem, line, parsed) -> main.failed(problem, line))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int wrongUsage(ParameterException problem, String[] arguments) {
        CommandLine line = problem.getCommandLine();
        line.getErr().println("andiron: " + problem.getMessage());
        line.getErr().println("'%s --help' tells how".formatted(name(line)));
        return ExitCodes.USAGE;
    }

    private int failed(Exception problem, CommandLine line) {
        if (verbose) {
            problem.printStackTrace(line.getErr());
            return ExitCodes.of(problem);
        }
        return Messages.tell(problem, line.getErr());
    }

    boolean isVerbose() {
        return verbose;
    }

    private static String name(CommandLine line) {
        return line.getCommandSpec().qualifiedName();
    }
}
