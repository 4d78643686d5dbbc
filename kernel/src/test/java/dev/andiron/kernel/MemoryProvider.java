package dev.andiron.kernel;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Health;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.ResourceStore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A backend in memory that can be told to misbehave. */
public final class MemoryProvider implements BackendProvider {
    /** What a backend of this plugin does. */
    public enum Mood {
        WELL,
        /** Cannot be opened, and says so. */
        UNREACHABLE,
        /** Throws what no backend may throw. */
        STRAY,
        /** Does not like its options. */
        PICKY,
        /** Declares what it has not. */
        LIAR,
        /** Has what it does not declare. */
        MODEST,
        /** Only searches. */
        STORELESS,
        /** Never tells its health. */
        SILENT,
        /** Throws when asked for its health. */
        AILING
    }

    /** What has happened to backends, in order. */
    public static final List<String> EVENTS = new CopyOnWriteArrayList<>();

    private static final Option<Mood> MOOD = Option.choice("mood", Mood.WELL, "how it behaves");
    private static final Option<String> PART = Option.backend("part", "what it is made of");

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String description() {
        return "for tests";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(MOOD, PART);
    }

    @Override
    public Capabilities capabilities(Options options) {
        return switch (options.get(MOOD)) {
            case PICKY -> throw new IllegalArgumentException("mood and part do not go together");
            case LIAR -> Capabilities.builder().versioning().build();
            case STORELESS, MODEST -> Capabilities.builder().withoutStore().build();
            case WELL, UNREACHABLE, STRAY, SILENT, AILING -> Capabilities.builder().build();
        };
    }

    @Override
    public Backend open(BackendContext context) {
        Mood mood = context.options().get(MOOD);
        EVENTS.add("open " + context.backendName());
        if (mood == Mood.UNREACHABLE) {
            throw new StorageException.Unavailable("nobody answers", Duration.ofSeconds(1), null);
        }
        if (mood == Mood.STRAY) {
            throw new IllegalStateException("stray");
        }
        var store = new MemoryStore();
        return new Backend() {
            @Override
            public Optional<ResourceStore> resources() {
                return mood == Mood.STORELESS ? Optional.empty() : Optional.of(store);
            }

            @Override
            public Health health() {
                return switch (mood) {
                    case SILENT -> waitForever();
                    case AILING -> throw new IllegalStateException("stray");
                    default -> new Health.Up();
                };
            }

            @Override
            public void close() {
                EVENTS.add("close " + context.backendName());
            }
        };
    }

    private static Health waitForever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Health.Up();
    }
}
