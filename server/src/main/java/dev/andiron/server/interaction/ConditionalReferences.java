package dev.andiron.server.interaction;

import dev.andiron.fhir.bundle.ConditionalReference;
import dev.andiron.fhir.bundle.ReferenceTargets;
import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces references that say what to search for by references to what is found, before anything
 * is stored or indexed. Safe for use by many threads.
 */
public final class ConditionalReferences {
    private final Services services;

    public ConditionalReferences(Services services) {
        this.services = services;
    }

    /**
     * A resource without conditional references.
     *
     * @param resource the resource
     * @param preconditions what must still hold when it is committed
     */
    public record Resolved(JsonObject resource, List<Precondition> preconditions) {}

    /**
     * Resolves what a request's resource refers to.
     *
     * @throws FhirException 412 if a search finds no resource or several, with the element
     */
    public Resolved resolve(FhirRequest request, JsonObject resource) {
        var found = new ArrayList<ConditionalReference>();
        References.forEach(resource, text -> ConditionalReference.of(text).ifPresent(found::add));
        if (found.isEmpty()) {
            return new Resolved(resource, List.of());
        }
        Map<String, String> targets = new HashMap<>();
        var preconditions = new ArrayList<Precondition>();
        var failures = new ArrayList<Issue>();
        for (ConditionalReference reference : found) {
            if (!targets.containsKey(reference.text())) {
                targets.put(
                        reference.text(),
                        target(request, resource, reference, preconditions, failures));
            }
        }
        if (!failures.isEmpty()) {
            throw new FhirException(412, failures);
        }
        return new Resolved(rewritten(resource, targets), preconditions);
    }

    private String target(
            FhirRequest request,
            JsonObject resource,
            ConditionalReference reference,
            List<Precondition> preconditions,
            List<Issue> failures) {
        if (!services.rules().isResourceType(reference.type())) {
            failures.add(issue(resource, reference, "names no resource type"));
            return reference.text();
        }
        Criterion criterion =
                services.rules()
                        .criterion(
                                request.tenant(),
                                reference.type(),
                                Parameters.parse(reference.query()),
                                request.base());
        List<ResourceKey> keys =
                Matches.find(services, request, reference.type(), criterion, 2).keys();
        if (keys.size() != 1) {
            failures.add(
                    issue(
                            resource,
                            reference,
                            keys.isEmpty() ? "matches nothing" : "matches more than one resource"));
            return reference.text();
        }
        preconditions.add(new Precondition.OnlyMatch(criterion, keys.getFirst()));
        return keys.getFirst().toString();
    }

    private static Issue issue(
            JsonObject resource, ConditionalReference reference, String problem) {
        String type = resource.string("resourceType").orElse("Resource");
        String place = References.find(resource, type, reference.text()).orElse(type);
        return Issue.error(
                "processing",
                "The conditional reference '%s' %s; it needs exactly one."
                        .formatted(reference.text(), problem),
                place);
    }

    private JsonObject rewritten(JsonObject resource, Map<String, String> targets) {
        return services.rules()
                .references()
                .rewrite(
                        resource,
                        new ReferenceTargets() {
                            @Override
                            public String reference(String text) {
                                return targets.getOrDefault(text, text);
                            }

                            @Override
                            public String link(String text) {
                                return text;
                            }
                        },
                        Set.of());
    }
}
