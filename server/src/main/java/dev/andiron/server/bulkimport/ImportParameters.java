package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.bulkimport.ImportSource.Form;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.spi.tenant.TenantId;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads what is to be imported: the JSON of HL7's import proposal, or the same as a {@code
 * Parameters} resource.
 */
final class ImportParameters {
    private static final Set<String> KNOWN =
            Set.of(
                    "inputFormat",
                    "inputSource",
                    "storageDetail",
                    "input",
                    "exportUrl",
                    "exportType",
                    "exportTenant");
    private static final Set<String> INPUT = Set.of("type", "url", "count");
    private static final Set<String> LINES =
            Set.of("application/fhir+ndjson", "application/ndjson", "ndjson");
    private static final Set<String> STORAGES = Set.of("https", "http", "file", "s3");

    private final ImportSettings settings;
    private final JsonObject body;

    private ImportParameters(ImportSettings settings, JsonObject body) {
        this.settings = settings;
        this.body = body;
    }

    /**
     * Reads a body.
     *
     * @throws FhirException 400 for what cannot be understood or may not be fetched
     */
    static ImportRequest read(ImportSettings settings, JsonObject body, String base) {
        boolean isParameters = body.string("resourceType").orElse("").equals("Parameters");
        if (!isParameters && body.has("resourceType")) {
            throw refused(
                    "invalid",
                    "The body is a %s; Parameters, a Bundle, NDJSON or the JSON of an import is expected."
                            .formatted(body.string("resourceType").orElse("")));
        }
        var parameters =
                new ImportParameters(
                        settings, isParameters ? plain(OperationParameters.of(body)) : body);
        try {
            return parameters.request(base);
        } catch (SourceException e) {
            throw refused("forbidden", e.getMessage());
        }
    }

    /** A {@code Parameters} resource as the JSON that means the same. */
    private static JsonObject plain(List<OperationParameter> parameters) {
        var names = new ArrayList<String>();
        var object = JsonObject.builder();
        var inputs = new ArrayList<JsonObject>();
        for (OperationParameter each : parameters) {
            JsonValue value =
                    each.parts().isEmpty()
                            ? each.value().orElse(JsonString.of(""))
                            : plain(each.parts());
            if (each.name().equals("input")) {
                if (!(value instanceof JsonObject input)) {
                    throw refused("structure", "An input has the parts url and type.");
                }
                inputs.add(input);
            } else if (names.contains(each.name())) {
                throw refused(
                        "value",
                        "The parameter '%s' is given more than once.".formatted(each.name()));
            } else {
                names.add(each.name());
                object.put(each.name(), value);
            }
        }
        return object.putArray("input", inputs).build();
    }

    private ImportRequest request(String base) {
        for (String name : body.names()) {
            if (!KNOWN.contains(name)) {
                throw refused(
                        "not-supported",
                        "'%s' is not known here; known are %s."
                                .formatted(name, String.join(", ", new TreeSet<>(KNOWN))));
            }
        }
        Optional<Form> form = format();
        storage();
        if (body.has("input") == body.has("exportUrl")) {
            throw refused("required", "An import has either input or exportUrl.");
        }
        if (body.has("exportUrl")) {
            return new ImportRequest(base, List.of(), Optional.of(manifest()), Optional.empty());
        }
        var sources = new ArrayList<ImportSource>();
        if (!(body.get("input") instanceof JsonArray inputs) || inputs.size() == 0) {
            throw refused("structure", "input is a list of at least one file.");
        }
        for (int i = 0; i < inputs.size(); i++) {
            String place = "input[%d]".formatted(i);
            if (!(inputs.get(i) instanceof JsonObject input)) {
                throw refused("structure", place + " is no object.");
            }
            add(input, place, form, sources);
        }
        if (sources.size() > ImportSettings.MOST_SOURCES) {
            throw refused(
                    "too-costly",
                    "An import takes at most %d files.".formatted(ImportSettings.MOST_SOURCES));
        }
        return new ImportRequest(base, sources, Optional.empty(), Optional.empty());
    }

    private Optional<Form> format() {
        return text(body, "inputFormat", "inputFormat")
                .map(
                        text -> {
                            String plain = text.toLowerCase(Locale.ROOT).split(";")[0].strip();
                            if (LINES.contains(plain)) {
                                return Form.LINES;
                            }
                            if (plain.equals("application/fhir+json")) {
                                return Form.BUNDLE;
                            }
                            throw refused(
                                    "not-supported",
                                    "inputFormat takes application/fhir+ndjson (resources) and application/fhir+json (Bundles), not '%s'."
                                            .formatted(text));
                        });
    }

    private void storage() {
        if (!body.has("storageDetail")) {
            return;
        }
        JsonObject detail =
                body.object("storageDetail")
                        .orElseThrow(() -> refused("structure", "storageDetail is an object."));
        for (String name : detail.names()) {
            if (!name.equals("type")) {
                throw refused(
                        "not-supported",
                        "storageDetail.%s is not known here; known is type.".formatted(name));
            }
        }
        String type = text(detail, "type", "storageDetail.type").orElse("https");
        if (!STORAGES.contains(type)) {
            throw refused(
                    "not-supported",
                    "storageDetail.type takes https, http, s3 and file, not '%s'; an object of another store is fetched by its signed https URL."
                            .formatted(type));
        }
    }

    private ImportRequest.Manifest manifest() {
        String url = text(body, "exportUrl", "exportUrl").orElseThrow();
        RemoteFiles.require(settings, url);
        String type = text(body, "exportType", "exportType").orElse("static");
        if (!type.equals("static") && !type.equals("dynamic")) {
            throw refused(
                    "value", "exportType takes static and dynamic, not '%s'.".formatted(type));
        }
        Optional<String> tenant = text(body, "exportTenant", "exportTenant");
        if (tenant.filter(name -> !TenantId.isWellFormed(name)).isPresent()) {
            throw refused("value", "exportTenant is no name of a tenant.");
        }
        return new ImportRequest.Manifest(url, type.equals("dynamic"), tenant);
    }

    private void add(
            JsonObject input, String place, Optional<Form> form, List<ImportSource> sources) {
        for (String name : input.names()) {
            if (!INPUT.contains(name)) {
                throw refused(
                        "not-supported",
                        "%s.%s is not known here; known are type, url and count."
                                .formatted(place, name));
            }
        }
        String url =
                text(input, "url", place + ".url")
                        .orElseThrow(() -> refused("required", place + " has no url."));
        Optional<String> type = text(input, "type", place + ".type");
        OptionalLong count =
                input.get("count") instanceof JsonNumber number
                        ? OptionalLong.of(number.decimal().longValue())
                        : OptionalLong.empty();
        if (!url.startsWith("file:")) {
            String path = RemoteFiles.require(settings, url).getPath();
            Form found = form.orElse(ImportSource.form(path));
            sources.add(new ImportSource(url, type, found, count, true));
            return;
        }
        for (Path file : SourceFiles.expand(settings, url)) {
            Form found = form.orElse(ImportSource.form(file.toString()));
            sources.add(new ImportSource(file.toUri().toString(), type, found, count, false));
        }
    }

    private static Optional<String> text(JsonObject object, String name, String place) {
        JsonValue value = object.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof JsonString string && !string.value().isBlank()) {
            return Optional.of(string.value());
        }
        throw refused("value", place + " takes a text.");
    }

    private static FhirException refused(String code, String diagnostics) {
        return new FhirException(400, code, diagnostics);
    }
}
