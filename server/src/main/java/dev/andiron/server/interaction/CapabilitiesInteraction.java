package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.Json;

import java.util.HexFormat;
import java.util.Set;
import java.util.function.Function;
import java.util.zip.CRC32C;

/** Capabilities: a large answer that seldom changes, so it is kept and has an entity tag. */
final class CapabilitiesInteraction {
    private static final Set<String> KNOWN =
            Set.of("_format", "_pretty", "_summary", "_elements", "mode");

    private final Services services;
    private final Function<String, JsonObject> statement;
    private volatile Kept kept = new Kept("", new byte[0], "");

    /** The statement for clients of one base URL. */
    private record Kept(String base, byte[] json, String tag) {}

    /**
     * @param statement makes the CapabilityStatement for a base URL
     */
    CapabilitiesInteraction(Services services, Function<String, JsonObject> statement) {
        this.services = services;
        this.statement = statement;
    }

    FhirResponse perform(FhirRequest request) {
        if (!request.preferences().lenient()) {
            ResultParameters.refuseOthers(request.parameters(), KNOWN);
        }
        requireFull(request.parameters());
        Kept now = kept;
        if (!now.base().equals(request.base())) {
            now = write(request.base());
            kept = now;
        }
        String tag = now.tag();
        boolean same =
                request.conditions().ifNoneMatch().filter(field -> matches(field, tag)).isPresent();
        if (same) {
            return FhirResponse.of(304).withHeader("ETag", tag);
        }
        byte[] json = now.json();
        byte[] shown =
                services.rules()
                        .subset(request.parameters())
                        .map(subset -> subset.apply(json))
                        .orElse(json);
        return FhirResponse.of(200, Content.of(Json.of(shown))).withHeader("ETag", tag);
    }

    private static boolean matches(String field, String tag) {
        return field.equals("*") || field.contains(tag);
    }

    private static void requireFull(Parameters parameters) {
        parameters
                .first("mode")
                .filter(mode -> !mode.equals("full"))
                .ifPresent(
                        mode -> {
                            throw new FhirException(
                                    501,
                                    "not-supported",
                                    "mode=" + mode + " is not here; mode=full is.");
                        });
    }

    private Kept write(String base) {
        byte[] json = JsonWriter.compact(statement.apply(base));
        var checksum = new CRC32C();
        checksum.update(json);
        String hex = HexFormat.of().toHexDigits(checksum.getValue(), 8);
        return new Kept(base, json, "W/\"" + hex + "\"");
    }
}
