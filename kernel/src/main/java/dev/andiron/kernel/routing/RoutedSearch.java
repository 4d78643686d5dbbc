package dev.andiron.kernel.routing;

import dev.andiron.kernel.backend.OpenBackend;
import dev.andiron.kernel.lent.MarkedCursor;
import dev.andiron.kernel.lent.QueryFeatures;
import dev.andiron.kernel.lent.ScanSearch;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Cursor;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.Query.Total;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchPage;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.tenant.Permission;
import dev.andiron.spi.tenant.TenantContext;

import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The backend's engine where it takes the whole query, otherwise the lent one. A cursor says whose
 * it is, so that the pages of one search are all answered by the same engine. A total that alone is
 * missing is counted here, beside the backend's own page.
 */
final class RoutedSearch implements SearchEngine {
    private static final System.Logger LOG = System.getLogger(RoutedSearch.class.getName());
    private static final byte NATIVE = 0;
    private static final byte LENT = 1;

    private final OpenBackend backend;
    private final Optional<SearchEngine> own;
    private final Optional<ScanSearch> lent;
    private final Map<SearchFeature, String> off;
    private final Set<SearchFeature> lendable;
    private final Set<Set<SearchFeature>> told = ConcurrentHashMap.newKeySet();

    RoutedSearch(
            OpenBackend backend,
            Optional<SearchEngine> own,
            Optional<ScanSearch> lent,
            Map<SearchFeature, String> off) {
        this.backend = backend;
        this.own = own;
        this.lent = lent;
        this.off = off;
        this.lendable = without(ScanSearch.FEATURES, off.keySet());
    }

    /** Who would answer. */
    SearchRoute route(Query asked) {
        Query query = suited(asked);
        Set<SearchFeature> used = QueryFeatures.of(query);
        used.remove(SearchFeature.TOTAL);
        Set<SearchFeature> missing = without(used, backend.capabilities().search());
        if (own.isPresent() && missing.isEmpty()) {
            return new SearchRoute.Native();
        }
        Set<SearchFeature> lacking = lent.isPresent() ? without(used, lendable) : missing;
        return lent.isPresent() && lacking.isEmpty()
                ? new SearchRoute.Lent(own.isPresent() ? missing : Set.of())
                : new SearchRoute.Refused(lacking);
    }

    /**
     * A backend that does not sort by several parameters together has values of the one for them.
     */
    private Query suited(Query query) {
        if (backend.capabilities().search().contains(SearchFeature.SORT_UNION)
                || query.sort().stream().noneMatch(Sort.Union.class::isInstance)) {
            return query;
        }
        List<Sort> sort =
                query.sort().stream()
                        .map(
                                key ->
                                        key instanceof Sort.Union(var of, _, var kind, var down)
                                                ? new Sort.Parameter(of, kind, down)
                                                : key)
                        .toList();
        return new Query(
                query.types(),
                query.criterion(),
                sort,
                query.limit(),
                query.after(),
                query.total());
    }

    /** What searches may use: the engine's own features and the lent ones. */
    Set<SearchFeature> features() {
        var all = EnumSet.noneOf(SearchFeature.class);
        all.addAll(backend.capabilities().search());
        if (lent.isPresent()) {
            all.addAll(lendable);
        }
        return all;
    }

    private static Set<SearchFeature> without(Set<SearchFeature> all, Set<SearchFeature> some) {
        var rest = EnumSet.noneOf(SearchFeature.class);
        rest.addAll(all);
        rest.removeAll(some);
        return rest;
    }

    @Override
    public SearchPage search(TenantContext tenant, Query asked) {
        tenant.require(Permission.READ);
        Query query = suited(asked);
        Optional<Byte> maker = MarkedCursor.of(query, NATIVE, LENT);
        SearchRoute route = route(query);
        if (maker.isPresent() && maker.get() == LENT && lent.isPresent()) {
            route = new SearchRoute.Lent(Set.of());
        } else if (maker.isPresent() && !(route instanceof SearchRoute.Native)) {
            throw new IllegalArgumentException("the cursor belongs to another search");
        }
        return switch (route) {
            case SearchRoute.Native taken ->
                    MarkedCursor.mark(nativePage(tenant, MarkedCursor.unmarked(query)), NATIVE);
            case SearchRoute.Lent instead -> {
                tell(instead);
                yield MarkedCursor.mark(
                        lent.orElseThrow().search(tenant, MarkedCursor.unmarked(query)), LENT);
            }
            case SearchRoute.Refused refused -> throw refusal(refused);
        };
    }

    private SearchPage nativePage(TenantContext tenant, Query query) {
        boolean counts = backend.capabilities().search().contains(SearchFeature.TOTAL);
        if (counts || query.total() == Total.NONE) {
            return own.orElseThrow().search(tenant, query);
        }
        SearchPage page = own.orElseThrow().search(tenant, with(query, query.after(), Total.NONE));
        if (query.total() == Total.ESTIMATE || lent.isEmpty()) {
            return page;
        }
        tell(new SearchRoute.Lent(Set.of(SearchFeature.TOTAL)));
        OptionalLong total = OptionalLong.of(lent.get().count(tenant, query));
        return new SearchPage(page.hits(), page.next(), total);
    }

    @Override
    public long count(TenantContext tenant, Query query) {
        tenant.require(Permission.READ);
        boolean counts = backend.capabilities().search().contains(SearchFeature.TOTAL);
        Query all = suited(with(query, Optional.empty(), query.total()));
        return switch (route(query)) {
            case SearchRoute.Native taken when counts || lent.isEmpty() ->
                    own.orElseThrow().count(tenant, all);
            case SearchRoute.Native taken -> lent.orElseThrow().count(tenant, all);
            case SearchRoute.Lent instead -> {
                tell(instead);
                yield lent.orElseThrow().count(tenant, all);
            }
            case SearchRoute.Refused refused -> throw refusal(refused);
        };
    }

    @Override
    public String explain(TenantContext tenant, Query query) {
        tenant.require(Permission.READ);
        Query first = suited(with(query, Optional.empty(), query.total()));
        return switch (route(query)) {
            case SearchRoute.Native taken -> own.orElseThrow().explain(tenant, first);
            case SearchRoute.Lent instead ->
                    "%s: %s".formatted(why(instead), lent.orElseThrow().explain(tenant, first));
            case SearchRoute.Refused refused -> throw refusal(refused);
        };
    }

    private RuntimeException refusal(SearchRoute.Refused refused) {
        for (SearchFeature missing : refused.missing()) {
            if (off.containsKey(missing)) {
                return new StorageException.NotSupported(off.get(missing));
            }
        }
        return Refusal.of(backend, "take this search", "search " + refused.missing());
    }

    private void tell(SearchRoute.Lent route) {
        if (told.add(route.missing())) {
            LOG.log(Level.INFO, "{0}; the server scans instead", why(route));
        }
    }

    private String why(SearchRoute.Lent route) {
        return route.missing().isEmpty()
                ? "the backend '%s' does not search".formatted(backend.name())
                : "the backend '%s' does not search by %s"
                        .formatted(backend.name(), route.missing());
    }

    private static Query with(Query query, Optional<Cursor> after, Total total) {
        return new Query(
                query.types(), query.criterion(), query.sort(), query.limit(), after, total);
    }
}
