package dev.andiron.server.bulkimport;

import dev.andiron.server.bulkimport.ImportState.ErrorFile;
import dev.andiron.server.bulkimport.ImportState.Place;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.spi.StorageException;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.zip.ZipException;

/**
 * Takes files from a place in them to their end: batches are stored side by side, and from time to
 * time it is remembered up to where all are done. No resource occurs twice behind that place, so
 * what lies there may be done again, and later lines win over earlier ones. Used by one thread.
 */
final class ImportRun implements AutoCloseable {
    private static final int PENDING = 256 << 10;
    private static final int TRIES = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

    /** Opens a file. */
    interface Opener {
        /**
         * Opens it at its beginning.
         *
         * @throws IOException if it cannot be had just now
         */
        SourceFiles.Opened open(ImportSource source) throws IOException;
    }

    /**
     * What an import works with.
     *
     * @param applied through which position searches see commits; empty when they see each at once
     */
    record Tools(
            ResourceStorer storer,
            Transactions transactions,
            ImportSettings settings,
            Supplier<OptionalLong> applied,
            InstantSource clock) {}

    /** Commits that searches may not see yet. */
    private record Unseen(long position, long count) {}

    private final Tools tools;
    private final FhirRequest request;
    private final List<ImportSource> sources;
    private final Opener opener;
    private final boolean opensAgain;
    private final ImportTrack track;
    private final ArrayDeque<Unseen> unseen = new ArrayDeque<>();
    private final AtomicBoolean allNew = new AtomicBoolean();
    private ImportState state;
    private Optional<OpenItems> open = Optional.empty();
    private Optional<ImportFailure> unread = Optional.empty();
    private long saved = System.nanoTime();
    private int tries;
    private long found;

    /** A file that is being read. */
    private record OpenItems(int source, Items items, SourceFiles.Opened file) {}

    /**
     * @param request who asked, and by which base URL
     * @param opensAgain whether a file whose reading failed may be opened again
     */
    ImportRun(
            Tools tools,
            FhirRequest request,
            List<ImportSource> sources,
            Opener opener,
            boolean opensAgain,
            ImportTrack track,
            ImportState from) {
        this.tools = tools;
        this.request = request;
        this.sources = List.copyOf(sources);
        this.opener = opener;
        this.opensAgain = opensAgain;
        this.track = track;
        state = from;
        found = from.visibility().searchable();
        long rest = from.tally().stored() - found;
        if (rest > 0) {
            unseen.add(new Unseen(from.visibility().position(), rest));
        }
    }

    /**
     * Does what is left.
     *
     * @return the end
     */
    ImportState run() throws InterruptedException {
        try (var window = new Window(tools.settings().parallel(), this::store);
                var saver = new Saver(track)) {
            fill(window, saver);
            settle(window, saver);
        }
        keep();
        return state;
    }

    private Batch.Result store(Batch batch) {
        if (batch.items().getFirst() instanceof Item.Transaction transaction) {
            return tools.transactions()
                    .perform(
                            request,
                            batch.source(),
                            transaction,
                            tools.clock().instant().truncatedTo(ChronoUnit.MILLIS));
        }
        return tools.storer().store(request, batch, allNew, track::fence);
    }

    /** Hands out batches, and remembers from time to time how far that is. */
    private void fill(Window window, Saver saver) throws InterruptedException {
        Place place = state.place();
        var batch = new ArrayList<Item>();
        int bytes = 0;
        while (place.source() < sources.size()) {
            track.check();
            ImportSource source = sources.get(place.source());
            Optional<Item> next = next(place);
            if (next.isEmpty()) {
                submit(window, source, batch, place);
                bytes = 0;
                place = leave(window, source, place);
                continue;
            }
            Item item = next.get();
            boolean alone = item instanceof Item.Transaction;
            if (alone || item.key().isPresent() && !window.add(item.key().get())) {
                submit(window, source, batch, place);
                bytes = 0;
                settle(window, saver);
                item.key().ifPresent(window::add);
            }
            batch.add(item);
            bytes += item.size();
            Items items = open.orElseThrow().items();
            place =
                    new Place(
                            place.source(),
                            items.offset(),
                            items.line(),
                            place.seen() + 1,
                            open.get().file().mark());
            if (alone || batch.size() >= tools.settings().batch() || bytes >= Window.BATCH_BYTES) {
                submit(window, source, batch, place);
                bytes = 0;
                if (alone || window.isFull()) {
                    settle(window, saver);
                } else {
                    saveSome(window, saver);
                }
            }
        }
    }

    private static void submit(Window window, ImportSource source, ArrayList<Item> batch, Place end)
            throws InterruptedException {
        if (!batch.isEmpty()) {
            window.submit(new Batch(source, batch), end);
            batch.clear();
        }
    }

    /** The next item; empty at the end of a file, and with nothing open if it has to be left. */
    private Optional<Item> next(Place place) throws InterruptedException {
        ImportSource source = sources.get(place.source());
        while (true) {
            try {
                if (open.isEmpty()) {
                    open = Optional.of(open(source, place));
                }
                Optional<Item> item = open.get().items().next();
                tries = 0;
                return item;
            } catch (SourceException e) {
                giveUp(source, place, e.getMessage());
                return Optional.empty();
            } catch (EOFException | ZipException e) {
                giveUp(source, place, "The file is not complete, valid gzip.");
                return Optional.empty();
            } catch (IOException e) {
                close();
                again(source, e);
            }
        }
    }

