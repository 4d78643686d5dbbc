package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.fhir.search.ParsedSearch;
import dev.andiron.fhir.search.QueryParameter;
import dev.andiron.fhir.search.Summary;
import dev.andiron.server.interaction.BundleContent.Link;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Hit;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Query.Total;
import dev.andiron.spi.search.SearchPage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Search of a type or of the whole system, by GET or POST. */
final class SearchInteraction {
    /** Parameters that say how to write the answer, and where its page begins. */
    private static final Set<String> NOT_SEARCHED =
            Set.of("_format", "_pretty", PageTokens.PARAMETER);

    private static final String MATCH = "\"search\":{\"mode\":\"match\"}";

    private final Services services;

    SearchInteraction(Services services) {
        this.services = services;
    }

    FhirResponse ofType(FhirRequest request) {
        return search(request, Optional.of(request.path().getFirst()));
    }

    FhirResponse ofSystem(FhirRequest request) {
        return search(request, Optional.empty());
    }

    private FhirResponse search(FhirRequest request, Optional<String> type) {
        Parameters asked = request.parameters().without(NOT_SEARCHED);
        ParsedSearch plan =
                services.rules()
                        .search(
                                request.tenant(),
                                type,
                                asked,
                                request.base(),
                                request.preferences().lenient());
        Optional<UnaryOperator<byte[]>> subset = services.rules().subset(asked);
        String self = self(request, type, plan);
        Query query = query(request, plan, self);
        SearchPage page = services.storage().search().search(request.tenant(), query);
        List<Link> links = links(request, self, query, page);
        var bundle = new BundleContent("searchset", total(query, page), links);
        for (StoredResource resource : resources(request, page)) {
            byte[] json = resource.content().bytes();
            bundle.entry(
                    request.base() + "/" + resource.key(),
                    subset.isPresent() ? subset.get().apply(json) : json,
                    MATCH);
        }
        if (!plan.notes().isEmpty()) {
            bundle.outcome(OperationOutcome.of(plan.notes()));
        }
        return FhirResponse.of(200, bundle.build());
    }

    private static String self(FhirRequest request, Optional<String> type, ParsedSearch plan) {
        String url = request.base() + type.map(name -> "/" + name).orElse("");
        String query = QueryParameter.format(plan.understood());
        return query.isEmpty() ? url : url + "?" + query;
    }

    private Query query(FhirRequest request, ParsedSearch plan, String self) {
        Query query =
                plan.query(
                        request.parameters()
                                .first(PageTokens.PARAMETER)
                                .map(token -> open(request, self, token)));
        boolean countOnly = query.limit() == 0 || plan.summary() == Summary.COUNT;
        return countOnly
                ? new Query(
                        query.types(),
                        query.criterion(),
                        query.sort(),
                        0,
                        Optional.empty(),
                        Total.ACCURATE)
                : query;
    }

    private Cursor open(FhirRequest request, String self, String token) {
        String query = self.substring(request.base().length());
        return Cursor.of(services.tokens().open(request.tenant().tenant(), query, token));
    }

    private List<Link> links(FhirRequest request, String self, Query query, SearchPage page) {
        var links = new ArrayList<Link>(3);
        String separator = self.indexOf('?') < 0 ? "?" : "&";
        Optional<String> here = request.parameters().first(PageTokens.PARAMETER);
        links.add(
                new Link(
                        "self",
                        here.map(token -> self + separator + PageTokens.PARAMETER + "=" + token)
                                .orElse(self)));
        if (query.limit() > 0) {
            links.add(new Link("first", self));
        }
        if (page.next().isPresent()) {
            String token =
                    services.tokens()
                            .seal(
                                    request.tenant().tenant(),
                                    self.substring(request.base().length()),
                                    page.next().get().bytes());
            links.add(
                    new Link(
                            "next",
                            self
                                    + separator
                                    + PageTokens.PARAMETER
                                    + "="
                                    + token
                                    + request.parameters().format()));
        }
        return links;
    }

    /** A listing that fits on one page is counted already. */
    private static OptionalLong total(Query query, SearchPage page) {
        boolean whole = query.after().isEmpty() && page.next().isEmpty() && query.limit() > 0;
        return page.total().isEmpty() && whole ? OptionalLong.of(page.hits().size()) : page.total();
    }

    /** The hits' resources in order; one that was deleted since it was found is left out. */
    private List<StoredResource> resources(FhirRequest request, SearchPage page) {
        var missing = new ArrayList<ResourceKey>();
        for (Hit hit : page.hits()) {
            if (hit.resource().isEmpty()) {
                missing.add(hit.key());
            }
        }
        Map<ResourceKey, StoredResource> read = new HashMap<>();
        if (!missing.isEmpty()) {
            for (StoredResource resource :
                    services.storage().resources().readMany(request.tenant(), missing)) {
                read.put(resource.key(), resource);
            }
        }
        var found = new ArrayList<StoredResource>(page.hits().size());
        for (Hit hit : page.hits()) {
            StoredResource resource = hit.resource().orElseGet(() -> read.get(hit.key()));
            if (resource != null && !resource.deleted()) {
                found.add(resource);
            }
        }
        return found;
    }
}
