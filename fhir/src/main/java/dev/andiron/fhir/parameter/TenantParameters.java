package dev.andiron.fhir.parameter;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.definition.TypeDefinition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The standard's search parameters and a tenant's own. Immutable, safe for use by many threads. */
public final class TenantParameters implements SearchParameters {
    private final Definitions definitions;
    private final List<CustomParameter> customs;
    private final Map<String, List<SearchParameter>> lists = new ConcurrentHashMap<>();

    /**
     * @param customs parameters of which no two have the same code on one type
     */
    public TenantParameters(Definitions definitions, Collection<CustomParameter> customs) {
        this.definitions = definitions;
        this.customs = List.copyOf(customs);
    }

    /** The tenant's own. */
    public List<CustomParameter> customs() {
        return customs;
    }

    @Override
    public List<SearchParameter> searchParameters(String resourceType) {
        if (definitions.searchParameters(resourceType).isEmpty()) {
            return List.of(); // no resource type, which is not worth remembering
        }
        return lists.computeIfAbsent(resourceType, this::list);
    }

    private List<SearchParameter> list(String resourceType) {
        var list = new ArrayList<>(definitions.searchParameters(resourceType));
        for (CustomParameter custom : customs) {
            for (SearchParameter parameter : custom.parameters()) {
                if (isA(definitions, resourceType, parameter.base())) {
                    list.add(parameter);
                    break;
                }
            }
        }
        return List.copyOf(list);
    }

    @Override
    public Optional<SearchParameter> searchParameter(String resourceType, String code) {
        return definitions
                .searchParameter(resourceType, code)
                .or(
                        () ->
                                searchParameters(resourceType).stream()
                                        .filter(parameter -> parameter.code().equals(code))
                                        .findFirst());
    }

    /** Whether a type is another one or derived from it. */
    static boolean isA(Definitions definitions, String type, String base) {
        Optional<String> current = Optional.of(type);
        while (current.isPresent()) {
            if (current.get().equals(base)) {
                return true;
            }
            current = definitions.type(current.get()).flatMap(TypeDefinition::base);
        }
        return false;
    }
}
