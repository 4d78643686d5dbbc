package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.verify.Check;
import dev.andiron.kernel.verify.Verification;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Checks a plugin's jar. */
@Command(
        name = "verify",
        header = "Check a plugin's jar: what it says of itself, and some promises of the kit.",
        description = {
            "Loads the jar by itself, as a server would, opens its backends over an empty folder"
                + " and tries some promises of the compatibility kit, under the kit's ids. What has"
                + " no default is given by --option. The kit itself, which tries all promises, is"
                + " run by the plugin's own build.",
            "Exits with 1 if a check fails."
        })
final class PluginVerifyCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The jar.")
    private Path file;

    @Option(
            names = "--option",
            paramLabel = "NAME=VALUE",
            description = "The value of an option of the backend; may be given several times.")
    private Map<String, String> options = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print JSON instead of a table.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new UsageException("there is no file " + file);
        }
        Path folder = Files.createTempDirectory("andiron-verify");
        try {
            Verification found = Verification.of(file, options, folder);
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                byte[] text = JsonWriter.pretty(json(found));
                out.println(new String(text, StandardCharsets.UTF_8));
            } else {
                print(found, out);
            }
            out.flush();
            return found.isGood() ? ExitCodes.DONE : ExitCodes.FAILED;
        } finally {
            delete(folder);
        }
    }

    private static void print(Verification found, PrintWriter out) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("CHECK", "RESULT", "WHAT HAS TO HOLD"));
        for (Check check : found.checks()) {
            rows.add(List.of(check.id(), Messages.word(check.outcome()), check.about()));
        }
        PluginTables.table(rows, out);
        List<Check> reasons =
                found.checks().stream().filter(check -> !check.reason().isEmpty()).toList();
        if (!reasons.isEmpty()) {
            out.println();
            reasons.forEach(
                    check ->
                            out.printf(
                                    "%s %s: %s%n",
                                    check.id(), Messages.word(check.outcome()), check.reason()));
        }
        out.printf("%n%s%n", found.isGood() ? "nothing failed" : "FAILED");
    }

    private static JsonObject json(Verification found) {
        List<JsonObject> checks =
                found.checks().stream()
                        .map(
                                check ->
                                        JsonObject.builder()
                                                .put("id", check.id())
                                                .put(
                                                        "outcome",
                                                        dev.andiron.spi.Option.word(
                                                                check.outcome()))
                                                .put("about", check.about())
                                                .put("reason", check.reason())
                                                .build())
                        .toList();
        return JsonObject.builder()
                .put("good", found.isGood())
                .putArray("plugins", found.plugins().stream().map(PluginJson::of).toList())
                .putArray("checks", checks)
                .build();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
