package dev.andiron.server.interaction.search;

import dev.andiron.fhir.definition.CompartmentDefinition;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The compartment of one resource, or of all resources of its type.
 *
 * @param definition which types belong to it, and by what
 * @param id the resource that it is about; empty for all of the type
 */
public record Compartment(CompartmentDefinition definition, Optional<String> id) {

    /** The types that may belong to it, its own among them. */
    public Set<String> types() {
        var types = new TreeSet<>(definition.parameters().keySet());
        types.add(definition.name());
        return types;
    }

    /**
     * What makes a resource of one of some types belong to it.
     *
     * @param types some of {@link #types()}, at least one
     */
    public Criterion criterion(Set<String> types) {
        Map<String, Set<String>> byCode = new TreeMap<>();
        for (String type : types) {
            for (String code : definition.parameters(type)) {
                byCode.computeIfAbsent(code, _ -> new TreeSet<>()).add(type);
            }
        }
        var alternatives = new ArrayList<Criterion>();
        if (types.contains(definition.name())) {
            alternatives.add(own(types));
        }
        Function<String, Criterion> member = this::member;
        byCode.forEach(
                (code, having) ->
                        alternatives.add(
                                having.equals(types)
                                        ? member.apply(code)
                                        : new Criterion.All(
                                                List.of(
                                                        new Criterion.Type(having),
                                                        member.apply(code)))));
        return alternatives.size() == 1 ? alternatives.getFirst() : new Criterion.Any(alternatives);
    }

    /** The resource itself always belongs. */
    private Criterion own(Set<String> types) {
        Optional<Criterion> isIt = id.map(one -> new Criterion.Id(Set.of(one)));
        Criterion isOfType = new Criterion.Type(Set.of(definition.name()));
        if (isIt.isEmpty()) {
            return isOfType;
        }
        return types.size() == 1 ? isIt.get() : new Criterion.All(List.of(isOfType, isIt.get()));
    }

    private Criterion member(String code) {
        return id.<Criterion>map(
                        one ->
                                new Criterion.Value(
                                        code,
                                        new ValueTest.LocalReference(
                                                Optional.of(definition.name()),
                                                one,
                                                Optional.empty())))
                .orElseGet(
                        () ->
                                new Criterion.Chain(
                                        code, Set.of(definition.name()), Criterion.everything()));
    }
}
