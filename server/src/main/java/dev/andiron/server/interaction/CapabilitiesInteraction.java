package dev.andiron.server.interaction;

import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.zip.CRC32C;

/** Capabilities: a large answer that seldom changes, so it is kept and has an entity tag. */
final class CapabilitiesInteraction {
    private static final Set<String> KNOWN =
            Set.of("_format", "_pretty", "_summary", "_elements", "mode");

    private static final int MOST_KEPT = 32;

    private final Services services;
    private final BiFunction<TenantContext, String, JsonObject> statement;
    private final Map<Basis, Kept> kept = new ConcurrentHashMap<>();

    /** What a statement is made from: the base URL of the client, and its tenant's parameters. */
    private record Basis(String base, SearchParameters parameters) {}

    private record Kept(Content content, String tag) {}

    /**
     * @param statement makes a tenant's CapabilityStatement for a base URL
     */
    CapabilitiesInteraction(
            Services services, BiFunction<TenantContext, String, JsonObject> statement) {
        this.services = services;
        this.statement = statement;
    }

    FhirResponse perform(FhirRequest request) {
        if (!request.preferences().lenient()) {
            ResultParameters.refuseOthers(request.parameters(), KNOWN);
        }
        requireFull(request.parameters());
        var basis = new Basis(request.base(), services.rules().searchParameters(request.tenant()));
        Kept now = kept.get(basis);
        if (now == null) {
            now = write(request);
            if (kept.size() >= MOST_KEPT) {
                kept.clear();
            }
            kept.put(basis, now);
        }
        String tag = now.tag();
        boolean same =
                request.conditions().ifNoneMatch().filter(field -> matches(field, tag)).isPresent();
        if (same) {
            return FhirResponse.of(304).withHeader("ETag", tag);
        }
        Content whole = now.content();
        Content shown =
                services.rules()
                        .subset(request.parameters())
                        .map(subset -> Content.of(Json.of(subset.apply(whole.bytes()))))
                        .orElse(whole);
        return FhirResponse.of(200, shown).withHeader("ETag", tag);
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

    private Kept write(FhirRequest request) {
        byte[] json = JsonWriter.compact(statement.apply(request.tenant(), request.base()));
        var checksum = new CRC32C();
        checksum.update(json);
        String hex = HexFormat.of().toHexDigits(checksum.getValue(), 8);
        return new Kept(Content.kept(json), "W/\"" + hex + "\"");
    }
}
