package dev.andiron.fhir.definition;

import dev.andiron.spi.resource.FhirVersion;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The definitions of one FHIR version: types, search parameters, compartments. Safe for use by many
 * threads; loaded once, when first asked for.
 */
public final class Definitions implements SearchParameters {
    private static final ConcurrentHashMap<FhirVersion, Definitions> LOADED =
            new ConcurrentHashMap<>();

    private final FhirVersion version;
    private final String publication;
    private final Map<String, TypeDefinition> types;
    private final Set<String> resourceTypes;
    private final Map<String, Map<String, SearchParameter>> searchParameters;
    private final Map<String, List<SearchParameter>> searchParameterLists;
    private final Map<String, CompartmentDefinition> compartments;
    private final Map<String, Map<String, Derivation>> derivations = new ConcurrentHashMap<>();

    Definitions(
            FhirVersion version,
            String publication,
            Map<String, TypeDefinition> types,
            Set<String> resourceTypes,
            Map<String, Map<String, SearchParameter>> searchParameters,
            Map<String, List<SearchParameter>> searchParameterLists,
            Map<String, CompartmentDefinition> compartments) {
        this.version = version;
        this.publication = publication;
        this.types = types;
        this.resourceTypes = resourceTypes;
        this.searchParameters = searchParameters;
        this.searchParameterLists = searchParameterLists;
        this.compartments = compartments;
    }

    /** The definitions of a version. */
    public static Definitions of(FhirVersion version) {
        return LOADED.computeIfAbsent(version, DefinitionsLoader::load);
    }

    public FhirVersion version() {
        return version;
    }

    /** The exact version of the standard, such as {@code 4.0.1}. */
    public String publication() {
        return publication;
    }

    /** The resource types that occur, in alphabetical order. */
    public Set<String> resourceTypes() {
        return resourceTypes;
    }

    public boolean isResourceType(String name) {
        return resourceTypes.contains(name);
    }

    /** A resource type, data type, primitive, or element with elements by its path. */
    public Optional<TypeDefinition> type(String name) {
        return Optional.ofNullable(types.get(name));
    }

    /** All types by name. */
    public Map<String, TypeDefinition> types() {
        return types;
    }

    /**
     * The search parameters of a resource type by code, those of {@code Resource} and {@code
     * DomainResource} included.
     *
     * @param resourceType a resource type, abstract ones included; others have none
     */
    @Override
    public List<SearchParameter> searchParameters(String resourceType) {
        return searchParameterLists.getOrDefault(resourceType, List.of());
    }

    /** The search parameter of a resource type, inherited ones included. */
    @Override
    public Optional<SearchParameter> searchParameter(String resourceType, String code) {
        return Optional.ofNullable(searchParameters.getOrDefault(resourceType, Map.of()).get(code));
    }

    /**
     * How a search parameter of the standard follows from others of the resource type. Worked out
     * once for each type, when first asked for.
     *
     * @param resourceType a resource type; others have none
     */
    public Optional<Derivation> derivation(String resourceType, String code) {
        Map<String, Derivation> known = derivations.get(resourceType);
        if (known == null) {
            if (!resourceTypes.contains(resourceType)) {
                return Optional.empty();
            }
            known = derivations.computeIfAbsent(resourceType, this::derivations);
        }
        return Optional.ofNullable(known.get(code));
    }

    private Map<String, Derivation> derivations(String resourceType) {
        return Derivations.of(types.get(resourceType), searchParameters(resourceType));
    }

    /** The compartment about resources of a type. */
    public Optional<CompartmentDefinition> compartment(String name) {
        return Optional.ofNullable(compartments.get(name));
    }

    /** All compartments by name. */
    public Map<String, CompartmentDefinition> compartments() {
        return compartments;
    }
}
