package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.operation.ParametersResource;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Builds a follower anew, by a job of a running server. */
@Command(
        name = "rebuild",
        header = "Build the search index of a composite anew from its primary.",
        description = {
            "Runs as a job of the server, while searches use the old index and writes go on; the"
                    + " new one takes its place when it is complete. If the command is"
                    + " interrupted, the job goes on."
        })
final class RebuildCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description = "The composite's configured name (default: the one that serves).")
    private Optional<String> name = Optional.empty();

    @Mixin private ServerAddress server;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var parameters = new ParametersResource();
        name.ifPresent(composite -> parameters.string("composite", composite));
        try (var client = new JobClient(server, spec.commandLine().getErr())) {
            JsonObject result = client.run("$rebuild", parameters.build());
            PrintWriter out = spec.commandLine().getOut();
            for (JsonObject parameter : result.objects("parameter")) {
                if (parameter.get("valueDecimal") instanceof JsonNumber number) {
                    out.printf(
                            "%-9s %,12d%n",
                            parameter.string("name").orElseThrow(), number.decimal().longValue());
                }
            }
            out.flush();
        }
        return ExitCodes.DONE;
    }
}
