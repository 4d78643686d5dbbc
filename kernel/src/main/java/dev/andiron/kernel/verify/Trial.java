package dev.andiron.kernel.verify;

import dev.andiron.kernel.config.OptionValues;
import dev.andiron.kernel.plugin.Guard;
import dev.andiron.kernel.plugin.InstalledPlugin;
import dev.andiron.kernel.verify.Check.Outcome;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.Options;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.composite.CompositeProvider;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Opens a backend over an empty folder and tries a few promises of the kit on it. */
final class Trial {
    /** How long a single promise may take; a backend that blocks fails it. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String OPENS = "it opens with these options";

    private final InstalledPlugin plugin;
    private final Options options;
    private final Path folder;

    private Trial(InstalledPlugin plugin, Options options, Path folder) {
        this.plugin = plugin;
        this.options = options;
        this.folder = folder;
    }

    static List<Check> of(InstalledPlugin plugin, Map<String, String> values, Path folder)
            throws IOException {
        if (plugin.provider() instanceof CompositeProvider) {
            return List.of(
                    Check.notApplicable(
                            "opening", OPENS, "it is put together from other backends"));
        }
        Files.createDirectories(folder);
        Options options;
        try {
            options = OptionValues.of(plugin.options(), values, folder);
        } catch (IllegalArgumentException unfit) {
            return List.of(
                    values.isEmpty()
                            ? Check.notApplicable(
                                    "opening",
                                    OPENS,
                                    unfit.getMessage() + "; give it by --option NAME=VALUE")
                            : Check.failed("opening", OPENS, unfit.getMessage()));
        }
        return new Trial(plugin, options, folder).checks();
    }

    private record Context(
            String backendName, Options options, InstantSource clock, Path dataDirectory)
            implements BackendContext {}

    private Backend open() {
        Backend opened =
                plugin.provider()
                        .open(new Context("main", options, InstantSource.system(), folder));
        if (opened == null) {
            throw new AssertionError("it opened nothing");
        }
        return opened;
    }

    private List<Check> checks() {
        var checks = new ArrayList<Check>();
        Capabilities capabilities = plugin.provider().capabilities(options);
        List<TrialPromise> promises =
                Stream.of(TrialPromise.values()).filter(it -> !it.afterReopening).toList();
        try (Session session = new Session(capabilities)) {
            checks.add(check("opening", OPENS, session::open));
            if (checks.getLast().outcome() == Outcome.FAILED) {
                return checks;
            }
            for (TrialPromise promise : promises) {
                checks.add(check(promise, session));
            }
            checks.add(check("closing", "it closes and opens again", session::reopen));
            if (checks.getLast().outcome() == Outcome.FAILED) {
                return checks;
            }
            checks.add(check(TrialPromise.REOPENED, session));
            checks.add(check("closing", "it closes for good", session::shut));
        }
        return checks;
    }

    private Check check(TrialPromise promise, Session session) {
        if (!promise.applies.test(session.capabilities)) {
            return Check.notApplicable(promise.id, promise.about, "it is not declared");
        }
        return check(
                promise.id,
                promise.about,
                () -> promise.kept.by(session.backend, session.capabilities));
    }

    /** Tries something, and gives up on it after a while, so that a backend that hangs is told. */
    private Check check(String id, String about, Runnable trial) {
        var done = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            Thread.currentThread().setContextClassLoader(plugin.loader());
                            try {
                                trial.run();
                                done.complete(null);
                            } catch (RuntimeException | Error failure) {
                                done.completeExceptionally(failure);
                            }
                        });
        try {
            done.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return Check.passed(id, about);
        } catch (TimeoutException blocked) {
            return Check.failed(
                    id, about, "it blocks for more than " + PATIENCE.toSeconds() + " s");
        } catch (ExecutionException failed) {
            return Check.failed(id, about, reason(failed.getCause()));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Check.failed(id, about, "the trial was interrupted");
        }
    }

    private static String reason(Throwable failure) {
        return switch (failure) {
            case StorageException known -> Guard.reason(known);
            case AssertionError broken -> broken.getMessage();
            default -> Guard.reason(new StorageException.Internal("", failure));
        };
    }

    private final class Session implements AutoCloseable {
        private final Capabilities capabilities;
        private Backend backend;

        Session(Capabilities capabilities) {
            this.capabilities = capabilities;
        }

        void open() {
            backend = Trial.this.open();
        }

        void reopen() {
            shut();
            open();
        }

        void shut() {
            Backend open = backend;
            backend = null;
            open.close();
        }

        @Override
        public void close() {
            if (backend != null) {
                check("closing", "it closes", this::shut);
            }
        }
    }
}
