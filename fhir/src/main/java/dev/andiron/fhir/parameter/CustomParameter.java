package dev.andiron.fhir.parameter;

import dev.andiron.fhir.definition.SearchParameter;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A search parameter that a tenant has defined.
 *
 * @param url its canonical URL
 * @param code its name in a query
 * @param parameters what it is on each of its base types
 */
public record CustomParameter(String url, String code, List<SearchParameter> parameters) {

    public CustomParameter {
        parameters = List.copyOf(parameters);
    }

    /** The types that it is defined on, abstract ones as such, in alphabetical order. */
    public Set<String> bases() {
        var bases = new TreeSet<String>();
        parameters.forEach(parameter -> bases.add(parameter.base()));
        return bases;
    }

    /** Whether resources are found alike by both, whatever their descriptions say. */
    public boolean findsLike(CustomParameter other) {
        return undescribed().equals(other.undescribed());
    }

    private List<SearchParameter> undescribed() {
        return parameters.stream()
                .map(
                        it ->
                                new SearchParameter(
                                        it.base(),
                                        it.code(),
                                        it.type(),
                                        it.expression(),
                                        it.targets(),
                                        it.components(),
                                        "",
                                        ""))
                .toList();
    }
}
