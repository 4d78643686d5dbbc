package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.RequestBundle;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.server.interaction.Content;
import dev.andiron.server.interaction.EntityTags;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.spi.resource.ResourceHead;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The bundle of answers, in the order of the entries, assembled around stored bytes. */
final class ResponseBundle {
    private static final Map<Integer, String> REASONS =
            Map.ofEntries(
                    Map.entry(200, "OK"),
                    Map.entry(201, "Created"),
                    Map.entry(204, "No Content"),
                    Map.entry(304, "Not Modified"),
                    Map.entry(400, "Bad Request"),
                    Map.entry(403, "Forbidden"),
                    Map.entry(404, "Not Found"),
                    Map.entry(405, "Method Not Allowed"),
                    Map.entry(409, "Conflict"),
                    Map.entry(410, "Gone"),
                    Map.entry(412, "Precondition Failed"),
                    Map.entry(413, "Content Too Large"),
                    Map.entry(415, "Unsupported Media Type"),
                    Map.entry(422, "Unprocessable Content"),
                    Map.entry(500, "Internal Server Error"),
                    Map.entry(501, "Not Implemented"),
                    Map.entry(503, "Service Unavailable"),
                    Map.entry(504, "Gateway Timeout"),
                    Map.entry(507, "Insufficient Storage"));

    private final List<byte[]> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final String base;

    private ResponseBundle(String base) {
        this.base = base;
    }

    /** The answer to a bundle whose entries were answered so. */
    static FhirResponse of(RequestBundle.Kind kind, String base, List<FhirResponse> responses) {
        return FhirResponse.of(200, new ResponseBundle(base).assemble(kind, responses));
    }

    private Content assemble(RequestBundle.Kind kind, List<FhirResponse> responses) {
        text.append("{\"resourceType\":\"Bundle\",\"type\":\"")
                .append(
                        switch (kind) {
                            case BATCH -> "batch-response";
                            case TRANSACTION -> "transaction-response";
                        })
                .append('"');
        if (!responses.isEmpty()) {
            text.append(",\"entry\":[");
            for (int i = 0; i < responses.size(); i++) {
                if (i > 0) {
                    text.append(',');
                }
                entry(responses.get(i));
            }
            text.append(']');
        }
        text.append('}');
        flush();
        return Content.of(parts);
    }

    private void entry(FhirResponse response) {
        text.append('{');
        if (response.content().isPresent() && !response.isOutcome()) {
            if (response.version().isPresent()) {
                text.append("\"fullUrl\":")
                        .append(json(JsonString.of(base + "/" + response.version().get().key())))
                        .append(',');
            }
            text.append("\"resource\":");
            flush();
            parts.add(response.content().get().bytes());
            text.append(',');
        }
        var facts =
                JsonObject.builder()
                        .put(
                                "status",
                                (response.status()
                                                + " "
                                                + REASONS.getOrDefault(response.status(), ""))
                                        .strip());
        response.location().ifPresent(location -> facts.put("location", relative(location)));
        Optional<ResourceHead> version = response.version();
        if (version.isPresent()) {
            facts.put("etag", EntityTags.of(version.get().version()));
            facts.put("lastModified", version.get().lastUpdated().toString());
        }
        String json = json(facts.build());
        text.append("\"response\":").append(json, 0, json.length() - 1);
        if (response.content().isPresent() && response.isOutcome()) {
            text.append(",\"outcome\":");
            flush();
            parts.add(response.content().get().bytes());
        }
        text.append("}}");
    }

    private static String json(JsonValue value) {
        return new String(JsonWriter.compact(value), StandardCharsets.UTF_8);
    }

    private String relative(String location) {
        return location.startsWith(base + "/") ? location.substring(base.length() + 1) : location;
    }

    private void flush() {
        parts.add(text.toString().getBytes(StandardCharsets.UTF_8));
        text.setLength(0);
    }
}
