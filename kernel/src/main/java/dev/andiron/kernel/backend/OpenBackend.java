package dev.andiron.kernel.backend;

import dev.andiron.kernel.config.BackendSection;
import dev.andiron.kernel.plugin.CallListener;
import dev.andiron.kernel.plugin.Guard;
import dev.andiron.kernel.plugin.InstalledPlugin;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.composite.Follower;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.ViewEngine;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * One opened backend with its guarded facets.
 *
 * @param name its configured name
 * @param plugin the name of its plugin
 * @param capabilities what it declared, and keeps as far as its facets tell
 * @param backend the guarded backend itself, for health and end
 * @param search as users search, for whom a composite may show its follower as it is
 * @param currentSearch finds everything that was acknowledged before
 * @param viewFilters what the filters of its own views may use, which in a composite is not what
 *     its searches may use
 */
public record OpenBackend(
        String name,
        String plugin,
        Capabilities capabilities,
        Backend backend,
        Optional<ResourceStore> resources,
        Optional<VersionedStore> versions,
        Optional<HistoryStore> history,
        Optional<ChangeFeed> changes,
        Optional<SearchEngine> search,
        Optional<SearchEngine> currentSearch,
        Optional<Follower> follower,
        Optional<ViewEngine> views,
        Set<SearchFeature> viewFilters,
        Optional<SqlQueryEngine> sqlQueries,
        Optional<JobStore> jobs,
        Optional<BlobStore> blobs) {

    public OpenBackend {
        viewFilters = Set.copyOf(viewFilters);
    }

    static OpenBackend of(
            BackendSection section,
            InstalledPlugin plugin,
            Capabilities capabilities,
            Backend opened,
            CallListener listener) {
        var guards = new Guards(section.name(), plugin.loader(), listener);
        Backend backend = guards.around(Backend.class, opened);
        Optional<SearchEngine> search =
                backend.search().map(facet -> guards.around(SearchEngine.class, facet));
        return new OpenBackend(
                section.name(),
                plugin.name(),
                capabilities,
                backend,
                backend.resources().map(facet -> guards.around(ResourceStore.class, facet)),
                backend.versions().map(facet -> guards.around(VersionedStore.class, facet)),
                backend.history().map(facet -> guards.around(HistoryStore.class, facet)),
                backend.changes().map(facet -> guards.around(ChangeFeed.class, facet)),
                search,
                search,
                backend.follower().map(facet -> guards.around(Follower.class, facet)),
                backend.views().map(facet -> guards.around(ViewEngine.class, facet)),
                capabilities.search(),
                backend.sqlQueries().map(facet -> guards.around(SqlQueryEngine.class, facet)),
                backend.jobs().map(facet -> guards.around(JobStore.class, facet)),
                backend.blobs().map(facet -> guards.around(BlobStore.class, facet)));
    }

    /** The same, declared to search without some features. */
    public OpenBackend withoutSearch(Set<SearchFeature> features) {
        return features.isEmpty()
                ? this
                : with(capabilities.withoutSearch(features), history, jobs, blobs);
    }

    /** The same with other facets, as capabilities that agree with them say. */
    public OpenBackend with(
            Capabilities changed,
            Optional<HistoryStore> history,
            Optional<JobStore> jobs,
            Optional<BlobStore> blobs) {
        var filters = new HashSet<>(viewFilters);
        filters.retainAll(changed.search());
        return new OpenBackend(
                name,
                plugin,
                changed,
                backend,
                resources,
                versions,
                history,
                changes,
                search,
                currentSearch,
                follower,
                views,
                filters,
                sqlQueries,
                jobs,
                blobs);
    }

    private record Guards(String backend, ClassLoader loader, CallListener listener) {
        <T> T around(Class<T> facet, T target) {
            return Guard.around(facet, target, backend, loader, listener);
        }
    }

    /**
     * In what the facets contradict the declaration.
     *
     * @return such as "it declares versioning and has no facet for it"; empty when they agree
     */
    Optional<String> contradiction() {
        return contradiction("a store", capabilities.store(), resources)
                .or(() -> contradiction("versioning", capabilities.versioning(), versions))
                .or(() -> contradiction("history", !capabilities.history().isEmpty(), history))
                .or(() -> contradiction("a change feed", capabilities.changeFeed(), changes))
                .or(() -> contradiction("search", !capabilities.search().isEmpty(), search))
                .or(() -> contradiction("following", capabilities.follower(), follower))
                .or(() -> contradiction("native views", capabilities.nativeViews(), views))
                .or(() -> contradiction("SQL queries", capabilities.sqlQueries(), sqlQueries))
                .or(() -> contradiction("jobs", capabilities.claims() != ClaimStrategy.NONE, jobs))
                .or(() -> contradiction("blobs", capabilities.blobs(), blobs));
    }

    private static Optional<String> contradiction(
            String what, boolean declared, Optional<?> facet) {
        if (declared == facet.isPresent()) {
            return Optional.empty();
        }
        return Optional.of(
                declared
                        ? "it declares " + what + " and has no facet for it"
                        : "it has a facet for " + what + " and does not declare it");
    }
}
