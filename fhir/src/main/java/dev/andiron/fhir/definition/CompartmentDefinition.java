package dev.andiron.fhir.definition;

import java.util.List;
import java.util.Map;

/**
 * Which resources belong to the compartment of a resource. That resource itself always does.
 *
 * @param name the type of the resource that the compartment is about, such as {@code Patient}
 * @param url the definition's canonical URL
 * @param parameters for each resource type that can belong to it, the codes of the reference
 *     parameters, any of which makes it a member; types without any are left out
 */
public record CompartmentDefinition(String name, String url, Map<String, List<String>> parameters) {
    public CompartmentDefinition {
        parameters = Map.copyOf(parameters);
    }

    /** The parameters through which resources of a type belong; empty when they never do. */
    public List<String> parameters(String resourceType) {
        return parameters.getOrDefault(resourceType, List.of());
    }
}