    private void again(ImportSource source, IOException e) throws InterruptedException {
        track.check();
        String reason = "%s cannot be read: %s".formatted(source.name(), e.getMessage());
        tries++;
        if (!opensAgain || tries >= TRIES) {
            throw new StorageException.Unavailable(reason, FIRST_PAUSE, e);
        }
        Thread.sleep(FIRST_PAUSE.multipliedBy(1L << tries));
    }

    private void giveUp(ImportSource source, Place place, String reason) {
        close();
        unread =
                Optional.of(
                        incomplete(
                                source,
                                place.line() == 0
                                        ? reason
                                        : "%s It was read to line %d."
                                                .formatted(reason, place.line())));
    }

    private static ImportFailure incomplete(ImportSource source, String reason) {
        return ImportFailure.of(source.name(), 0, "incomplete", reason);
    }

    /** Goes on to the next file. */
    private Place leave(Window window, ImportSource source, Place place) {
        Optional<ImportFailure> failure = open.isPresent() ? miscount(source, place) : unread;
        unread = Optional.empty();
        close();
        Place next = place.nextSource();
        window.reached(next, failure.stream().toList());
        return next;
    }

    private OpenItems open(ImportSource source, Place place) throws IOException {
        SourceFiles.Opened file = opener.open(source);
        try {
            if (!place.mark().isEmpty() && !place.mark().equals(file.mark())) {
                throw new SourceException("The file has changed while it was imported.");
            }
            int longest = tools.settings().line();
            if (source.form() == ImportSource.Form.BUNDLE) {
                return new OpenItems(
                        place.source(),
                        BundleItems.read(source, file.text(), longest, place.offset()),
                        file);
            }
            file.text().skipNBytes(place.offset());
            return new OpenItems(
                    place.source(),
                    new LineItems(
                            source, new Lines(file.text(), longest, place.offset(), place.line())),
                    file);
        } catch (IOException | RuntimeException e) {
            file.text().close();
            throw e;
        }
    }

    /** Says so if a file does not have as many resources as somebody said. */
    private static Optional<ImportFailure> miscount(ImportSource source, Place place) {
        boolean counted = source.form() == ImportSource.Form.LINES && source.count().isPresent();
        if (!counted || source.count().getAsLong() == place.seen()) {
            return Optional.empty();
        }
        return Optional.of(
                incomplete(
                        source,
                        "The file has %d resources; the manifest says %d."
                                .formatted(place.seen(), source.count().getAsLong())));
    }

    /** Remembers how far that is, once all that was handed out is done. */
    private void settle(Window window, Saver saver) throws InterruptedException {
        window.await();
        saver.await(window);
        if (!window.isEmpty()) {
            Window.Done done = window.done();
            if (!add(done)) {
                track.save(state);
            }
            window.forget(done.keys());
            saved = System.nanoTime();
        }
    }

    /** Remembers how far all is done, if it is time to, while the rest goes on. */
    private void saveSome(Window window, Saver saver) throws InterruptedException {
        boolean isDue = System.nanoTime() - saved >= tools.settings().stretch().toNanos();
        if (saver.isBusy(window) || !isDue) {
            return;
        }
        Window.Done done = window.done();
        if (done.results().isEmpty()) {
            return;
        }
        if (add(done)) {
            window.forget(done.keys());
        } else {
            saver.save(state, done.keys());
        }
        saved = System.nanoTime();
    }

    /**
     * Takes in what is done.
     *
     * @return whether it has been remembered, too
     */
    private boolean add(Window.Done done) {
        ImportTally more = ImportTally.NONE;
        long position = state.visibility().position();
        var pending = new StringBuilder(state.pending());
        for (Batch.Result result : done.results()) {
            more = more.and(result.tally());
            position = Math.max(position, result.position());
            unseen.add(new Unseen(result.position(), result.tally().stored()));
            for (ImportFailure failure : result.failures()) {
                pending.append(new String(failure.json(), StandardCharsets.UTF_8)).append('\n');
            }
        }
        var visibility = new Visibility(searchable(), position);
        state = state.at(done.end(), more, pending.toString(), state.errors(), visibility);
        if (pending.length() > PENDING) {
            keep();
            return true;
        }
        return false;
    }

    private long searchable() {
        OptionalLong applied = tools.applied().get();
        unseen.removeIf(
                each -> {
                    boolean seen = applied.isEmpty() || each.position() <= applied.getAsLong();
                    if (seen) {
                        found += each.count();
                    }
                    return seen;
                });
        return found;
    }

    /** Puts errors into a file, and remembers both. */
    private void keep() {
        if (!state.pending().isEmpty()) {
            byte[] ndjson = state.pending().getBytes(StandardCharsets.UTF_8);
            var errors = new ArrayList<>(state.errors());
            String part = track.keep(errors.size() + 1, ndjson);
            errors.add(new ErrorFile(part, state.pending().lines().count()));
            state = state.at(state.place(), ImportTally.NONE, "", errors, state.visibility());
        }
        track.save(state);
    }

    /** Closes the file that is open. */
    @Override
    public void close() {
        if (open.isPresent()) {
            try {
                open.get().file().text().close();
            } catch (IOException e) {
                // It was only read.
            }
            open = Optional.empty();
        }
    }
}
