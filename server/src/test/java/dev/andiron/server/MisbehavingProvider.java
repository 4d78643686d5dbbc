package dev.andiron.server;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Health;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A backend of a plugin that does what no plugin should. */
public final class MisbehavingProvider implements BackendProvider {
    /** Lets go whoever is blocked. */
    static volatile CountDownLatch blocked = new CountDownLatch(1);

    private static final Option<String> HOW =
            Option.string("how", "in calls", "How it misbehaves, and when.");

    /** Called by the service loader. */
    public MisbehavingProvider() {}

    @Override
    public String name() {
        return "misbehaving";
    }

    @Override
    public String description() {
        return "Does what no plugin should.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(HOW);
    }

    @Override
    public Capabilities capabilities(Options options) {
        return switch (options.get(HOW)) {
            case "wrong option" ->
                    throw new IllegalArgumentException("'how' is none of the ways that it knows");
            case "lies" -> Capabilities.builder().versioning().build();
            case "null capabilities" -> null;
            default -> Capabilities.builder().build();
        };
    }

    @Override
    public Backend open(BackendContext context) {
        String how = context.options().get(HOW);
        switch (how) {
            case "throws" -> throw new NoSuchElementException("no luck");
            case "lacks a class" -> throw new NoClassDefFoundError("acme/Gone");
            case "opens null" -> {
                return null;
            }
            default -> {
                // in its calls
            }
        }
        return new Backend() {
            @Override
            public Optional<ResourceStore> resources() {
                return how.equals("null facet") ? null : Optional.of(new Store());
            }

            @Override
            public Health health() {
                return switch (how) {
                    case "health throws" -> throw new NoSuchElementException("no pulse");
                    case "health null" -> null;
                    case "health blocks" -> waits();
                    default -> new Health.Up();
                };
            }

            @Override
            public void close() {
                if (how.equals("close throws")) {
                    throw new NoSuchElementException("no end");
                }
            }
        };
    }

    private static <T> T waits() {
        try {
            blocked.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("let go");
    }

    /** Misbehaves by the id of what is read. */
    private static final class Store implements ResourceStore {
        @Override
        public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
            return switch (key.id()) {
                case "null" -> null;
                case "throws" -> throw new NoSuchElementException("no luck");
                case "links" -> throw new NoClassDefFoundError("acme/Gone");
                case "overflows" -> throw new StackOverflowError();
                case "sneaks" -> throw sneaky(new java.io.IOException("undeclared"));
                case "blocks" -> waits();
                default -> Optional.empty();
            };
        }

        @SuppressWarnings("unchecked")
        private static <E extends Throwable> RuntimeException sneaky(Throwable thrown) throws E {
            throw (E) thrown;
        }

        @Override
        public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
            if (!request.type().equals(Optional.of("Patient"))) {
                return ResourceCursor.of(Collections.emptyIterator());
            }
            return new ResourceCursor() {
                @Override
                public Optional<StoredResource> next() {
                    return null;
                }

                @Override
                public void close() {
                    throw new NoSuchElementException("no end");
                }
            };
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            return null;
        }
    }
}
