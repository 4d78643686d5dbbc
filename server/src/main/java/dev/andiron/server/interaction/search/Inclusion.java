package dev.andiron.server.interaction.search;

import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameters;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.interaction.Services;
import dev.andiron.server.interaction.search.Hits.Match;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Finds what goes with the matches of a page: round by round, each round with one batch of reads
 * for all references and one search for each type that refers back. A resource is included once,
 * and never when it is a match, so cycles end. Used by one thread, once.
 */
public final class Inclusion {
    /** How many alternatives a search for what refers back has. */
    private static final int ALTERNATIVES = 200;

    /** How many resources are read at once. */
    private static final int BATCH = 100;

    private final Services services;
    private final TenantContext tenant;
    private final SearchParameters parameters;
    private final List<Include> includes;
    private final Predicate<String> types;
    private final InclusionLimits limits;
    private final Set<ResourceKey> seen = new HashSet<>();
    private final List<StoredResource> included = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private long bytes;
    private boolean toldFull;

    /**
     * An inclusion.
     *
     * @param types which types may be included
     */
    public Inclusion(
            Services services,
            TenantContext tenant,
            List<Include> includes,
            Predicate<String> types,
            InclusionLimits limits) {
        this.services = services;
        this.tenant = tenant;
        this.parameters = services.rules().searchParameters(tenant);
        this.includes = List.copyOf(includes);
        this.types = types;
        this.limits = limits;
    }

    /**
     * Finds what goes with matches.
     *
     * @return live resources, each once, none of them a match
     */
    public List<StoredResource> with(Collection<StoredResource> matches) {
        matches.forEach(match -> seen.add(match.key()));
        List<Include> applied = includes;
        Collection<StoredResource> frontier = matches;
        for (int round = 1; !frontier.isEmpty() && !applied.isEmpty() && !toldFull; round++) {
            if (round > limits.rounds()) {
                notes.add(
                        "Includes were followed over %d references; what lies behind is left out."
                                .formatted(limits.rounds()));
                break;
            }
            int before = included.size();
            forward(frontier, applied);
            backward(frontier, applied);
            frontier = List.copyOf(included.subList(before, included.size()));
            applied = includes.stream().filter(Include::iterate).toList();
        }
        return included;
    }

    /** What was left out for a bound, to be told with the result. */
    public List<Issue> notes() {
        return notes.stream().map(note -> Issue.warning("too-costly", note)).toList();
    }

    private boolean isFull() {
        return included.size() >= limits.resources() || bytes >= limits.bytes();
    }

    private void tellFull() {
        toldFull = true;
        notes.add(
                "A page has at most %d included resources of %d bytes together; others are left out."
                        .formatted(limits.resources(), limits.bytes()));
    }

    private void take(StoredResource resource) {
        if (resource.deleted() || seen.contains(resource.key())) {
            return;
        }
        if (isFull()) {
            tellFull();
            return;
        }
        seen.add(resource.key());
        included.add(resource);
        bytes += resource.content().length();
    }

    // What they refer to

    private void forward(Collection<StoredResource> frontier, List<Include> applied) {
        List<Include> forward = applied.stream().filter(each -> !each.reverse()).toList();
        if (forward.isEmpty()) {
            return;
        }
        var wanted = new LinkedHashSet<ResourceKey>();
        for (StoredResource resource : frontier) {
            if (forward.stream().anyMatch(each -> isFrom(each, resource.key().type()))) {
                references(resource, forward, wanted);
            }
        }
        wanted.removeAll(seen);
        List<ResourceKey> keys = List.copyOf(wanted);
        for (int from = 0; from < keys.size(); from += BATCH) {
            List<ResourceKey> batch = keys.subList(from, Math.min(from + BATCH, keys.size()));
            var read = new LinkedHashMap<ResourceKey, StoredResource>();
            for (StoredResource each : services.storage().resources().readMany(tenant, batch)) {
                read.put(each.key(), each);
            }
            // In the order of the references, whatever order the store reads in.
            batch.stream().map(read::get).filter(each -> each != null).forEach(this::take);
            if (isFull() && from + BATCH < keys.size()) {
                tellFull();
                return;
            }
        }
    }

