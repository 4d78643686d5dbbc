package dev.andiron.server.interaction.search;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.fhir.search.ContainedSearch;
import dev.andiron.server.interaction.BundleContent;
import dev.andiron.server.interaction.BundleContent.Link;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.PageLinks;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.search.Hits.Match;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Search of a type, of a compartment or of the whole system, by GET or POST. */
public final class SearchInteraction {
    private final Services services;

    public SearchInteraction(Services services) {
        this.services = services;
    }

    public FhirResponse ofType(FhirRequest request) {
        return search(request, SearchScope.ofType(request.path().getFirst()));
    }

    public FhirResponse ofSystem(FhirRequest request) {
        return search(request, SearchScope.ofSystem());
    }

    public FhirResponse ofCompartment(FhirRequest request) {
        Definitions definitions = services.rules().definitions();
        return search(request, SearchScope.ofCompartment(request.path(), definitions));
    }

    private FhirResponse search(FhirRequest request, SearchScope scope) {
        var search = UnderstoodSearch.of(services, request, scope);
        Optional<UnaryOperator<byte[]>> subset = services.rules().subset(search.form().criteria());
        var links = new PageLinks(services.tokens(), request, search.self());
        return search.isCountOnly()
                ? counted(request, search, links)
                : page(request, search, links, subset);
    }

    private FhirResponse counted(FhirRequest request, UnderstoodSearch search, PageLinks links) {
        var page =
                MatchPage.read(
                        services.storage(), request.tenant(), search.query(0, Optional.empty()));
        var bundle = new BundleContent("searchset", page.total(), links.selfAlone());
        return end(request, search, bundle, List.of());
    }

    private FhirResponse page(
            FhirRequest request,
            UnderstoodSearch search,
            PageLinks links,
            Optional<UnaryOperator<byte[]>> subset) {
        int limit = search.limit(links.position().before());
        Query query = search.query(limit, links.position().after());
        MatchPage page =
                MatchPage.read(services.storage(), request.tenant(), query, links.position());
        var inclusion =
                new Inclusion(
                        services,
                        request.tenant(),
                        search.form().includes(),
                        _ -> true,
                        services.policy().inclusion());
        List<StoredResource> included = inclusion.with(page.resources());
        var notes = new ArrayList<>(inclusion.notes());
        boolean ends = search.isLast(links.position().before() + page.hits());
        Optional<Cursor> next = ends ? Optional.empty() : page.next();
        if (ends && page.next().isPresent()) {
            notes.add(
                    Issue.information(
                            "informational",
                            "More resources match; _maxresults=%d ends the result here."
                                    .formatted(search.form().most().orElseThrow())));
        }
        List<Link> listed = links.links(next, page.hits(), page.keys());
        var bundle = new BundleContent("searchset", page.total(links.position().isFirst()), listed);
        matches(bundle, request, search, page.matches(), subset);
        for (StoredResource resource : included) {
            entry(bundle, request, resource, subset, SearchEntry.INCLUDE);
        }
        return end(request, search, bundle, notes);
    }

    private void matches(
            BundleContent bundle,
            FhirRequest request,
            UnderstoodSearch search,
            List<Match> matches,
            Optional<UnaryOperator<byte[]>> subset) {
        Optional<ContainedMatches> inside =
                search.parsed()
                        .contained()
                        .filter(each -> each.returned() == ContainedSearch.Returned.CONTAINED)
                        .map(each -> new ContainedMatches(services, request.tenant(), each));
        for (Match match : matches) {
            StoredResource resource = match.resource();
            String mode = SearchEntry.match(match.score());
            Map<String, byte[]> contained =
                    inside.isPresent() ? inside.get().of(resource) : Map.of();
            if (contained.isEmpty()) {
                entry(bundle, request, resource, subset, mode);
            }
            contained.forEach(
                    (id, json) ->
                            bundle.entry(
                                    "%s/%s#%s".formatted(request.base(), resource.key(), id),
                                    subset.isPresent() ? subset.get().apply(json) : json,
                                    mode));
        }
    }

    private static void entry(
            BundleContent bundle,
            FhirRequest request,
            StoredResource resource,
            Optional<UnaryOperator<byte[]>> subset,
            String search) {
        byte[] json = resource.content().bytes();
        bundle.entry(
                request.base() + "/" + resource.key(),
                subset.isPresent() ? subset.get().apply(json) : json,
                search);
    }

    private FhirResponse end(
            FhirRequest request, UnderstoodSearch search, BundleContent bundle, List<Issue> more) {
        var notes = new ArrayList<Issue>(search.notes());
        notes.addAll(more);
        if (search.form().explain()) {
            notes.addAll(Explanation.of(services, request, search).issues());
        }
        if (!notes.isEmpty()) {
            bundle.outcome(OperationOutcome.of(notes));
        }
        return FhirResponse.of(200, bundle.build());
    }
}
