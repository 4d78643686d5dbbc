package dev.andiron.kernel.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.ChangeFeed;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

class DeletedKeysTest {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    private final List<Change> changes = new ArrayList<>();

    /** How many of the changes the feed shows, which may be fewer than there are. */
    private int shown = Integer.MAX_VALUE;

    private int reads;

    /** After so many reads the feed shows all. */
    private int late;

    private final ChangeFeed feed =
            new ChangeFeed() {
                @Override
                public List<Change> changes(TenantContext tenant, long after, int limit) {
                    int most = ++reads > late ? changes.size() : Math.min(shown, changes.size());
                    return changes.subList(0, most).stream()
                            .filter(change -> change.position() > after)
                            .limit(limit)
                            .toList();
                }

                @Override
                public long last(TenantContext tenant) {
                    throw new AssertionError("nobody asks");
                }

                @Override
                public List<TenantId> tenants(String after, int limit) {
                    throw new AssertionError("nobody asks");
                }
            };

    private void written(String id, boolean deleted, Instant at) {
        var resource =
                new StoredResource(
                        new ResourceKey("Patient", id),
                        changes.size() + 1L,
                        at,
                        FhirVersion.R4,
                        deleted,
                        deleted ? Json.empty() : Json.of("{}"));
        changes.add(new Change.Written(changes.size() + 1L, resource));
    }

    private void deleted(String id) {
        written(id, true, TIME.plusMillis(1));
    }

    private DeletedKeys keys(
            Optional<Function<OptionalLong, Optional<ResourceHead>>> newest, long position) {
        return new DeletedKeys(feed, newest, TENANT, TIME, position);
    }

    /** The last of all changes, whatever the feed shows. */
    private Optional<ResourceHead> newest(OptionalLong before) {
        return changes.stream()
                .filter(change -> before.isEmpty() || change.position() < before.getAsLong())
                .reduce((_, last) -> last)
                .map(change -> ResourceHead.of(((Change.Written) change).resource()));
    }

    @Test
    void whatWasDeletedBehindTheMomentIsFoundBetweenIds() {
        deleted("forgotten"); // before the position
        written("early", true, TIME);
        written("alive", false, TIME.plusMillis(5));
        for (String id : List.of("c", "a", "e", "c")) {
            deleted(id);
        }
        DeletedKeys keys = keys(Optional.empty(), 1);
        assertEquals(List.of("a", "c", "e"), keys.between("Patient", "", Optional.empty()));
        assertEquals(List.of("c"), keys.between("Patient", "a", Optional.of("d")));
        assertEquals(List.of(), keys.between("Patient", "e", Optional.of("c")));
        assertEquals(List.of(), keys.between("Basic", "", Optional.empty()));
        assertEquals(Set.of("Patient"), keys.types());
        deleted("d");
        assertEquals(List.of("c", "d"), keys.between("Patient", "a", Optional.of("d")));
    }

    @Test
    void aFeedThatIsBehindIsWaitedFor() {
        written("a", false, TIME);
        DeletedKeys keys = keys(Optional.of(this::newest), 1);
        assertEquals(List.of(), keys.between("Patient", "", Optional.empty()));
        deleted("a");
        shown = 1;
        late = reads + 3;
        assertEquals(List.of("a"), keys.between("Patient", "", Optional.empty()));
        assertTrue(reads > late, "it was read until it showed what everybody can see");
    }

    @Test
    void theWaitEndsWhenTheWorkerIsInterrupted() {
        DeletedKeys keys = keys(Optional.of(this::newest), 0);
        deleted("a");
        shown = 0;
        late = Integer.MAX_VALUE;
        Thread.currentThread().interrupt();
        assertThrows(
                StorageException.Timeout.class,
                () -> keys.between("Patient", "", Optional.empty()));
        assertTrue(Thread.interrupted(), "whoever waits for the worker still knows");
    }

    @Test
    void tooManyAreRefusedByName() {
        for (int i = 0; i <= 200_000; i++) {
            deleted("p" + i);
        }
        var refused =
                assertThrows(
                        StorageException.TooLarge.class, () -> keys(Optional.empty(), 0).types());
        assertTrue(refused.getMessage().contains("more than 200000 resources were deleted"));
    }
}