    private static boolean isFrom(Include include, String type) {
        return include.source().isEmpty() || include.source().get().equals(type);
    }

    private void references(
            StoredResource resource, List<Include> forward, Set<ResourceKey> wanted) {
        String from = resource.key().type();
        List<SearchValue> values =
                services.rules()
                        .searchValues(
                                tenant,
                                JsonReader.readObject(resource.content().bytes()),
                                Set.of());
        for (SearchValue value : values) {
            if (value instanceof SearchValue.LocalReference reference
                    && types.test(reference.type())
                    && forward.stream()
                            .anyMatch(
                                    each ->
                                            each.takes(
                                                    from,
                                                    reference.parameter(),
                                                    reference.type()))) {
                wanted.add(new ResourceKey(reference.type(), reference.id()));
            }
        }
    }

    // What refers to them

    /** A way back: from these types by this parameter. */
    private record Way(Set<String> sources, String parameter) {}

    private void backward(Collection<StoredResource> frontier, List<Include> applied) {
        for (Include include : applied) {
            if (include.reverse()) {
                backward(frontier, include);
            }
        }
    }

    private void backward(Collection<StoredResource> frontier, Include include) {
        Set<String> sources = new TreeSet<>();
        var alternatives = new ArrayList<Criterion>();
        Map<String, List<Way>> ways = new TreeMap<>();
        for (StoredResource resource : frontier) {
            ResourceKey key = resource.key();
            if (include.target().isPresent() && !include.target().get().equals(key.type())) {
                continue;
            }
            for (Way way : ways.computeIfAbsent(key.type(), type -> ways(include, type))) {
                var test =
                        new ValueTest.LocalReference(
                                Optional.of(key.type()), key.id(), Optional.empty());
                alternatives.add(new Criterion.Value(way.parameter(), test));
                sources.addAll(way.sources());
                if (alternatives.size() == ALTERNATIVES) {
                    find(sources, alternatives);
                    alternatives.clear();
                    if (toldFull) {
                        return;
                    }
                }
            }
        }
        if (!alternatives.isEmpty()) {
            find(sources, alternatives);
        }
    }

    private List<Way> ways(Include include, String target) {
        Set<String> sources =
                include.source()
                        .map(Set::of)
                        .orElseGet(services.rules().definitions()::resourceTypes);
        var byCode = new TreeMap<String, Set<String>>();
        for (String source : sources) {
            if (types.test(source)) {
                for (SearchParameter parameter : References.of(parameters, source)) {
                    if (include.takes(source, parameter.code(), target)
                            && References.leadsTo(parameter, target)) {
                        byCode.computeIfAbsent(parameter.code(), _ -> new TreeSet<>()).add(source);
                    }
                }
            }
        }
        return byCode.entrySet().stream()
                .map(entry -> new Way(entry.getValue(), entry.getKey()))
                .toList();
    }

    private void find(Set<String> sources, List<Criterion> alternatives) {
        Criterion criterion =
                alternatives.size() == 1
                        ? alternatives.getFirst()
                        : new Criterion.Any(alternatives);
        Optional<Cursor> after = Optional.empty();
        do {
            // One more than there is room for shows whether something is left out.
            int limit = Math.min(limits.resources() - included.size() + 1, 500);
            SearchPage page =
                    services.storage()
                            .search()
                            .search(
                                    tenant,
                                    new Query(
                                            sources,
                                            criterion,
                                            List.of(),
                                            limit,
                                            after,
                                            Query.Total.NONE));
            for (Match match : new Hits(services.storage(), tenant).matches(page)) {
                take(match.resource());
            }
            after = page.next();
        } while (after.isPresent() && !isFull());
        if (after.isPresent()) {
            tellFull();
        }
    }
}
