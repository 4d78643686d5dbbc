package dev.andiron.server.export;

import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.kernel.snapshot.SnapshotScan;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The resources outside of all compartments that those within refer to, and what these refer to in
 * turn, as far as their types are asked for. Safe for use by many threads.
 */
final class ReferredKeys {
    private static final int MOST = 500_000;

    private final Set<ResourceKey> found = new HashSet<>();
    private final Deque<ResourceKey> waiting = new ArrayDeque<>();
    private boolean isFound;

    /**
     * All of them, found once; not to be changed.
     *
     * @throws JobFailedException if they are too many
     */
    synchronized Set<ResourceKey> all(ExportRun run, ExportContext context) {
        if (isFound) {
            return found;
        }
        for (String type : new TreeSet<>(context.request().types())) {
            TypeJudge judge = context.judge(type);
            try (SnapshotScan scan = context.snapshot().scan(type, "")) {
                for (List<StoredResource> rows = scan.next(); !rows.isEmpty(); rows = scan.next()) {
                    run.check();
                    rows.stream().filter(judge::accepts).forEach(each -> follow(each, context));
                }
            }
        }
        while (!waiting.isEmpty()) {
            context.snapshot().read(waiting.poll()).ifPresent(each -> follow(each, context));
        }
        isFound = true;
        return found;
    }

    private void follow(StoredResource resource, ExportContext context) {
        References.forEach(
                JsonReader.readObject(resource.content().bytes()),
                text ->
                        LocalKey.of(text, context.request().base())
                                .ifPresent(key -> add(key, context)));
    }

    private void add(ResourceKey key, ExportContext context) {
        if (context.request().referred().contains(key.type()) && found.add(key)) {
            waiting.add(key);
            if (found.size() > MOST) {
                throw new JobFailedException(
                        ("more than %d resources of the types %s are referred to from within"
                                        + " compartments")
                                .formatted(MOST, new TreeSet<>(context.request().referred())));
            }
        }
    }
}
