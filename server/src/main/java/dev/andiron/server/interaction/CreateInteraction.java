package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;

import java.util.List;
import java.util.Optional;

/** Create, conditional or not. */
final class CreateInteraction {
    private final Services services;
    private final ConditionalReferences references;

    CreateInteraction(Services services) {
        this.services = services;
        references = new ConditionalReferences(services);
    }

    FhirResponse perform(FhirRequest request) {
        ResultParameters.require(request);
        String type = request.path().getFirst();
        JsonObject resource = ResourceWriter.resource(request);
        services.writer().check(type, resource);
        return request.conditions()
                .ifNoneExist()
                .map(criteria -> conditional(request, type, resource, criteria))
                .orElseGet(
                        () ->
                                services.retries()
                                        .run(() -> create(request, type, resource, List.of())));
    }

    private FhirResponse create(
            FhirRequest request,
            String type,
            JsonObject resource,
            List<Precondition> preconditions) {
        var key = new ResourceKey(type, services.ids().next());
        var resolved = references.resolve(request, resource);
        Mutation.Put put =
                services.writer()
                        .put(
                                request.tenant(),
                                key,
                                Optional.empty(),
                                resolved.resource(),
                                services.writer().now());
        services.writer().commit(request.tenant(), preconditions, resolved.preconditions(), put);
        return Written.answer(request, 201, put.resource());
    }

    private FhirResponse conditional(
            FhirRequest request, String type, JsonObject resource, String text) {
        Parameters criteria = Parameters.parse(text.startsWith("?") ? text.substring(1) : text);
        Criterion criterion =
                services.rules().criterion(request.tenant(), type, criteria, request.base());
        try (var _ = services.locks().criteria(request.tenant().tenant(), type, criteria)) {
            return services.retries()
                    .run(() -> createUnlessFound(request, type, resource, criteria, criterion));
        }
    }

    private FhirResponse createUnlessFound(
            FhirRequest request,
            String type,
            JsonObject resource,
            Parameters criteria,
            Criterion criterion) {
        Optional<StoredResource> found =
                Matches.find(services, request, type, criterion, 2)
                        .single(type, criteria)
                        .flatMap(key -> services.storage().resources().read(request.tenant(), key))
                        .filter(match -> !match.deleted());
        return found.map(match -> Written.answer(request, 200, match))
                .orElseGet(
                        () ->
                                create(
                                        request,
                                        type,
                                        resource,
                                        List.of(new Precondition.NoMatch(type, criterion))));
    }
}
