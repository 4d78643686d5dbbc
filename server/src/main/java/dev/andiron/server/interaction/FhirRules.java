package dev.andiron.server.interaction;

import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.patch.Patches;
import dev.andiron.fhir.search.ParsedSearch;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What the interactions need to know about FHIR. Safe for use by many threads. */
public interface FhirRules {

    FhirVersion version();

    /** The types, parameters and compartments of the standard. */
    Definitions definitions();

    /** Whether resources of a type are stored. */
    boolean isResourceType(String name);

    /** Finds and changes references. */
    References references();

    /** Applies patches. */
    Patches patches();

    /** What is wrong with a resource; empty if nothing is. */
    List<Issue> validate(JsonObject resource);

    /** The search parameters of a tenant: the same object as long as they do not change. */
    SearchParameters searchParameters(TenantContext tenant);

    /** Writes a commit, and what it changes about the rules of the tenant. */
    default void commit(TenantContext tenant, Commit commit, Runnable write) {
        write.run();
    }

    /**
     * What a resource is found by in its tenant.
     *
     * @param features what the values are for, as {@link
     *     dev.andiron.fhir.search.SearchValueExtractor#extract(JsonObject, Set)} takes them
     */
    List<SearchValue> searchValues(
            TenantContext tenant, JsonObject resource, Set<SearchFeature> features);

    /**
     * What the criteria of a conditional interaction mean.
     *
     * @throws dev.andiron.fhir.outcome.FhirException 400 if a parameter is unknown, has a value
     *     that cannot be read, or if there is no parameter to search by at all
     */
    Criterion criterion(TenantContext tenant, String type, Parameters criteria, String base);

    /**
     * What the parameters of a search mean.
     *
     * @param type the type in the path; empty for a search of the whole system
     * @param lenient whether parameters that are not known are passed over and reported
     * @throws dev.andiron.fhir.outcome.FhirException 400 for a parameter that cannot be understood
     */
    ParsedSearch search(
            TenantContext tenant,
            Optional<String> type,
            Parameters parameters,
            String base,
            boolean lenient);

    /**
     * What {@code _summary} and {@code _elements} leave of a resource's JSON.
     *
     * @return empty if the parameters ask for the whole resource
     * @throws dev.andiron.fhir.outcome.FhirException 400 for a value that is not known
     */
    Optional<UnaryOperator<byte[]>> subset(Parameters parameters);

    /**
     * Which of the names in {@code _elements} are no elements.
     *
     * @param types the types of which one must have an element; empty means all
     * @param elements names separated by commas, such as {@code name,Patient.birthDate}
     */
    List<String> unknownElements(Set<String> types, String elements);
}
