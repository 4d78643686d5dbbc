package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.ConditionalReference;
import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.search.CriterionEvaluator;
import dev.andiron.fhir.search.SearchFacts;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.resource.ResourceKey;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Resolves conditional references against the store and the resources that a bundle itself writes:
 * exactly one of both together must match. Each different reference is looked up once.
 */
final class ConditionalReferences {
    private final Services services;
    private final FhirRequest request;
    private final Resolver resolver;

    ConditionalReferences(Services services, FhirRequest request, Resolver resolver) {
        this.services = services;
        this.request = request;
        this.resolver = resolver;
    }

    /**
     * Finds out what conditional references mean.
     *
     * @param users for each text the entry that uses it first
     * @param contents the resource of each entry that writes one, else null
     * @param touched the stored resources that the bundle changes
     * @param written the resources that the bundle writes, by type
     * @return the resource for each text
     * @throws FhirException 412 with an issue for each reference without exactly one match
     */
    Map<String, ResourceKey> resolve(
            Map<String, Integer> users,
            JsonObject[] contents,
            Set<ResourceKey> touched,
            WrittenFacts written) {
        var found = HashMap.<String, ResourceKey>newHashMap(users.size());
        var byType = new HashMap<String, Set<ResourceKey>>();
        var evaluator = new CriterionEvaluator(written);
        var failures = new HashMap<String, FhirException>();
        var conditions = new LinkedHashMap<String, Condition>();
        var besides = new LinkedHashMap<Condition, Set<ResourceKey>>();
        for (var user : users.entrySet()) {
            try {
                Condition condition = condition(user.getKey());
                conditions.put(user.getKey(), condition);
                besides.put(
                        condition,
                        byType.computeIfAbsent(
                                condition.type(),
                                type ->
                                        touched.stream()
                                                .filter(key -> key.type().equals(type))
                                                .collect(Collectors.toSet())));
            } catch (FhirException e) {
                failures.put(user.getKey(), refusal(user.getValue(), user.getKey(), contents, e));
            }
        }
        resolver.searchAhead(besides);
        for (var each : conditions.entrySet()) {
            try {
                Condition condition = each.getValue();
                found.put(
                        each.getKey(), one(condition, besides.get(condition), evaluator, written));
            } catch (FhirException e) {
                failures.put(
                        each.getKey(),
                        refusal(users.get(each.getKey()), each.getKey(), contents, e));
            }
        }
        if (!failures.isEmpty()) {
            throw Outcomes.of(
                    users.keySet().stream().map(failures::get).filter(Objects::nonNull).toList());
        }
        return found;
    }

    private Condition condition(String text) {
        ConditionalReference reference = ConditionalReference.of(text).orElseThrow();
        if (!services.rules().isResourceType(reference.type())) {
            throw new FhirException(
                    400,
                    "value",
                    "'%s' is not a resource type of FHIR %s."
                            .formatted(reference.type(), services.rules().version()));
        }
        return Condition.of(
                services.rules(), request, reference.type(), Parameters.parse(reference.query()));
    }

    private ResourceKey one(
            Condition condition,
            Set<ResourceKey> besides,
            CriterionEvaluator evaluator,
            WrittenFacts written) {
        Optional<ResourceKey> stored = resolver.single(condition, besides);
        var matches = new ArrayList<ResourceKey>();
        stored.ifPresent(matches::add);
        for (SearchFacts facts : written.ofType(condition.type())) {
            if (evaluator.matches(condition.criterion(), facts)) {
                matches.add(facts.key());
            }
        }
        if (matches.size() == 1) {
            return matches.getFirst();
        }
        throw new FhirException(
                412,
                matches.isEmpty() ? "not-found" : "multiple-matches",
                matches.isEmpty()
                        ? "nothing matches %s".formatted(condition.text())
                        : "%s matches %s".formatted(condition.text(), matches));
    }

    private static FhirException refusal(
            int entry, String text, JsonObject[] contents, FhirException e) {
        String resource = "Bundle.entry[" + entry + "].resource";
        String path = References.find(contents[entry], resource, text).orElse(resource);
        List<Issue> issues =
                e.issues().stream()
                        .map(
                                issue ->
                                        Issue.error(
                                                issue.code(),
                                                "Entry %d fails with %d: the conditional reference '%s' has not exactly one match: %s"
                                                        .formatted(
                                                                entry,
                                                                e.status(),
                                                                text,
                                                                issue.diagnostics()),
                                                path))
                        .toList();
        return new FhirException(e.status(), issues);
    }

    /** Who uses each of the conditional references first. */
    static Map<String, Integer> users(List<Set<String>> references) {
        var users = new LinkedHashMap<String, Integer>();
        for (int i = 0; i < references.size(); i++) {
            for (String text : references.get(i)) {
                users.putIfAbsent(text, i);
            }
        }
        return users;
    }
}
