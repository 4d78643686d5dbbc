package dev.andiron.server.export;

import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.kernel.snapshot.SnapshotScan;
import dev.andiron.server.export.ExportRun.Taken;
import dev.andiron.server.export.ExportState.Content;
import dev.andiron.server.export.ExportState.File;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.job.JobContext;
import dev.andiron.server.job.JobFailedException;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.StoredResource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** One of the threads that work on an export: takes tasks until there are no more. */
final class ExportWork {
    private final JobContext job;
    private final ExportRun run;
    private final ExportContext context;
    private final Storage storage;
    private final long fileSize;
    private final UnaryOperator<byte[]> form;
    private final ExportJudges judges;

    ExportWork(
            JobContext job, ExportRun run, ExportContext context, Storage storage, long fileSize) {
        this.job = job;
        this.run = run;
        this.context = context;
        this.storage = storage;
        this.fileSize = fileSize;
        form = form(context);
        judges = new ExportJudges(run, context);
    }

    /** How a resource is written: as it is stored, or some of its elements. */
    private static UnaryOperator<byte[]> form(ExportContext context) {
        String elements = String.join(",", new TreeSet<>(context.request().elements()));
        return elements.isEmpty()
                ? UnaryOperator.identity()
                : context.rules()
                        .subset(
                                new Parameters(
                                        List.of(new Parameters.Entry("_elements", elements))))
                        .orElseThrow();
    }

    /** Works until nothing is left to take. */
    void all() {
        var split = new ExportSplit(storage, context.tenant(), run);
        for (Optional<Taken> next = run.take().or(split::take);
                next.isPresent();
                next = run.take().or(split::take)) {
            Taken task = next.get();
            switch (task.task().kind()) {
                case RESOURCES, REFERRED, PROVENANCE -> resources(task);
                case NOTES -> notes(task);
                case BLOCKS -> blocks(task);
                case TABLE -> table(task);
                case DELETED -> deleted(task);
            }
        }
    }

    private PartWriter lines(Content content, String type, String stem) {
        return new PartWriter(job, storage.blobs(), content, type, () -> run.name(stem, ".ndjson"));
    }

    private PartWriter errors() {
        return lines(Content.ERROR, "OperationOutcome", "errors");
    }

    private void resources(Taken task) {
        String type = task.task().type();
        Predicate<StoredResource> judge = judges.of(task.task().kind(), type);
        try (var output = new LineOutput(lines(Content.OUTPUT, type, type), fileSize)) {
            walk(task, type, judge, output);
        }
    }

    /** The rows of a view over what is exported of its resource type. */
    private void table(Taken task) {
        ExportTable table = context.request().table(task.task().type());
        CompiledView view =
                CompiledView.compile(table.definition(), "", context.rules().definitions());
        Predicate<StoredResource> judge =
                judges.of(context.request().kind(table.type()), table.type());
        try (var output =
                new TableOutput(
                        job,
                        storage.blobs(),
                        table,
                        view,
                        () -> run.name(table.name(), ".parquet"),
                        fileSize)) {
            walk(task, table.type(), judge, output);
        }
    }

    private void blocks(Taken task) {
        String by = task.task().type();
        try (PartWriter part = lines(Content.OUTPUT, "", "by" + by);
                PartWriter errors = errors()) {
            new BlockWork(run, context, judges, form, fileSize).all(task, part, errors);
        }
    }

    private void walk(
            Taken task, String type, Predicate<StoredResource> judge, ExportOutput output) {
        try (SnapshotScan scan = context.snapshot().scan(type, task.task().after());
                PartWriter errors = errors()) {
            var walk = new Walk(task, judge, output, errors);
            for (List<StoredResource> rows = scan.next(); !rows.isEmpty(); rows = scan.next()) {
                if (!walk.enter(rows)) {
                    break;
                }
            }
            walk.end();
        }
    }

    /** A walk of one task through resources, part after part. */
    private final class Walk {
        private final Taken task;
        private final Predicate<StoredResource> judge;
        private final ExportOutput output;
        private final PartWriter errors;
        private String last;
        private long looked;
        private long untold;

        Walk(Taken task, Predicate<StoredResource> judge, ExportOutput output, PartWriter errors) {
            this.task = task;
            this.judge = judge;
            this.output = output;
            this.errors = errors;
            last = task.task().after();
        }

        /** Takes what belongs to the task; says whether more may follow. */
        boolean enter(List<StoredResource> rows) {
            Optional<String> until = run.enter(task, rows.getLast().key().id());
            for (StoredResource row : rows) {
                if (until.filter(end -> row.key().id().compareTo(end) > 0).isPresent()) {
                    return false;
                }
                take(row);
            }
            told();
            return true;
        }

        private void take(StoredResource resource) {
            try {
                if (judge.test(resource)) {
                    byte[] json = form.apply(resource.content().bytes());
                    if (!output.hasRoom(json)) {
                        finish(false);
                    }
                    output.add(json);
                }
            } catch (StorageException | JobFailedException e) {
                throw e;
            } catch (RuntimeException e) {
                errors.line(unreadable(resource, e));
            }
            last = resource.key().id();
            looked++;
            untold++;
        }

        /** Tells how far it is. */
        private void told() {
            run.saw(task.task().type(), untold);
            untold = 0;
        }

        void end() {
            finish(true);
        }

        private void finish(boolean done) {
            told();
            var files = new ArrayList<File>();
            output.finish().ifPresent(files::add);
            errors.finish().ifPresent(files::add);
            run.finished(task, last, done, looked, files);
            looked = 0;
        }
    }

    static byte[] unreadable(StoredResource resource, RuntimeException why) {
        return JsonWriter.compact(
                OperationOutcome.of(
                        Issue.error(
                                "exception",
                                "%s, version %d, cannot be exported: %s"
                                        .formatted(
                                                resource.key(),
                                                resource.version(),
                                                why.getMessage()))));
    }

    private void deleted(Taken task) {
        try (PartWriter part = lines(Content.DELETED, "Bundle", "deleted")) {
            new DeletedWork(run, context, storage, fileSize).all(task, part);
        }
    }

    /** What was passed over when the export was asked for. */
    private void notes(Taken task) {
        try (PartWriter errors = errors()) {
            for (String note : context.request().notes()) {
                errors.line(
                        JsonWriter.compact(
                                OperationOutcome.of(Issue.warning("not-supported", note))));
            }
            run.finished(task, "", true, 0, errors.finish().stream().toList());
        }
    }
}
