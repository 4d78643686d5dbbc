package first;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The least that the first SPI asked for: current resources, in memory. */
public final class FirstProvider implements BackendProvider {
    private static final Option<Long> MOST =
            Option.integer("most-resources", 1000, "How many resources a tenant may have.");

    /** Called by the service loader. */
    public FirstProvider() {}

    @Override
    public String name() {
        return "first";
    }

    @Override
    public String description() {
        return "Was compiled against the first SPI.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(MOST);
    }

    @Override
    public Capabilities capabilities(Options options) {
        return Capabilities.builder().build();
    }

    @Override
    public Backend open(BackendContext context) {
        var store = new Store(context.options().get(MOST));
        return new Backend() {
            @Override
            public Optional<ResourceStore> resources() {
                return Optional.of(store);
            }

            @Override
            public void close() {}
        };
    }

    private static final class Store implements ResourceStore {
        private final Map<TenantId, TreeMap<ResourceKey, StoredResource>> tenants = new HashMap<>();
        private final long most;

        Store(long most) {
            this.most = most;
        }

        private TreeMap<ResourceKey, StoredResource> of(TenantContext tenant) {
            return tenants.computeIfAbsent(tenant.tenant(), id -> new TreeMap<>());
        }

        private long version(TenantContext tenant, ResourceKey key) {
            StoredResource resource = of(tenant).get(key);
            return resource == null ? 0 : resource.version();
        }

        @Override
        public synchronized Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return Optional.ofNullable(of(tenant).get(key));
        }

        @Override
        public synchronized ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            Iterator<StoredResource> found =
                    of(tenant).values().stream()
                            .filter(it -> !it.deleted())
                            .filter(it -> request.type().stream().allMatch(it.key().type()::equals))
                            .filter(
                                    it ->
                                            request.after().stream()
                                                    .allMatch(key -> it.key().compareTo(key) > 0))
                            .toList()
                            .iterator();
            return new ResourceCursor() {
                @Override
                public Optional<StoredResource> next() {
                    return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public synchronized CommitResult commit(TenantContext tenant, Commit commit) {
            for (int i = 0; i < commit.preconditions().size(); i++) {
                if (!(commit.preconditions().get(i) instanceof Precondition.VersionIs is)) {
                    throw new StorageException.NotSupported("it does not search");
                }
                if (version(tenant, is.key()) != is.version()) {
                    throw new StorageException.PreconditionFailed(i, "another version");
                }
            }
            for (Mutation mutation : commit.mutations()) {
                long current = version(tenant, mutation.key());
                long next =
                        switch (mutation) {
                            case Mutation.Put put -> put.resource().version();
                            case Mutation.Delete delete -> delete.resource().version();
                            case Mutation.Purge purge -> current + 1;
                            case Mutation.Index index ->
                                    throw new StorageException.NotSupported("it does not search");
                        };
                if (next != current + 1) {
                    throw new StorageException.VersionConflict(mutation.key(), current);
                }
            }
            if (of(tenant).size() + commit.mutations().size() > most) {
                throw new StorageException.OutOfSpace("no more resources fit", null);
            }
            for (Mutation mutation : commit.mutations()) {
                switch (mutation) {
                    case Mutation.Put put -> of(tenant).put(put.key(), put.resource());
                    case Mutation.Delete delete -> of(tenant).put(delete.key(), delete.resource());
                    case Mutation.Purge purge -> of(tenant).remove(purge.key());
                    case Mutation.Index index -> throw new IllegalStateException("refused above");
                }
            }
            return new CommitResult(0);
        }
    }
}
