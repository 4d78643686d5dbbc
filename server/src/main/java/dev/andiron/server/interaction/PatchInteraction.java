package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;

import java.util.List;
import java.util.Optional;

/** Patch by id and by criteria: reads the current version, changes it, writes the next. */
final class PatchInteraction {
    private final Services services;
    private final ConditionalReferences references;

    PatchInteraction(Services services) {
        this.services = services;
        references = new ConditionalReferences(services);
    }

    FhirResponse patch(FhirRequest request) {
        ResultParameters.require(request);
        requireBody(request);
        var key = new ResourceKey(request.path().get(0), request.path().get(1));
        try (var _ = services.locks().key(request.tenant().tenant(), key)) {
            return services.retries().run(() -> patch(request, key, List.of()));
        }
    }

    FhirResponse conditional(FhirRequest request) {
        requireBody(request);
        String type = request.path().getFirst();
        Parameters criteria = request.parameters().without(ResultParameters.COMMON);
        Criterion criterion =
                services.rules().criterion(request.tenant(), type, criteria, request.base());
        var tenant = request.tenant().tenant();
        try (var _ = services.locks().criteria(tenant, type, criteria)) {
            return services.retries().run(() -> patchMatch(request, type, criteria, criterion));
        }
    }

    private static void requireBody(FhirRequest request) {
        if (request.body() instanceof RequestBody.Absent) {
            throw new FhirException(
                    400, "required", "The request has no body; a patch is expected.");
        }
    }

    private FhirResponse patchMatch(
            FhirRequest request, String type, Parameters criteria, Criterion criterion) {
        ResourceKey key =
                Matches.find(services, request, type, criterion, 2)
                        .single(type, criteria)
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                404,
                                                "not-found",
                                                "%s?%s matches nothing to patch."
                                                        .formatted(type, criteria.encoded())));
        try (var _ = services.locks().key(request.tenant().tenant(), key)) {
            return patch(request, key, List.of(new Precondition.OnlyMatch(criterion, key)));
        }
    }

    private FhirResponse patch(
            FhirRequest request, ResourceKey key, List<Precondition> preconditions) {
        Optional<StoredResource> current =
                services.storage().resources().read(request.tenant(), key);
        Optional<ResourceHead> head = current.map(ResourceHead::of);
        CurrentVersion.require(request.conditions(), key, head);
        if (current.isEmpty()) {
            throw new FhirException(404, "not-found", key + " is not known.");
        }
        if (current.get().deleted()) {
            throw new FhirException(410, "deleted", key + " was deleted.");
        }
        JsonObject before = JsonReader.readObject(current.get().content().bytes());
        JsonObject after = apply(request, before);
        services.writer().check(key.type(), after);
        if (!after.string("id").equals(Optional.of(key.id()))) {
            throw new FhirException(
                    422, "invariant", "A patch may not change the id of a resource.");
        }
        var resolved = references.resolve(request, after);
        Mutation.Put put =
                services.writer()
                        .put(
                                request.tenant(),
                                key,
                                head,
                                resolved.resource(),
                                services.writer().now());
        services.writer().commit(request.tenant(), preconditions, resolved.preconditions(), put);
        return Written.answer(request, 200, put.resource());
    }

    private JsonObject apply(FhirRequest request, JsonObject before) {
        return switch (request.body()) {
            case RequestBody.Text(Json json, String mediaType) ->
                    services.rules().patches().apply(before, mediaType, json.bytes());
            case RequestBody.Resource(JsonObject parameters) ->
                    services.rules().patches().apply(before, parameters);
            case RequestBody.Upload _, RequestBody.Absent _ ->
                    throw new IllegalStateException("refused before: no patch");
        };
    }
}
