package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.export.ExportRun.Taken;
import dev.andiron.spi.resource.HistoryRequest;
import dev.andiron.spi.resource.HistoryScope;
import dev.andiron.spi.resource.HistoryStore;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Tells which resources that a copy may have are no more: those that were deleted since the time
 * that the client named, and were not alive again at the moment of the export. Each line is a
 * transaction that deletes some. Used by one thread.
 */
final class DeletedWork {
    private static final int PAGE = 200;

    private final ExportRun run;
    private final ExportContext context;
    private final Storage storage;
    private final long fileSize;
    private final Map<String, TypeJudge> judges = new HashMap<>();

    DeletedWork(ExportRun run, ExportContext context, Storage storage, long fileSize) {
        this.run = run;
        this.context = context;
        this.storage = storage;
        this.fileSize = fileSize;
    }

    /** Walks through the history, the latest in front; goes on where the task stands. */
    void all(Taken task, PartWriter part) {
        OptionalLong before =
                task.task().after().isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(Long.parseLong(task.task().after()));
        Optional<Instant> since = context.request().since();
        do {
            run.check();
            HistoryStore.Page page =
                    storage.history()
                            .history(
                                    context.tenant(),
                                    new HistoryRequest(
                                            new HistoryScope.System(),
                                            since,
                                            Optional.empty(),
                                            before,
                                            PAGE));
            List<String> deleted = deleted(page.versions(), since.orElseThrow());
            if (!deleted.isEmpty()) {
                part.line(line(deleted));
            }
            before = page.next();
            if (before.isPresent() && part.size() >= fileSize) {
                String place = Long.toString(before.getAsLong());
                run.finished(task, place, false, 0, part.finish().stream().toList());
            }
        } while (before.isPresent());
        run.finished(task, "", true, 0, part.finish().stream().toList());
    }

    private List<String> deleted(List<StoredResource> versions, Instant since) {
        var deleted = new ArrayList<String>();
        for (StoredResource version : versions) {
            if (version.deleted()
                    && version.lastUpdated().isAfter(since)
                    && isAsked(version.key())
                    && isLast(version)
                    && wasExported(version)) {
                deleted.add(version.key().toString());
            }
        }
        return deleted;
    }

    private boolean isAsked(ResourceKey key) {
        return context.request().types().contains(key.type());
    }

    /** Whether it is how the resource stood at the moment of the export. */
    private boolean isLast(StoredResource version) {
        return context.snapshot()
                .version(version.key(), context.snapshot().time())
                .filter(then -> then.version() == version.version())
                .isPresent();
    }

    private boolean wasExported(StoredResource version) {
        TypeJudge judge = judges.computeIfAbsent(version.key().type(), context::judgeDeleted);
        return storage.versions()
                .readVersion(context.tenant(), version.key(), version.version() - 1)
                .filter(before -> !before.deleted())
                .filter(judge::accepts)
                .isPresent();
    }

    private static byte[] line(List<String> references) {
        var entries = new ArrayList<JsonObject>();
        for (String reference : references) {
            JsonObject request =
                    JsonObject.builder().put("method", "DELETE").put("url", reference).build();
            entries.add(JsonObject.builder().put("request", request).build());
        }
        return JsonWriter.compact(
                JsonObject.builder()
                        .put("resourceType", "Bundle")
                        .put("type", "transaction")
                        .putArray("entry", entries)
                        .build());
    }
}
