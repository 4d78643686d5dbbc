package dev.andiron.server.interaction;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Set;

/** The search parameters of each tenant. Safe for use by many threads. */
public interface SearchParameterRegistry {

    /** What searches of a tenant may ask for. */
    SearchParameters parameters(TenantContext tenant);

    /** The code of the issues that say that a search may miss something. */
    String INCOMPLETE = "incomplete";

    /**
     * The parameters that older resources cannot be found by yet, because they are still being
     * indexed.
     */
    default Set<ParameterName> incomplete(TenantContext tenant) {
        return Set.of();
    }

    /**
     * Writes a commit, and what it changes about the search parameters of the tenant.
     *
     * @param write commits
     * @throws dev.andiron.fhir.outcome.FhirException if it would leave a search parameter that
     *     cannot be used
     */
    default void commit(TenantContext tenant, Commit commit, Runnable write) {
        write.run();
    }

    /** Gives the values for what resources of a tenant are found by. */
    SearchValueExtractor extractor(TenantContext tenant);

    /**
     * The parameters of the standard for every tenant.
     *
     * @param bases the base URLs that references may name this server by
     */
    static SearchParameterRegistry standard(Definitions definitions, List<String> bases) {
        var extractor = new SearchValueExtractor(definitions, bases);
        return new SearchParameterRegistry() {
            @Override
            public SearchParameters parameters(TenantContext tenant) {
                return definitions;
            }

            @Override
            public SearchValueExtractor extractor(TenantContext tenant) {
                return extractor;
            }
        };
    }
}
