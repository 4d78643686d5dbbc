package dev.andiron.server.cli.load;

import dev.andiron.server.bulkimport.TopLevel;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Loads files into a FHIR server. Transaction and batch bundles are sent as they are, straight from
 * the file; NDJSON to the import of a server that has it, {@value LineParcels#MAX_LINES} lines at a
 * time, to others in batches of at most {@value LineBatches#MAX_ENTRIES} resources. Memory is
 * bounded by the number of requests at once times the size of an answer or a batch.
 */
public final class Loader {
    private final FhirTarget target;
    private final int parallel;
    private final boolean imports;
    private final LoadJournal journal;
    private final LoadTally tally = new LoadTally();
    private volatile boolean serverLost;

    private Loader(FhirTarget target, int parallel, boolean imports, LoadJournal journal) {
        this.target = target;
        this.parallel = parallel;
        this.imports = imports;
        this.journal = journal;
    }

    /**
     * How to load.
     *
     * @param server the FHIR base
     * @param tenant whose data it becomes; the server's default tenant when empty
     * @param parallel requests at once, at least 1
     * @param timeout the longest that one request may take
     * @param journal the file that tells what was done before
     */
    public record Settings(
            URI server,
            Optional<String> tenant,
            int parallel,
            Duration timeout,
            Optional<Path> journal) {

        /** Without a journal. */
        public Settings(URI server, Optional<String> tenant, int parallel, Duration timeout) {
            this(server, tenant, parallel, timeout, Optional.empty());
        }
    }

    /** Sees how a load goes on. */
    @FunctionalInterface
    public interface Observer {
        /**
         * The load starts.
         *
         * @param tally what has been done, from now on
         * @param files how many files are sent
         * @param bytes their length on disk
         * @return is closed when the load ends
         */
        Running started(LoadTally tally, int files, long bytes);
    }

    /** Ends with the load. */
    @FunctionalInterface
    public interface Running extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Loads files and folders.
     *
     * @return what was loaded and what was not
     * @throws LoadException if nothing could be sent
     */
    public static LoadTally load(Settings settings, List<Path> paths, Observer observer)
            throws InterruptedException {
        LoadFiles files = LoadFiles.find(paths);
        try (var target =
                new FhirTarget(settings.server(), settings.tenant(), settings.timeout())) {
            boolean imports = target.check();
            try (var journal =
                    settings.journal().map(LoadJournal::in).orElseGet(LoadJournal::none)) {
                return load(settings, target, imports, journal, files, observer);
            }
        }
    }

    private static LoadTally load(
            Settings settings,
            FhirTarget target,
            boolean imports,
            LoadJournal journal,
            LoadFiles files,
            Observer observer)
            throws InterruptedException {
        var loader = new Loader(target, settings.parallel(), imports, journal);
        try (Running _ = observer.started(loader.tally, files.files().size(), files.totalSize())) {
            loader.run(files.files());
        }
        return loader.tally;
    }

    private void run(List<LoadFile> files) throws InterruptedException {
        for (int stage = 0; stage <= 2; stage++) {
            int current = stage;
            List<LoadFile> together =
                    files.stream().filter(file -> file.stage() == current).toList();
            var slots = new Semaphore(parallel);
            // Closing waits for what was submitted: a later stage relies on the earlier one.
            try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
                for (LoadFile file : together) {
                    read(file, slots, senders);
                }
            }
        }
    }

    private void read(LoadFile file, Semaphore slots, ExecutorService senders)
            throws InterruptedException {
        try (InputStream text = file.open()) {
            if (file.form() == LoadFile.Form.NDJSON && imports) {
                var pieces = new LineParcels(file, text, tally);
                for (var piece = pieces.next(); piece.isPresent(); piece = pieces.next()) {
                    Parcel parcel = piece.get().parcel();
                    submit(parcel, LoadJournal.piece(file, piece.get().first()), slots, senders);
                }
                tally.advanced(pieces.rest());
                return;
            }
            if (file.form() == LoadFile.Form.NDJSON) {
                var batches = new LineBatches(file, text, tally);
                Optional<Parcel> batch = batches.next();
                while (batch.isPresent()) {
                    submit(batch.get(), "", slots, senders);
                    batch = batches.next();
                }
                tally.advanced(batches.rest());
                return;
            }
            Map<String, String> head = TopLevel.strings(text, "resourceType", "type");
            String type = head.getOrDefault("type", "");
            if (!"Bundle".equals(head.get("resourceType"))) {
                throw new IOException(
                        "it holds %s, not a Bundle"
                                .formatted(head.getOrDefault("resourceType", "no resource")));
            }
            if (!type.equals("transaction") && !type.equals("batch")) {
                throw new IOException(
                        "it is a Bundle of type '%s'; transaction and batch are loaded"
                                .formatted(type));
            }
        } catch (IOException e) {
            tally.failed(file.path().toString(), LineBatches.firstLine(e));
            tally.advanced(file.size());
            return;
        }
        Supplier<BodyPublisher> body = () -> file(file.path());
        submit(
                new Parcel(file.path().toString(), body, file.gzip(), file.size(), List.of()),
                LoadJournal.piece(file, 0),
                slots,
                senders);
    }

    private static BodyPublisher file(Path path) {
        try {
            return BodyPublishers.ofFile(path);
        } catch (IOException e) {
            throw new LoadException("cannot read " + path, e);
        }
    }

    /** Sends a parcel, unless an earlier load has; empty pieces are in no journal. */
    private void submit(Parcel parcel, String piece, Semaphore slots, ExecutorService senders)
            throws InterruptedException {
        if (journal.has(piece)) {
            tally.advanced(parcel.progress());
            tally.passedOver();
            return;
        }
        slots.acquire();
        senders.execute(
                () -> {
                    try {
                        if (send(parcel) && !piece.isEmpty()) {
                            journal.add(piece);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        tally.advanced(parcel.progress());
                        slots.release();
                    }
                });
    }

    /** Whether all of it was taken. */
    private boolean send(Parcel parcel) throws InterruptedException {
        if (serverLost) {
            tally.failed(parcel.origin(), "not sent, since the server no longer answers");
            return false;
        }
        try {
            var answer = new AnswerReader(parcel, tally);
            answer.read(target.post(parcel, tally));
            return answer.isWhole();
        } catch (ConnectException e) {
            serverLost = true;
            tally.failed(parcel.origin(), "no connection: " + FhirTarget.reason(e));
        } catch (IOException e) {
            tally.failed(
                    parcel.origin(),
                    "no answer (%s); it may or may not have been stored"
                            .formatted(FhirTarget.reason(e)));
        } catch (RuntimeException e) {
            // Told like every other failure: nothing may vanish in a thread of its own.
            tally.failed(parcel.origin(), String.valueOf(e.getMessage()));
        }
        return false;
    }
}
