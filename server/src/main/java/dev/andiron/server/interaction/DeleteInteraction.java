package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Delete by id, which may be repeated, and by criteria. */
final class DeleteInteraction {
    private final Services services;

    DeleteInteraction(Services services) {
        this.services = services;
    }

    FhirResponse delete(FhirRequest request) {
        ResultParameters.require(request);
        var key = new ResourceKey(request.path().get(0), request.path().get(1));
        try (var _ = services.locks().key(request.tenant().tenant(), key)) {
            return services.retries().run(() -> delete(request, key));
        }
    }

    private FhirResponse delete(FhirRequest request, ResourceKey key) {
        Optional<ResourceHead> current = services.storage().resources().head(request.tenant(), key);
        CurrentVersion.require(request.conditions(), key, current);
        if (current.isEmpty()) {
            return Written.deleted(request, key + " was not there.");
        }
        if (current.get().deleted()) {
            return Written.deleted(request, key + " had been deleted before.")
                    .withVersion(current.get());
        }
        Mutation.Delete delete =
                services.writer().delete(key, current.get(), services.writer().now());
        services.writer().commit(request.tenant(), Commit.of(delete));
        return Written.deleted(request, key + " was deleted.")
                .withVersion(ResourceHead.of(delete.resource()));
    }

    FhirResponse conditional(FhirRequest request) {
        String type = request.path().getFirst();
        Parameters criteria = request.parameters().without(ResultParameters.COMMON);
        Criterion criterion =
                services.rules().criterion(request.tenant(), type, criteria, request.base());
        var tenant = request.tenant().tenant();
        try (var _ = services.locks().criteria(tenant, type, criteria)) {
            return services.retries().run(() -> delete(request, type, criteria, criterion));
        }
    }

    private FhirResponse delete(
            FhirRequest request, String type, Parameters criteria, Criterion criterion) {
        Policy policy = services.policy();
        int most = policy.deleteSeveral() ? policy.deleteAtMost() : 1;
        var matches = Matches.find(services, request, type, criterion, most + 1);
        if (!policy.deleteSeveral()) {
            matches.single(type, criteria);
        } else if (matches.keys().size() > most) {
            throw new FhirException(
                    412,
                    "too-costly",
                    "%s?%s matches more than the %d resources that one request may delete."
                            .formatted(type, criteria.encoded(), most));
        }
        var mutations = new ArrayList<Mutation>();
        var now = services.writer().now();
        var heads = services.storage().resources().heads(request.tenant(), matches.keys());
        for (ResourceHead head : heads) {
            if (!head.deleted()) {
                CurrentVersion.require(request.conditions(), head.key(), Optional.of(head));
                mutations.add(services.writer().delete(head.key(), head, now));
            }
        }
        if (!mutations.isEmpty()) {
            List<Precondition> preconditions =
                    policy.deleteSeveral()
                            ? List.of()
                            : List.of(
                                    new Precondition.OnlyMatch(
                                            criterion, mutations.getFirst().key()));
            services.writer().commit(request.tenant(), new Commit(preconditions, mutations));
        }
        return Written.deleted(request, mutations.size() + " resources were deleted.");
    }
}
