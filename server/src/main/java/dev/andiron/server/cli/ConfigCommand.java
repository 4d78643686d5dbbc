package dev.andiron.server.cli;

import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.Configuration;
import dev.andiron.kernel.config.Setting;
import dev.andiron.kernel.config.ValueSource;
import dev.andiron.kernel.plugin.Plugins;
import dev.andiron.server.ServerOptions;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;

/** Shows the configuration. */
@Command(
        name = "config",
        header = "Show the effective configuration and where each value comes from.",
        description = "Secrets are masked. Every problem is told at once, with exit code 2.")
final class ConfigCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ConfigurationOptions options;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Andiron.Prepared prepared =
                Andiron.prepare(
                        options.source(Map.of()),
                        ServerOptions.sections(),
                        ConfigurationOptions.locations());
        try (Plugins _ = prepared.plugins()) {
            print(prepared.configuration(), out);
        }
        return ExitCodes.DONE;
    }

    /** Prints every known key with its value. */
    @Command(
            name = "reference",
            header = "Print every key that a configuration may hold, as a Markdown page.")
    int reference() {
        try (Plugins plugins = Plugins.scan(ConfigurationOptions.locations())) {
            var reference = Configuration.reference(ServerOptions.sections(), plugins);
            new ConfigurationReference(reference).print(spec.commandLine().getOut());
        }
        return ExitCodes.DONE;
    }

    private static void print(Configuration configuration, PrintWriter out) {
        out.println("# data folder: " + configuration.dataDirectory());
        for (Setting setting : configuration.effective()) {
            out.println(
                    setting.source() == ValueSource.DEFAULT
                            ? line(setting)
                            : "%-48s # %s".formatted(line(setting), setting.origin()));
        }
        configuration.warnings().forEach(warning -> out.println("# warning: " + warning));
        out.flush();
    }

    private static String line(Setting setting) {
        return setting.key() + ": " + setting.value();
    }
}
