package dev.andiron.server.interaction.search;

import dev.andiron.fhir.definition.CompartmentDefinition;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.outcome.FhirException;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Where a search looks.
 *
 * @param path below the base, as the link {@code self} has it: {@code /Patient/1/Observation}
 * @param type the one type that is searched; empty for several
 * @param compartment the compartment it is bounded by, if it is
 */
public record SearchScope(String path, Optional<String> type, Optional<Compartment> compartment) {

    public static SearchScope ofSystem() {
        return new SearchScope("", Optional.empty(), Optional.empty());
    }

    public static SearchScope ofType(String type) {
        return new SearchScope("/" + type, Optional.of(type), Optional.empty());
    }

    /**
     * A compartment: {@code [Patient, 1, Observation]}, {@code [Patient, 1, *]}, with or without
     * {@code _search} behind it.
     *
     * @throws FhirException 404 if there is no such compartment, or the type never belongs to it
     */
    public static SearchScope ofCompartment(List<String> path, Definitions definitions) {
        String name = path.get(0);
        String id = path.get(1);
        String members = path.get(2).equals("_search") ? "*" : path.get(2);
        boolean isAll = members.equals("*");
        if (!isAll && !definitions.isResourceType(members)) {
            throw new FhirException(
                    404,
                    "not-found",
                    "There is nothing at '%s'.".formatted(String.join("/", path)));
        }
        CompartmentDefinition definition =
                definitions
                        .compartment(name)
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                404,
                                                "not-found",
                                                "%s has no compartment; those that have one are %s."
                                                        .formatted(
                                                                name,
                                                                String.join(
                                                                        ", ",
                                                                        new TreeSet<>(
                                                                                definitions
                                                                                        .compartments()
                                                                                        .keySet())))));
        var compartment = new Compartment(definition, Optional.of(id));
        if (!isAll && !compartment.types().contains(members)) {
            throw new FhirException(
                    404,
                    "not-found",
                    "A %s never belongs to the compartment of a %s.".formatted(members, name));
        }
        return new SearchScope(
                "/%s/%s/%s".formatted(name, id, members),
                isAll ? Optional.empty() : Optional.of(members),
                Optional.of(compartment));
    }
}
