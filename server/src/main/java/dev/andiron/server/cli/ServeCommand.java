package dev.andiron.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Runs the server. */
@Command(
        name = "serve",
        header = "Serve FHIR over HTTP until the process is told to end.",
        description = "On SIGTERM or Ctrl+C it finishes the requests that run, then ends.")
final class ServeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ConfigurationOptions options;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "The port to listen on; 0 takes a free one (default: 8080).")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--host",
            paramLabel = "H",
            description = "The address to listen on (default: 127.0.0.1).")
    private Optional<String> host = Optional.empty();

    @Override
    public Integer call() throws InterruptedException {
        var overrides = new HashMap<String, String>();
        port.ifPresent(value -> overrides.put("server.port", value.toString()));
        host.ifPresent(value -> overrides.put("server.host", value));
        RunningServer.serve(options.source(Map.copyOf(overrides)), spec.commandLine().getOut());
        return ExitCodes.DONE;
    }
}
