package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.operation.ParametersResource;
import dev.andiron.server.view.TableFormat;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Fetches the table of a view from a running server. */
@Command(
        name = "view",
        header = "Write the table of a view (SQL on FHIR) that a running server makes.",
        description = {
            "VIEW is a file with a ViewDefinition, or what a stored one is referred to by:"
                    + " ViewDefinition/id or its canonical URL.",
            "A file that is written appears when it is complete. Exits with 1 if the table could"
                    + " not be had, or not to its end."
        })
final class ViewCommand implements Callable<Integer> {
    private static final int BUFFER = 1 << 16;
    private static final long BETWEEN_LINES = 200_000_000;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "VIEW", description = "A file, or a reference.")
    private String view;

    @Mixin private ServerAddress server;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "One of ${COMPLETION-CANDIDATES} (default: what the file's name ends in,"
                            + " otherwise CSV).")
    private Optional<TableFormat> format = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it (default: the standard output).")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--patient",
            paramLabel = "ID",
            description = "Only what belongs to this patient; may be repeated.")
    private List<String> patients = List.of();

    @Option(
            names = "--group",
            paramLabel = "ID",
            description = "Only what belongs to the members of this group; may be repeated.")
    private List<String> groups = List.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only what was written then or later.")
    private Optional<String> since = Optional.empty();

    @Option(names = "--no-header", description = "CSV without the line that names the columns.")
    private boolean headless;

    @Option(
            names = "--formula-guard",
            description =
                    "An apostrophe in front of CSV's texts that a spreadsheet would take for"
                            + " formulas.")
    private boolean formulaGuard;

    @Option(names = "--limit", paramLabel = "N", description = "At most so many rows.")
    private Optional<String> limit = Optional.empty();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(
                        URI.create(server.base() + "/ViewDefinition/$viewdefinition-run"));
        request.header("Content-Type", "application/fhir+json")
                .POST(BodyPublishers.ofByteArray(JsonWriter.compact(parameters())));
        server.tenant().ifPresent(id -> request.header("X-Tenant-ID", id));
        try (var client = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> answer =
                    client.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream table = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw Refusals.of(answer.statusCode(), table.readNBytes(1 << 20));
                }
                write(table);
            }
        }
        return ExitCodes.DONE;
    }

    private JsonObject parameters() throws IOException {
        var parameters = new ParametersResource();
        Path file = Path.of(view);
        if (Files.isRegularFile(file)) {
            parameters.resource("viewResource", definition(file));
        } else if (view.endsWith(".json")) {
            throw new CommandException("there is no file " + view, null);
        } else {
            parameters.string("viewReference", view);
        }
        parameters.string("_format", chosen().word());
        parameters.value("header", "Boolean", JsonBoolean.of(!headless));
        parameters.value("_formulaGuard", "Boolean", JsonBoolean.of(formulaGuard));
        patients.forEach(id -> parameters.string("patient", id));
        groups.forEach(id -> parameters.string("group", id));
        since.ifPresent(time -> parameters.value("_since", "Instant", JsonString.of(time)));
        limit.ifPresent(rows -> parameters.string("_limit", rows));
        return parameters.build();
    }

    private static JsonObject definition(Path file) throws IOException {
        try {
            return JsonReader.readObject(Files.readAllBytes(file));
        } catch (JsonSyntaxException e) {
            throw new CommandException("%s is not JSON: %s".formatted(file, e.getMessage()), e);
        }
    }

    private TableFormat chosen() {
        return format.or(() -> output.flatMap(ViewCommand::byName)).orElse(TableFormat.CSV);
    }

    private static Optional<TableFormat> byName(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        for (TableFormat each : TableFormat.values()) {
            if (name.endsWith("." + each.word())) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    private void write(InputStream table) throws IOException {
        if (output.isEmpty()) {
            // The command's own writer would take bytes for text.
            var out = new FileOutputStream(FileDescriptor.out);
            copy(table, out, false);
            return;
        }
        Path file = output.get().toAbsolutePath();
        String name = file.getFileName() + "." + ProcessHandle.current().pid() + ".part";
        Path part = file.resolveSibling(name);
        boolean complete = false;
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                copy(table, out, true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            complete = true;
        } finally {
            if (!complete) {
                Files.deleteIfExists(part);
            }
        }
    }

    private void copy(InputStream table, OutputStream out, boolean progress) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        boolean drawn = progress && ProgressBar.isTerminal();
        var buffer = new byte[BUFFER];
        long begun = System.nanoTime();
        long last = begun;
        long bytes = 0;
        for (int read = table.read(buffer); read >= 0; read = table.read(buffer)) {
            out.write(buffer, 0, read);
            bytes += read;
            long now = System.nanoTime();
            if (drawn && now - last > BETWEEN_LINES) {
                last = now;
                err.print("\r" + line(bytes, now - begun) + "\u001b[K");
                err.flush();
            }
        }
        if (progress) {
            err.println((drawn ? "\r" : "") + line(bytes, System.nanoTime() - begun));
        }
    }

    private static String line(long bytes, long nanoseconds) {
        double seconds = Math.max(nanoseconds / 1e9, 0.001);
        return String.format(
                Locale.ROOT,
                "%.1f MB in %.1f s, %.1f MB/s",
                bytes / 1e6,
                seconds,
                bytes / 1e6 / seconds);
    }
}
