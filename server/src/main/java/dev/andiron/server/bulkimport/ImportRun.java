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
import java.util.function.Supplier;
import java.util.zip.ZipException;

/**
 * Takes files from a place in them to their end, stretch by stretch: batches of a stretch are
 * stored side by side, then its end is remembered. No resource occurs twice in a stretch, so it may
 * be done again from its beginning, and later lines win over earlier ones. Used by one thread.
 */
final class ImportRun implements AutoCloseable {
    private static final int BATCH_BYTES = 4 << 20;
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
    private ImportState state;
    private Optional<OpenItems> open = Optional.empty();
    private Optional<Item> held = Optional.empty();
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
        while (state.place().source() < sources.size()) {
            try (var stretch = new Stretch(tools.settings(), this::store)) {
                Place end = fill(stretch);
                save(end, stretch.results());
            }
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
        return tools.storer().store(request, batch, track::fence);
    }

    /** Hands out batches until it is time to remember how far that is. */
    private Place fill(Stretch stretch) throws InterruptedException {
        Place place = state.place();
        var batch = new ArrayList<Item>();
        int bytes = 0;
        while (place.source() < sources.size() && !stretch.isOver()) {
            track.check();
            ImportSource source = sources.get(place.source());
            Optional<Item> next = next(stretch, place);
            if (next.isEmpty()) {
                submit(stretch, source, batch);
                bytes = 0;
                if (open.isPresent()) {
                    requireCount(stretch, source, place);
                }
                close();
                place = place.nextSource();
                continue;
            }
            Item item = next.get();
            boolean alone = item instanceof Item.Transaction;
            boolean again = item.key().isPresent() && !stretch.add(item.key().get());
            if (again || alone && !(stretch.isEmpty() && batch.isEmpty())) {
                held = next;
                break;
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
            if (alone || batch.size() >= tools.settings().batch() || bytes >= BATCH_BYTES) {
                submit(stretch, source, batch);
                bytes = 0;
            }
            if (alone) {
                break;
            }
        }
        if (!batch.isEmpty()) {
            submit(stretch, sources.get(place.source()), batch);
        }
        return place;
    }

    private static void submit(Stretch stretch, ImportSource source, ArrayList<Item> batch)
            throws InterruptedException {
        if (!batch.isEmpty()) {
            stretch.submit(new Batch(source, batch));
            batch.clear();
        }
    }

    /** The next item; empty at the end of a file, and with nothing open if it has to be left. */
    private Optional<Item> next(Stretch stretch, Place place) throws InterruptedException {
        if (held.isPresent()) {
            Optional<Item> item = held;
            held = Optional.empty();
            return item;
        }
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
                leave(stretch, source, place, e.getMessage());
                return Optional.empty();
            } catch (EOFException | ZipException e) {
                leave(stretch, source, place, "The file is not complete, valid gzip.");
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

    private void leave(Stretch stretch, ImportSource source, Place place, String reason) {
        close();
        stretch.failed(
                ImportFailure.of(
                        source.name(),
                        0,
                        "incomplete",
                        place.line() == 0
                                ? reason
                                : "%s It was read to line %d.".formatted(reason, place.line())));
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
    private static void requireCount(Stretch stretch, ImportSource source, Place place) {
        boolean counted = source.form() == ImportSource.Form.LINES;
        if (counted && source.count().isPresent() && source.count().getAsLong() != place.seen()) {
            stretch.failed(
                    ImportFailure.of(
                            source.name(),
                            0,
                            "incomplete",
                            "The file has %d resources; the manifest says %d."
                                    .formatted(place.seen(), source.count().getAsLong())));
        }
    }

    private void save(Place place, List<Batch.Result> results) {
        ImportTally more = ImportTally.NONE;
        long position = state.visibility().position();
        var pending = new StringBuilder(state.pending());
        for (Batch.Result result : results) {
            more = more.and(result.tally());
            position = Math.max(position, result.position());
            unseen.add(new Unseen(result.position(), result.tally().stored()));
            for (ImportFailure failure : result.failures()) {
                pending.append(new String(failure.json(), StandardCharsets.UTF_8)).append('\n');
            }
        }
        var visibility = new Visibility(searchable(), position);
        state = state.at(place, more, pending.toString(), state.errors(), visibility);
        if (pending.length() > PENDING) {
            keep();
        } else {
            track.save(state);
        }
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
        held = Optional.empty();
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
