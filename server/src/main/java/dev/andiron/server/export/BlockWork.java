package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.kernel.snapshot.SnapshotScan;
import dev.andiron.server.export.ExportRun.Taken;
import dev.andiron.server.export.ExportState.File;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.StoredResource;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Writes an export in blocks, each about one resource of a type: a header that refers to it,
 * itself, and what belongs to it. All resources are looked at, sorted by block, and written in that
 * order. Whoever takes over sorts anew what lies behind the files that are listed. Used by one
 * thread.
 */
final class BlockWork {
    private static final long MEMORY = 16L << 20;

    /** A resource that would have to be repeated for more bytes than this is left out and named. */
    private static final long MOST_REPEATED = 64L << 20;

    /** Parts of a file after which the next block begins another. */
    private static final int FULL = 3;

    private static final int PARTS = 4;

    private final ExportRun run;
    private final ExportContext context;
    private final ExportJudges judges;
    private final UnaryOperator<byte[]> form;
    private final long fileSize;
    private final String by;
    private final BlockAnchors anchors;
    private final Map<String, Long> without = new TreeMap<>();

    /**
     * @param form how a resource is written
     */
    BlockWork(
            ExportRun run,
            ExportContext context,
            ExportJudges judges,
            UnaryOperator<byte[]> form,
            long fileSize) {
        this.run = run;
        this.context = context;
        this.judges = judges;
        this.form = form;
        this.fileSize = fileSize;
        by = context.request().organizedBy().orElseThrow();
        anchors = new BlockAnchors(context, by);
    }

    /** Does the whole task. */
    void all(Taken task, PartWriter part, PartWriter errors) {
        try (var sorter = new LineSorter(MEMORY)) {
            for (String type : new TreeSet<>(context.request().allTypes())) {
                gather(type, task.task().after(), sorter, errors);
            }
            tellWithout(errors);
            write(task, sorter.sorted(), part, errors);
        }
    }

    private void gather(String type, String after, LineSorter sorter, PartWriter errors) {
        Predicate<StoredResource> judge = judges.of(context.request().kind(type), type);
        try (SnapshotScan scan = context.snapshot().scan(type, "")) {
            for (List<StoredResource> rows = scan.next(); !rows.isEmpty(); rows = scan.next()) {
                run.check();
                for (StoredResource row : rows) {
                    try {
                        if (judge.test(row)) {
                            add(row, after, sorter, errors);
                        }
                    } catch (StorageException | JobFailedException e) {
                        throw e;
                    } catch (RuntimeException e) {
                        errors.line(ExportWork.unreadable(row, e));
                    }
                }
                run.saw(type, rows.size());
            }
        }
    }

    private void add(StoredResource row, String after, LineSorter sorter, PartWriter errors) {
        Set<String> blocks = anchors.of(row);
        if (blocks.isEmpty()) {
            without.merge(row.key().type(), 1L, Long::sum);
            return;
        }
        byte[] line = form.apply(row.content().bytes());
        if ((long) blocks.size() * line.length > MOST_REPEATED) {
            errors.line(
                    outcome(
                            Issue.error(
                                    "too-costly",
                                    "%s is left out: it belongs to %d blocks, and would have to be repeated in each."
                                            .formatted(row.key(), blocks.size()))));
            return;
        }
        for (String block : blocks) {
            boolean isItself = row.key().type().equals(by) && row.key().id().equals(block);
            String key =
                    "%s %s %s %s"
                            .formatted(
                                    block, isItself ? "0" : "1", row.key().type(), row.key().id());
            if (key.compareTo(after) > 0) {
                sorter.add(key, line);
            }
        }
    }

    private void tellWithout(PartWriter errors) {
        without.forEach(
                (type, count) ->
                        errors.line(
                                outcome(
                                        Issue.information(
                                                "informational",
                                                "%s: %d of these belong to no %s, so they are in no block."
                                                        .formatted(type, count, by)))));
    }

    private static byte[] outcome(Issue issue) {
        return JsonWriter.compact(OperationOutcome.of(issue));
    }

    private void write(
            Taken task, Iterator<LineSorter.Line> lines, PartWriter part, PartWriter errors) {
        String block = "";
        String last = task.task().after();
        while (lines.hasNext()) {
            LineSorter.Line line = lines.next();
            String of = line.key().substring(0, line.key().indexOf(' '));
            boolean isSame = of.equals(block);
            boolean isFull =
                    isSame
                            ? part.size() + line.text().length >= fileSize
                            : part.size() >= fileSize / PARTS * FULL;
            if (part.size() > 0 && isFull) {
                List<File> whole =
                        part.finish().stream().map(file -> file.continued(isSame)).toList();
                run.finished(task, last, false, 0, whole);
            }
            if (!isSame || part.size() == 0) {
                part.line(header(of));
            }
            part.line(line.text());
            block = of;
            last = line.key();
        }
        var files = new ArrayList<File>();
        part.finish().ifPresent(files::add);
        errors.finish().ifPresent(files::add);
        run.finished(task, last, true, 0, files);
    }

    private byte[] header(String id) {
        JsonObject reference = JsonObject.builder().put("reference", by + "/" + id).build();
        JsonObject header =
                JsonObject.builder().put("name", "header").put("valueReference", reference).build();
        return JsonWriter.compact(
                JsonObject.builder()
                        .put("resourceType", "Parameters")
                        .putArray("parameter", List.of(header))
                        .build());
    }
}
