package dev.andiron.server.interaction;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;

/** The search parameters of each tenant. Safe for use by many threads. */
public interface SearchParameterRegistry {

    /** What searches of a tenant may ask for. */
    SearchParameters parameters(TenantContext tenant);

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
