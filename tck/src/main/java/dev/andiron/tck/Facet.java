package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.spi.Atomicity;
import dev.andiron.spi.Backend;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.HistoryLevel;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import java.util.Optional;

/** A capability that tests may need, and how its absence shows. */
enum Facet {
    STORE {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.store();
        }

        @Override
        void assertAbsent(Backend backend) {
            assertEquals(Optional.empty(), backend.resources(), UNDECLARED);
        }
    },
    VERSIONS {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.versioning();
        }

        @Override
        void assertAbsent(Backend backend) {
            assertEquals(Optional.empty(), backend.versions(), UNDECLARED);
        }
    },
    INSTANCE_HISTORY {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.history().contains(HistoryLevel.INSTANCE);
        }

        @Override
        void assertAbsent(Backend backend) {
            assertRefused(backend, new HistoryScope.Instance(new ResourceKey("Patient", "1")));
        }
    },
    TYPE_HISTORY {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.history().contains(HistoryLevel.TYPE);
        }

        @Override
        void assertAbsent(Backend backend) {
            assertRefused(backend, new HistoryScope.Type("Patient"));
        }
    },
    SYSTEM_HISTORY {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.history().contains(HistoryLevel.SYSTEM);
        }

        @Override
        void assertAbsent(Backend backend) {
            assertRefused(backend, new HistoryScope.System());
        }
    },
    CHANGE_FEED {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.changeFeed();
        }

        @Override
        void assertAbsent(Backend backend) {
            assertEquals(Optional.empty(), backend.changes(), UNDECLARED);
        }
    },
    /** Commits that are atomic for every reader; nothing shows when a store is better than that. */
    ATOMIC_COMMITS {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.atomicity() == Atomicity.COMMIT;
        }

        @Override
        void assertAbsent(Backend backend) {
            // A store may do more than it declares here: its readers are only promised less.
        }
    },
    SEARCH {
        @Override
        boolean declared(Capabilities capabilities) {
            return !capabilities.search().isEmpty();
        }

        @Override
        void assertAbsent(Backend backend) {
            assertEquals(Optional.empty(), backend.search(), UNDECLARED);
        }
    },
    SQL_QUERIES {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.sqlQueries();
        }

        @Override
        void assertAbsent(Backend backend) {
            assertEquals(Optional.empty(), backend.sqlQueries(), UNDECLARED);
        }
    },
    JOBS {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.claims() != ClaimStrategy.NONE;
        }

        @Override
        void assertAbsent(Backend backend) {
            assertEquals(Optional.empty(), backend.jobs(), UNDECLARED);
        }
    },
    BLOBS {
        @Override
        boolean declared(Capabilities capabilities) {
            return capabilities.blobs();
        }

        @Override
        void assertAbsent(Backend backend) {
            assertEquals(Optional.empty(), backend.blobs(), UNDECLARED);
        }
    };

    private static final String UNDECLARED = "a facet is there that was not declared";

    abstract boolean declared(Capabilities capabilities);

    abstract void assertAbsent(Backend backend);

    private static void assertRefused(Backend backend, HistoryScope scope) {
        if (backend.history().isPresent()) {
            assertThrows(
                    StorageException.NotSupported.class,
                    () -> Walk.history(Tenant.of(backend, "default"), scope, 1),
                    "an undeclared level of history is refused by name");
        }
    }
}
