package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.ConditionalReference;
import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.ResourceIds;
import dev.andiron.server.interaction.ResourceWriter;
import dev.andiron.server.interaction.ResultParameters;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.resource.ResourceKey;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Turns entries into operations: everything that needs no look into the store. */
final class Operations {
    private final Services services;

    Operations(Services services) {
        this.services = services;
    }

    /**
     * The operation of an entry.
     *
     * @throws FhirException whatever the single request would be refused with
     */
    Operation of(EntryRequest entry) {
        return switch (entry.interaction()) {
            case CREATE -> create(entry);
            case UPDATE -> update(entry);
            case CONDITIONAL_UPDATE -> conditionalUpdate(entry);
            case PATCH -> byKey(entry, Operation.Kind.PATCH);
            case CONDITIONAL_PATCH -> byCriteria(entry, Operation.Kind.PATCH);
            case DELETE -> byKey(entry, Operation.Kind.DELETE);
            case CONDITIONAL_DELETE -> byCriteria(entry, Operation.Kind.DELETE);
            case READ,
                    VERSION_READ,
                    HISTORY_INSTANCE,
                    HISTORY_TYPE,
                    HISTORY_SYSTEM,
                    SEARCH_TYPE,
                    SEARCH_SYSTEM,
                    COMPARTMENT_SEARCH,
                    CAPABILITIES,
                    JOB_LIST,
                    JOB_STATUS,
                    JOB_RESULT,
                    WELCOME ->
                    read(entry);
            case OPERATION -> {
                if (!entry.entry().method().isRead()) {
                    throw new FhirException(
                            400,
                            "not-supported",
                            "An operation that is called by POST cannot be part of a transaction;"
                                    + " in a batch it can.");
                }
                yield read(entry);
            }
            case JOB_CANCEL ->
                    throw new FhirException(
                            400,
                            "not-supported",
                            "A job cannot be cancelled in a transaction; in a batch it can.");
            case JOB_FILE ->
                    throw new FhirException(
                            400, "not-supported", "A file cannot be an entry of a bundle.");
            case BUNDLE ->
                    throw new FhirException(
                            400, "not-supported", "A bundle cannot be an entry of a bundle.");
        };
    }

    private static Operation read(EntryRequest entry) {
        return new Operation(
                entry,
                Operation.Kind.READ,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    private Operation create(EntryRequest entry) {
        FhirRequest request = entry.request();
        ResultParameters.require(request);
        String type = request.path().getFirst();
        JsonObject resource = checked(request, type);
        Optional<Condition> condition =
                request.conditions()
                        .ifNoneExist()
                        .map(text -> text.startsWith("?") ? text.substring(1) : text)
                        .map(text -> condition(request, type, Parameters.parse(text)));
        var key = new ResourceKey(type, services.ids().next());
        return write(entry, Operation.Kind.CREATE, key, condition, resource);
    }

    private Operation update(EntryRequest entry) {
        FhirRequest request = entry.request();
        ResultParameters.require(request);
        var key = new ResourceKey(request.path().get(0), request.path().get(1));
        JsonObject resource = checked(request, key.type());
        Optional<String> id = resource.string("id");
        if (!id.equals(Optional.of(key.id()))) {
            throw new FhirException(
                    400,
                    "invalid",
                    id.isEmpty()
                            ? "The resource has no id; an update needs the id '%s' of the URL."
                                    .formatted(key.id())
                            : "The resource's id '%s' is not the id '%s' of the URL."
                                    .formatted(id.get(), key.id()));
        }
        return write(entry, Operation.Kind.UPDATE, key, Optional.empty(), resource);
    }

    private Operation conditionalUpdate(EntryRequest entry) {
        FhirRequest request = entry.request();
        String type = request.path().getFirst();
        JsonObject resource = checked(request, type);
        Optional<Condition> condition = Optional.of(criteria(request, type));
        String id = resource.string("id").map(ResourceIds::require).orElse(services.ids().next());
        return write(entry, Operation.Kind.UPDATE, new ResourceKey(type, id), condition, resource);
    }

    private static Operation byKey(EntryRequest entry, Operation.Kind kind) {
        ResultParameters.require(entry.request());
        var key = new ResourceKey(entry.request().path().get(0), entry.request().path().get(1));
        return new Operation(
                entry,
                kind,
                key.type(),
                Optional.of(key),
                Optional.empty(),
                Optional.empty(),
                Set.of());
    }

    private Operation byCriteria(EntryRequest entry, Operation.Kind kind) {
        FhirRequest request = entry.request();
        String type = request.path().getFirst();
        return new Operation(
                entry,
                kind,
                type,
                Optional.empty(),
                Optional.of(criteria(request, type)),
                Optional.empty(),
                Set.of());
    }

    private static Operation write(
            EntryRequest entry,
            Operation.Kind kind,
            ResourceKey key,
            Optional<Condition> condition,
            JsonObject resource) {
        return new Operation(
                entry,
                kind,
                key.type(),
                Optional.of(key),
                condition,
                Optional.of(resource),
                conditionalReferences(resource));
    }

    /** The texts of a resource's conditional references. */
    static Set<String> conditionalReferences(JsonObject resource) {
        var texts = new LinkedHashSet<String>();
        References.forEach(
                resource,
                text -> {
                    if (text.indexOf('?') > 0 && ConditionalReference.of(text).isPresent()) {
                        texts.add(text);
                    }
                });
        return texts.isEmpty() ? Set.of() : texts;
    }

    private JsonObject checked(FhirRequest request, String type) {
        JsonObject resource = ResourceWriter.resource(request);
        services.writer().check(type, resource);
        return resource;
    }

    private Condition criteria(FhirRequest request, String type) {
        return condition(request, type, request.parameters().without(ResultParameters.COMMON));
    }

    private Condition condition(FhirRequest request, String type, Parameters criteria) {
        return Condition.of(services.rules(), request, type, criteria);
    }
}
