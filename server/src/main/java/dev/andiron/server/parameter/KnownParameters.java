package dev.andiron.server.parameter;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.parameter.CustomParameter;
import dev.andiron.fhir.parameter.CustomParameterReader;
import dev.andiron.fhir.parameter.TenantParameters;
import dev.andiron.spi.resource.ResourceKey;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a tenant's stored definitions come to. Of two that cannot stand beside each other the one
 * that comes first is used. Immutable.
 *
 * @param customs the parameters in use, by the resource that defines each
 * @param refused what is wrong with the other definitions that ask to be used
 * @param parameters all that searches may ask for
 */
record KnownParameters(
        Map<ResourceKey, CustomParameter> customs,
        Map<ResourceKey, List<Issue>> refused,
        SearchParameters parameters) {

    /**
     * Reads definitions.
     *
     * @param resources SearchParameters by their keys, the older ones in front; those that are not
     *     to be used are passed over
     */
    static KnownParameters of(
            Definitions definitions,
            CustomParameterReader reader,
            Map<ResourceKey, JsonObject> resources) {
        var reading = new Reading(definitions, reader);
        // Composites need the parameters that they are made of, wherever those stand.
        resources.forEach((key, resource) -> reading.read(key, resource, false));
        resources.forEach((key, resource) -> reading.read(key, resource, true));
        return new KnownParameters(
                Map.copyOf(reading.customs),
                Map.copyOf(reading.refused),
                reading.customs.isEmpty()
                        ? definitions
                        : new TenantParameters(definitions, reading.customs.values()));
    }

    private static final class Reading {
        private final Definitions definitions;
        private final CustomParameterReader reader;
        private final Map<ResourceKey, CustomParameter> customs = new LinkedHashMap<>();
        private final Map<ResourceKey, List<Issue>> refused = new HashMap<>();

        Reading(Definitions definitions, CustomParameterReader reader) {
            this.definitions = definitions;
            this.reader = reader;
        }

        void read(ResourceKey key, JsonObject resource, boolean composites) {
            boolean isComposite = resource.string("type").filter("composite"::equals).isPresent();
            if (isComposite != composites || !CustomParameterReader.isInUse(resource)) {
                return;
            }
            try {
                CustomParameter custom = reader.read(resource, this::withUrl);
                List<Issue> clashes = clashes(custom);
                if (clashes.isEmpty()) {
                    customs.put(key, custom);
                } else {
                    refused.put(key, clashes);
                }
            } catch (FhirException e) {
                refused.put(key, e.issues());
            }
        }

        private Optional<SearchParameter> withUrl(String url) {
            return customs.values().stream()
                    .filter(custom -> custom.url().equals(url))
                    .map(custom -> custom.parameters().getFirst())
                    .findFirst();
        }

        private List<Issue> clashes(CustomParameter custom) {
            var issues = new ArrayList<Issue>();
            customs.forEach(
                    (key, other) -> {
                        if (other.url().equals(custom.url())) {
                            issues.add(
                                    Issue.error(
                                            "duplicate",
                                            "%s has the URL '%s' already."
                                                    .formatted(key, custom.url()),
                                            "SearchParameter.url"));
                        }
                        if (other.code().equals(custom.code())
                                && overlap(other.bases(), custom.bases())) {
                            issues.add(
                                    Issue.error(
                                            "duplicate",
                                            "%s has the code '%s' on the same type already."
                                                    .formatted(key, custom.code()),
                                            "SearchParameter.code"));
                        }
                    });
            return issues;
        }

        private boolean overlap(Collection<String> one, Collection<String> two) {
            var both = new TreeSet<>(types(one));
            both.retainAll(types(two));
            return !both.isEmpty();
        }

        private Collection<String> types(Collection<String> bases) {
            boolean all = bases.contains("Resource") || bases.contains("DomainResource");
            return all ? definitions.resourceTypes() : bases;
        }
    }
}
