package dev.andiron.server.export;

import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.export.ExportRun.Stretch;
import dev.andiron.server.export.ExportRun.Taken;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.util.List;
import java.util.Optional;

/**
 * Lets a thread that has nothing to do take over the upper part of what another still has before
 * it. Ids are halved until there are enough resources on the upper side: where they lie is not
 * known beforehand. Safe for use by many threads.
 */
final class ExportSplit {
    private static final int TRIES = 100;

    /** Less is not worth a file of its own. */
    static final int LEAST = 2_000;

    private final Storage storage;
    private final TenantContext tenant;
    private final ExportRun run;

    ExportSplit(Storage storage, TenantContext tenant, ExportRun run) {
        this.storage = storage;
        this.tenant = tenant;
        this.run = run;
    }

    /** Takes a part of somebody's work over; empty if nobody has enough. */
    Optional<Taken> take() {
        for (Stretch stretch : run.stretches()) {
            Optional<String> middle = middle(stretch);
            Optional<Taken> taken = middle.flatMap(at -> run.split(stretch, at));
            if (taken.isPresent()) {
                return taken;
            }
        }
        return Optional.empty();
    }

    private Optional<String> middle(Stretch stretch) {
        Optional<String> high = stretch.until();
        for (int i = 0; i < TRIES; i++) {
            run.check();
            Optional<String> middle = IdMiddle.between(stretch.after(), high);
            if (middle.isEmpty() || hasEnough(stretch, middle.get())) {
                return middle;
            }
            high = middle;
        }
        return Optional.empty();
    }

    private boolean hasEnough(Stretch stretch, String after) {
        var request =
                ScanRequest.ofType(stretch.type()).after(new ResourceKey(stretch.type(), after));
        try (ResourceCursor cursor = storage.resources().scan(tenant, request)) {
            int count = 0;
            while (count < LEAST) {
                List<StoredResource> some = cursor.next(LEAST - count, 4L << 20);
                if (some.isEmpty()) {
                    return false;
                }
                String last = some.getLast().key().id();
                if (stretch.until().filter(end -> last.compareTo(end) > 0).isPresent()) {
                    return false;
                }
                count += some.size();
            }
            return true;
        }
    }
}
