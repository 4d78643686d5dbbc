package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.server.operation.ParametersResource;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Compares a follower with its primary, by a job of a running server. */
@Command(
        name = "reconcile",
        header = "Compare the search index of a composite with its primary, and repair it.",
        description = {
            "Runs as a job of the server, while reads and writes go on; without --repair it only"
                    + " looks. If the command is interrupted, the job goes on.",
            "Exits with 1 if differences were found and not repaired."
        })
final class ReconcileCommand implements Callable<Integer> {
    private static final List<String> KINDS =
            List.of("missing", "stale", "altered", "deleted", "extra");

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description = "The composite's configured name (default: the one that serves).")
    private Optional<String> name = Optional.empty();

    @Mixin private ServerAddress server;

    @Option(names = "--repair", description = "Put right what differs.")
    private boolean repairs;

    @Option(
            names = "--content",
            description = "Compare search values, too, not only which versions there are.")
    private boolean comparesContent;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write the list of differences, as NDJSON.")
    private Optional<Path> output = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var parameters = new ParametersResource();
        name.ifPresent(composite -> parameters.string("composite", composite));
        parameters.value("repair", "Boolean", JsonBoolean.of(repairs));
        parameters.value("content", "Boolean", JsonBoolean.of(comparesContent));
        try (var client = new JobClient(server, spec.commandLine().getErr())) {
            JsonObject result = client.run("$reconcile", parameters.build());
            if (output.isPresent()) {
                try (OutputStream out = Files.newOutputStream(output.get())) {
                    for (JsonObject parameter : result.objects("parameter")) {
                        if (parameter.string("name").orElse("").equals("output")) {
                            client.fetch(parameter.string("valueUri").orElseThrow(), out);
                        }
                    }
                }
            }
            long differences = print(result);
            return differences == 0 || repairs ? ExitCodes.DONE : ExitCodes.FAILED;
        }
    }

    private long print(JsonObject result) {
        PrintWriter out = spec.commandLine().getOut();
        long differences = 0;
        out.printf("%-9s %,12d%n", "compared", number(result, "compared"));
        for (String kind : KINDS) {
            long count = number(result, kind);
            differences += count;
            out.printf("%-9s %,12d%n", kind, count);
        }
        if (differences > 0) {
            out.println(repairs ? "repaired" : "nothing was changed; --repair puts it right");
        }
        out.flush();
        return differences;
    }

    private static long number(JsonObject result, String name) {
        return result.objects("parameter").stream()
                .filter(parameter -> parameter.string("name").orElse("").equals(name))
                .map(parameter -> parameter.get("valueDecimal"))
                .filter(JsonNumber.class::isInstance)
                .mapToLong(value -> ((JsonNumber) value).decimal().longValue())
                .sum();
    }
}
