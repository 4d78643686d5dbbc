package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;

import java.util.List;
import java.util.Optional;

/** Update by id (which creates what is not there) and by criteria. */
final class UpdateInteraction {
    private final Services services;
    private final ConditionalReferences references;

    UpdateInteraction(Services services) {
        this.services = services;
        references = new ConditionalReferences(services);
    }

    FhirResponse update(FhirRequest request) {
        ResultParameters.require(request);
        var key = new ResourceKey(request.path().get(0), request.path().get(1));
        JsonObject resource = ResourceWriter.resource(request);
        services.writer().check(key.type(), resource);
        requireId(key, resource);
        try (var _ = services.locks().key(request.tenant().tenant(), key)) {
            return services.retries().run(() -> put(request, key, resource, List.of()));
        }
    }

    private static void requireId(ResourceKey key, JsonObject resource) {
        Optional<String> id = resource.string("id");
        if (id.isEmpty() || !id.get().equals(key.id())) {
            throw new FhirException(
                    400,
                    "invalid",
                    id.isEmpty()
                            ? "The resource has no id; an update needs the id '%s' of the URL."
                                    .formatted(key.id())
                            : "The resource's id '%s' is not the id '%s' of the URL."
                                    .formatted(id.get(), key.id()));
        }
    }

    private FhirResponse put(
            FhirRequest request,
            ResourceKey key,
            JsonObject resource,
            List<Precondition> preconditions) {
        Optional<ResourceHead> current = services.storage().resources().head(request.tenant(), key);
        CurrentVersion.require(request.conditions(), key, current);
        var resolved = references.resolve(request, resource);
        Mutation.Put put =
                services.writer()
                        .put(
                                request.tenant(),
                                key,
                                current,
                                resolved.resource(),
                                services.writer().now());
        services.writer().commit(request.tenant(), preconditions, resolved.preconditions(), put);
        boolean created = current.isEmpty() || current.get().deleted();
        return Written.answer(request, created ? 201 : 200, put.resource());
    }

    FhirResponse conditional(FhirRequest request) {
        String type = request.path().getFirst();
        JsonObject resource = ResourceWriter.resource(request);
        services.writer().check(type, resource);
        Parameters criteria = request.parameters().without(ResultParameters.COMMON);
        Criterion criterion =
                services.rules().criterion(request.tenant(), type, criteria, request.base());
        var tenant = request.tenant().tenant();
        try (var _ = services.locks().criteria(tenant, type, criteria)) {
            return services.retries()
                    .run(() -> putMatch(request, type, resource, criteria, criterion));
        }
    }

    private FhirResponse putMatch(
            FhirRequest request,
            String type,
            JsonObject resource,
            Parameters criteria,
            Criterion criterion) {
        Optional<ResourceKey> match =
                Matches.find(services, request, type, criterion, 2).single(type, criteria);
        Optional<String> id = resource.string("id");
        if (match.isPresent()) {
            ResourceKey key = match.get();
            if (id.isPresent() && !id.get().equals(key.id())) {
                throw new FhirException(
                        400,
                        "invalid",
                        "The criteria match %s, but the resource has the id '%s'."
                                .formatted(key, id.get()));
            }
            try (var _ = services.locks().key(request.tenant().tenant(), key)) {
                return put(
                        request,
                        key,
                        resource,
                        List.of(new Precondition.OnlyMatch(criterion, key)));
            }
        }
        var key = new ResourceKey(type, id.map(ResourceIds::require).orElse(services.ids().next()));
        if (id.isPresent() && isLive(request, key)) {
            // FHIR R4: no match, an id, and something there already is a conflict.
            throw new FhirException(
                    409,
                    "duplicate",
                    "The criteria match nothing, but %s exists already.".formatted(key));
        }
        return put(request, key, resource, List.of(new Precondition.NoMatch(type, criterion)));
    }

    private boolean isLive(FhirRequest request, ResourceKey key) {
        return services.storage()
                .resources()
                .head(request.tenant(), key)
                .filter(head -> !head.deleted())
                .isPresent();
    }
}
