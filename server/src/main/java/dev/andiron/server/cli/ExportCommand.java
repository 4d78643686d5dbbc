package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.cli.export.Downloads;
import dev.andiron.server.cli.export.Downloads.Downloaded;
import dev.andiron.server.cli.export.ExportServer;
import dev.andiron.server.cli.export.ExportedFile;
import dev.andiron.server.operation.ParametersResource;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/** Fetches a Bulk Data export into a folder. */
@Command(
        name = "export",
        header = "Export resources of any FHIR server with Bulk Data into a folder of NDJSON.",
        description = {
            "Asks for the export, waits for it as the server wishes, downloads its files side by"
                    + " side, and compares the number of their lines with the manifest.",
            "Called again for the same folder and the same export it goes on where it stopped."
                    + " The folder then holds manifest.json and a file such as Patient.1.ndjson for"
                    + " each file of the export; deleted.* and error.* tell what those are.",
            "Exits with 1 if a file could not be had, a count differs, or the server reports"
                    + " errors of the export."
        })
final class ExportCommand implements Callable<Integer> {
    private static final String STATE = ".andiron-export.json";
    private static final String MANIFEST = "manifest.json";
    private static final int MOST_PAGES = 1_000;

    @Spec private CommandSpec spec;

    @Mixin private ServerAddress server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A bearer token; better in the environment, as ANDIRON_TOKEN.",
            defaultValue = "${env:ANDIRON_TOKEN}")
    private Optional<String> token = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            description = "The folder, which is made if it is not there.")
    private Path folder;

    @Option(names = "--patients", description = "What belongs to patients (Patient/$export).")
    private boolean patients;

    @Option(
            names = "--group",
            paramLabel = "ID",
            description = "What belongs to the patients of a group (Group/ID/$export).")
    private Optional<String> group = Optional.empty();

    @Option(
            names = "--type",
            paramLabel = "TYPES",
            split = ",",
            description = "Only these types (_type).")
    private List<String> types = List.of();

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Only what changed since (_since).")
    private Optional<String> since = Optional.empty();

    @Option(
            names = "--until",
            paramLabel = "TIME",
            description = "Only what changed before (_until).")
    private Optional<String> until = Optional.empty();

    @Option(
            names = "--type-filter",
            paramLabel = "QUERY",
            description = "Type?query, only what it finds; may be repeated (_typeFilter).")
    private List<String> typeFilters = List.of();

    @Option(
            names = "--elements",
            paramLabel = "NAMES",
            split = ",",
            description = "Only these elements (_elements).")
    private List<String> elements = List.of();

    @Option(
            names = "--patient",
            paramLabel = "ID",
            description = "Only this patient; may be repeated (patient).")
    private List<String> onlyPatients = List.of();

    @Option(
            names = "--include-associated-data",
            paramLabel = "WHAT",
            description = "What comes along (includeAssociatedData); may be repeated.")
    private List<String> associated = List.of();

    @Option(
            names = "--organize-output-by",
            paramLabel = "TYPE",
            description = "What the files are about (organizeOutputBy).")
    private Optional<String> organized = Optional.empty();

    @Option(
            names = "--output-format",
            paramLabel = "FORMAT",
            description = "The format of the files (_outputFormat).")
    private Optional<String> format = Optional.empty();

    @Option(
            names = "--parameter",
            paramLabel = "NAME=VALUE",
            description = "Any other parameter of the server's; may be repeated.")
    private List<String> others = List.of();

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description = "Downloads at once (default: ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long an answer may take to begin (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Option(names = "--delete", description = "Let the server forget the export afterwards.")
    private boolean delete;

    /** One parameter of the export. */
    private record Parameter(String name, String type, String value) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireUsage();
        String url = url();
        Optional<JsonObject> body = onlyPatients.isEmpty() ? Optional.empty() : Optional.of(body());
        Files.createDirectories(folder);
        long begun = System.nanoTime();
        try (var client =
                new ExportServer(
                        server.base(), server.tenant(), token, Duration.ofSeconds(timeout))) {
            String status = statusUrl(client, url, body);
            List<ExportedFile> files = ExportedFile.of(manifest(client, status));
            var downloads = new Downloads(client, folder, parallel);
            List<Downloaded> done;
            try (var _ =
                    StatusLine.start(
                            spec.commandLine().getErr(),
                            () ->
                                    String.format(
                                            Locale.ROOT,
                                            "%d of %d files, %.1f MB",
                                            downloads.files(),
                                            files.size(),
                                            downloads.bytes() / 1e6))) {
                done = downloads.all(files);
            }
            boolean right = report(done, Duration.ofNanos(System.nanoTime() - begun));
            Files.deleteIfExists(folder.resolve(STATE));
            if (delete) {
                client.delete(status);
            }
            return right ? ExitCodes.DONE : ExitCodes.FAILED;
        }
    }

    private void requireUsage() {
        if (patients && group.isPresent()) {
            throw new UsageException("--patients and --group exclude each other");
        }
        if (group.filter(id -> !id.matches("[A-Za-z0-9.-]{1,64}")).isPresent()) {
            throw new UsageException("--group takes the id of a Group");
        }
        if (parallel < 1 || parallel > 100) {
            throw new UsageException("--parallel takes 1 to 100, not " + parallel);
        }
        if (timeout < 1) {
            throw new UsageException("--timeout takes 1 or more seconds, not " + timeout);
        }
        for (String other : others) {
            if (other.indexOf('=') < 1) {
                throw new UsageException("--parameter takes NAME=VALUE, not " + other);
            }
        }
    }

    private List<Parameter> parameters() {
        var parameters = new ArrayList<Parameter>();
        format.ifPresent(it -> parameters.add(new Parameter("_outputFormat", "String", it)));
        since.ifPresent(it -> parameters.add(new Parameter("_since", "Instant", it)));
        until.ifPresent(it -> parameters.add(new Parameter("_until", "Instant", it)));
        if (!types.isEmpty()) {
            parameters.add(new Parameter("_type", "String", String.join(",", types)));
        }
        typeFilters.forEach(it -> parameters.add(new Parameter("_typeFilter", "String", it)));
        if (!elements.isEmpty()) {
            parameters.add(new Parameter("_elements", "String", String.join(",", elements)));
        }
        associated.forEach(
                it -> parameters.add(new Parameter("includeAssociatedData", "Code", it)));
        organized.ifPresent(it -> parameters.add(new Parameter("organizeOutputBy", "Code", it)));
        for (String other : others) {
            int equals = other.indexOf('=');
            parameters.add(
                    new Parameter(
                            other.substring(0, equals), "String", other.substring(equals + 1)));
        }
        return parameters;
    }

    private String url() {
        String level =
                group.map(id -> "/Group/" + id).orElse(patients ? "/Patient" : "") + "/$export";
        var query = new StringBuilder();
        if (onlyPatients.isEmpty()) {
            for (Parameter each : parameters()) {
                query.append(query.isEmpty() ? '?' : '&')
                        .append(URLEncoder.encode(each.name(), StandardCharsets.UTF_8))
                        .append('=')
                        .append(URLEncoder.encode(each.value(), StandardCharsets.UTF_8));
            }
        }
        return server.base() + level + query;
    }

    /** Patients are named in a body alone. */
    private JsonObject body() {
        var body = new ParametersResource();
        for (Parameter each : parameters()) {
            body.value(each.name(), each.type(), JsonString.of(each.value()));
        }
        for (String patient : onlyPatients) {
            String reference = patient.contains("/") ? patient : "Patient/" + patient;
            body.value(
                    "patient",
                    "Reference",
                    JsonObject.builder().put("reference", reference).build());
        }
        return body.build();
    }

    /** Where the export is watched: the one that an earlier call asked for, or a new one. */
    private String statusUrl(ExportServer client, String url, Optional<JsonObject> body)
            throws IOException, InterruptedException {
        Path state = folder.resolve(STATE);
        String asked =
                url + body.map(it -> "\n" + it).orElse("") + "\n" + server.tenant().orElse("");
        if (Files.exists(state)) {
            try {
                JsonObject before = JsonReader.readObject(Files.readAllBytes(state));
                if (before.string("asked").orElse("").equals(asked)) {
                    return before.string("status").orElseThrow();
                }
            } catch (JsonSyntaxException e) {
                // Left behind in the middle of a write: it is asked for again.
            }
            throw new CommandException(
                    "%s holds an unfinished export of something else; take another folder, or remove %s"
                            .formatted(folder, state),
                    null);
        }
        requireEmpty();
        String status = client.kickOff(url, body);
        JsonObject begun = JsonObject.builder().put("asked", asked).put("status", status).build();
        Files.write(state, JsonWriter.compact(begun));
        return status;
    }

    private void requireEmpty() throws IOException {
        try (var inside = Files.list(folder)) {
            if (inside.findAny().isPresent()) {
                throw new CommandException(
                        folder + " is not empty; an export needs a folder of its own", null);
            }
        }
    }

    /** Waits for the manifest; the pages of a partial one become one. */
    private JsonObject manifest(ExportServer client, String status)
            throws IOException, InterruptedException {
        var progress = new AtomicReference<>("asked for");
        JsonObject manifest;
        try (var _ = StatusLine.start(spec.commandLine().getErr(), progress::get)) {
            manifest = complete(client, status, progress);
            Optional<String> next = next(manifest);
            for (int pages = 0; next.isPresent(); pages++) {
                if (pages == MOST_PAGES) {
                    throw new CommandException("the manifest never ends", null);
                }
                JsonObject page = complete(client, next.get(), progress);
                manifest = joined(manifest, page);
                next = next(page);
            }
        }
        Files.write(folder.resolve(MANIFEST), JsonWriter.pretty(manifest));
        return manifest;
    }

    private static JsonObject complete(
            ExportServer client, String url, AtomicReference<String> progress)
            throws InterruptedException {
        while (true) {
            ExportServer.Status status = client.status(url);
            progress.set(status.progress());
            if (status.manifest().isPresent()) {
                return status.manifest().get();
            }
            Thread.sleep(status.pause());
        }
    }

    private static Optional<String> next(JsonObject manifest) {
        return manifest.objects("link").stream()
                .filter(link -> link.string("relation").orElse("").equals("next"))
                .flatMap(link -> link.string("url").stream())
                .findFirst();
    }

    private static JsonObject joined(JsonObject first, JsonObject page) {
        JsonObject all = first;
        for (String list : List.of("output", "deleted", "error")) {
            var files = new ArrayList<>(all.objects(list));
            files.addAll(page.objects(list));
            all = all.with(list, JsonArray.of(files));
        }
        return all;
    }

    /** Tells what came by type; whether it is what was promised. */
    private boolean report(List<Downloaded> done, Duration time) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        var types = new TreeMap<String, long[]>();
        boolean right = true;
        long all = 0;
        for (Downloaded each : done) {
            ExportedFile file = each.file();
            if (file.kind() == ExportedFile.Kind.OUTPUT) {
                long[] sums = types.computeIfAbsent(file.type(), _ -> new long[2]);
                sums[0] += each.lines();
                sums[1]++;
                all += each.lines();
            }
            if (file.count().isPresent() && file.count().getAsLong() != each.lines()) {
                right = false;
                err.printf(
                        "%s has %d resources; the manifest says %d%n",
                        each.path(), each.lines(), file.count().getAsLong());
            }
            if (file.kind() == ExportedFile.Kind.ERROR && hasErrors(each.path())) {
                right = false;
                err.println("the server reports errors: " + each.path());
            }
        }
        out.printf("%-28s %10s %6s%n", "type", "resources", "files");
        types.forEach(
                (type, sums) ->
                        out.printf(Locale.ROOT, "%-28s %,10d %,6d%n", type, sums[0], sums[1]));
        double seconds = Math.max(time.toNanos() / 1e9, 0.001);
        out.printf(
                Locale.ROOT,
                "%,d resources in %,d files in %.1f s (%,.0f/s), counts %s%n",
                all,
                done.size(),
                seconds,
                all / seconds,
                right ? "agree with the manifest" : "or the server's errors need a look");
        out.flush();
        err.flush();
        return right;
    }

    private static boolean hasErrors(Path outcomes) throws IOException {
        try (var lines = Files.lines(outcomes)) {
            return lines.filter(line -> !line.isBlank())
                    .map(line -> JsonReader.readObject(line.getBytes(StandardCharsets.UTF_8)))
                    .flatMap(outcome -> outcome.objects("issue").stream())
                    .map(issue -> issue.string("severity").orElse("error"))
                    .anyMatch(severity -> severity.equals("error") || severity.equals("fatal"));
        }
    }
}
