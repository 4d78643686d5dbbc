package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.kernel.snapshot.SnapshotScan;
import dev.andiron.server.export.ExportRequest.Associated;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Says which Provenance resources go with what is exported: those about a resource that is exported
 * itself. Used by one thread.
 */
final class ProvenanceJudge implements Predicate<StoredResource> {
    private static final String TYPE = "Provenance";
    private static final int MOST = 500_000;

    private final ExportContext context;
    private final Function<String, TypeJudge> judged;
    private final Map<String, TypeJudge> judges = new HashMap<>();
    private final Map<ResourceKey, Recorded> latest = new HashMap<>();
    private final boolean latestOnly;

    /** The last of those about a resource that was seen so far. */
    private record Recorded(Instant time, String id) {
        boolean isBehind(Recorded other) {
            int order = time.compareTo(other.time());
            return order > 0 || order == 0 && id.compareTo(other.id()) > 0;
        }
    }

    /**
     * @param judged judges the resources of a type that Provenance may be about
     */
    ProvenanceJudge(ExportRun run, ExportContext context, Function<String, TypeJudge> judged) {
        this.context = context;
        this.judged = judged;
        latestOnly = context.request().provenance() == Associated.LATEST;
        if (latestOnly) {
            findLatest(run);
        }
    }

    private void findLatest(ExportRun run) {
        try (SnapshotScan scan = context.snapshot().scan(TYPE, "")) {
            for (List<StoredResource> rows = scan.next(); !rows.isEmpty(); rows = scan.next()) {
                run.check();
                rows.forEach(this::remember);
            }
        }
    }

    private void remember(StoredResource provenance) {
        JsonObject read = JsonReader.readObject(provenance.content().bytes());
        Instant time =
                read.string("recorded")
                        .flatMap(DateInterval::parse)
                        .map(DateInterval::low)
                        .orElse(provenance.lastUpdated());
        var recorded = new Recorded(time, provenance.key().id());
        for (ResourceKey target : targets(read)) {
            latest.merge(target, recorded, (one, other) -> other.isBehind(one) ? other : one);
        }
        if (latest.size() > MOST) {
            throw new JobFailedException(
                    "Provenance is about more than %d resources; its latest cannot be told"
                            .formatted(MOST));
        }
    }

    private List<ResourceKey> targets(JsonObject provenance) {
        var targets = new ArrayList<ResourceKey>();
        for (JsonObject target : provenance.objects("target")) {
            target.string("reference")
                    .flatMap(text -> LocalKey.of(text, context.request().base()))
                    .ifPresent(targets::add);
        }
        return targets;
    }

    @Override
    public boolean test(StoredResource provenance) {
        for (ResourceKey target : targets(JsonReader.readObject(provenance.content().bytes()))) {
            boolean isWanted = !latestOnly || latest.get(target).id().equals(provenance.key().id());
            if (isWanted && isExported(target)) {
                return true;
            }
        }
        return false;
    }

    private boolean isExported(ResourceKey key) {
        return !key.type().equals(TYPE)
                && context.request().types().contains(key.type())
                && context.snapshot()
                        .read(key)
                        .filter(judges.computeIfAbsent(key.type(), judged)::accepts)
                        .isPresent();
    }
}
