package dev.andiron.server;

import dev.andiron.kernel.lent.ForwardingStore;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Health;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.job.JobStore;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.search.SearchEngine;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.view.SqlQueryEngine;
import dev.andiron.spi.view.ViewEngine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * SQLite without words, that notes what is indexed again, and that lets the process die right after
 * a commit that indexes, of which it has not told yet.
 */
public final class WatchedProvider implements BackendProvider {
    /** What was indexed again in this process, in order. */
    static final List<ResourceKey> INDEXED = new CopyOnWriteArrayList<>();

    private static final Option<Long> DIES =
            Option.integer("dies-at", 0, "the commit that indexes after which it dies; 0 for none");

    private static BackendProvider sqlite() {
        return ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.name().equals("sqlite"))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public String name() {
        return "watched";
    }

    @Override
    public String description() {
        return "for tests";
    }

    @Override
    public List<Option<?>> options() {
        var options = new ArrayList<Option<?>>(sqlite().options());
        options.add(DIES);
        return options;
    }

    @Override
    public Capabilities capabilities(Options options) {
        return sqlite().capabilities(options).withoutSearch(Set.of(SearchFeature.FULL_TEXT));
    }

    @Override
    public Backend open(BackendContext context) {
        Backend backend = sqlite().open(context);
        return new Watched(
                backend,
                new WatchedStore(
                        backend.resources().orElseThrow(),
                        context.options().get(DIES),
                        new AtomicLong()));
    }

    private record Watched(Backend backend, ResourceStore store) implements Backend {

        @Override
        public Optional<ResourceStore> resources() {
            return Optional.of(store);
        }

        @Override
        public Optional<VersionedStore> versions() {
            return backend.versions();
        }

        @Override
        public Optional<HistoryStore> history() {
            return backend.history();
        }

        @Override
        public Optional<ChangeFeed> changes() {
            return backend.changes();
        }

        @Override
        public Optional<SearchEngine> search() {
            return backend.search();
        }

        @Override
        public Optional<JobStore> jobs() {
            return backend.jobs();
        }

        @Override
        public Optional<ViewEngine> views() {
            return backend.views();
        }

        @Override
        public Optional<SqlQueryEngine> sqlQueries() {
            return backend.sqlQueries();
        }

        @Override
        public Optional<BlobStore> blobs() {
            return backend.blobs();
        }

        @Override
        public Health health() {
            return backend.health();
        }

        @Override
        public void close() {
            backend.close();
        }
    }

    private static final class WatchedStore extends ForwardingStore {
        private final long dies;
        private final AtomicLong commits;

        WatchedStore(ResourceStore store, long dies, AtomicLong commits) {
            super(store);
            this.dies = dies;
            this.commits = commits;
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            CommitResult result = store().commit(tenant, commit);
            List<ResourceKey> indexed =
                    commit.mutations().stream()
                            .filter(Mutation.Index.class::isInstance)
                            .map(Mutation::key)
                            .toList();
            INDEXED.addAll(indexed);
            if (!indexed.isEmpty() && commits.incrementAndGet() == dies) {
                Runtime.getRuntime().halt(137);
            }
            return result;
        }
    }
}
