package dev.andiron.server.interaction.search;

import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.definition.SearchParameters;

import java.util.List;
import java.util.stream.Collectors;

/** The reference parameters of resource types. */
public final class References {

    private References() {}

    /** Those of a type that searches take. */
    public static List<SearchParameter> of(SearchParameters parameters, String type) {
        return of(parameters.searchParameters(type));
    }

    /** Those among the parameters of one type. */
    public static List<SearchParameter> of(List<SearchParameter> parameters) {
        return parameters.stream()
                .filter(each -> each.type() == SearchParameterType.REFERENCE)
                .filter(each -> !each.expression().isEmpty())
                .toList();
    }

    /** Whether a parameter may lead to a type. */
    public static boolean leadsTo(SearchParameter parameter, String type) {
        return parameter.targets().isEmpty() || parameter.targets().contains(type);
    }

    /** Their codes, for a message. */
    static String codes(SearchParameters parameters, String type) {
        return of(parameters, type).stream()
                .map(SearchParameter::code)
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
