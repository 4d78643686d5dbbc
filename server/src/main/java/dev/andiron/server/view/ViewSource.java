package dev.andiron.server.view;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds stored definitions by what refers to them: a relative URL, a canonical URL with or without
 * a version, or an absolute URL of this server.
 */
public final class ViewSource {
    private final StoredLookups lookups;

    public ViewSource(StoredLookups lookups) {
        this.lookups = lookups;
    }

    /**
     * What a parameter refers to.
     *
     * @param type the resource type that it has to be
     * @param base the server's base URL
     * @throws FhirException 400 if it holds no reference, 404 if there is nothing
     */
    public JsonObject find(
            TenantContext tenant, OperationParameter parameter, String type, String base) {
        String reference =
                parameter
                        .text()
                        .or(() -> parameter.object().flatMap(object -> object.string("reference")))
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400,
                                                "value",
                                                "%s takes a reference or a canonical URL."
                                                        .formatted(parameter.name())));
        return find(tenant, reference, type, base)
                .orElseThrow(
                        () ->
                                new FhirException(
                                        404,
                                        "not-found",
                                        "There is no %s '%s'.".formatted(type, reference)));
    }

    /** What a reference or a canonical URL means; empty if there is nothing. */
    Optional<JsonObject> find(TenantContext tenant, String reference, String type, String base) {
        return find(lookups.of(tenant), reference, type, base);
    }

    private static Optional<JsonObject> find(
            ResourceLookup stored, String reference, String type, String base) {
        String relative =
                reference.startsWith(base + "/")
                        ? reference.substring(base.length() + 1)
                        : reference;
        if (relative.startsWith(type + "/")) {
            return stored.read(type, relative.substring(type.length() + 1));
        }
        int bar = reference.indexOf('|');
        String url = bar < 0 ? reference : reference.substring(0, bar);
        List<JsonObject> found = stored.withUrl(type, url);
        return found.stream()
                .filter(
                        resource ->
                                bar < 0
                                        || resource.string("version")
                                                .equals(Optional.of(reference.substring(bar + 1))))
                .max(Comparator.comparing(resource -> resource.string("version").orElse("")));
    }
}
