package dev.andiron.server.export;

import dev.andiron.server.export.ExportState.File;
import dev.andiron.server.export.ExportState.Kind;
import dev.andiron.server.export.ExportState.Task;
import dev.andiron.server.export.ExportState.TypeCount;
import dev.andiron.server.job.JobContext;
import dev.andiron.spi.job.Progress;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One attempt at an export: gives tasks to the threads that work on it, and remembers what they
 * finish, in one checkpoint with where they go on. Safe for use by many threads.
 */
final class ExportRun {
    /** How often the job's record tells how far it is, between files. */
    private static final long TELL_EVERY = TimeUnit.MILLISECONDS.toNanos(1_000);

    /** A type of which less is left is not shared out any more. */
    private static final long SHARED = 4L * ExportSplit.LEAST;

    private final JobContext context;
    private final ExportObserver observer;
    private final Instant time;
    private final long position;
    private final List<Task> tasks;
    private final BitSet taken = new BitSet();
    private final Map<Integer, String> places = new HashMap<>();
    private final List<File> files;
    private final Map<String, TypeCount> counts = new TreeMap<>();
    private final Map<String, Long> seen = new HashMap<>();
    private final Map<String, Integer> parts = new HashMap<>();
    private long told = System.nanoTime();

    ExportRun(JobContext context, ExportState from, ExportObserver observer) {
        this.context = context;
        this.observer = observer;
        time = from.time();
        position = from.position();
        tasks = new ArrayList<>(from.tasks());
        files = new ArrayList<>(from.files());
        from.counts().forEach(each -> counts.put(each.type(), each));
        for (File file : files) {
            // Numbers go on behind those of the files that are listed.
            String[] words = file.part().split("[-.]");
            parts.merge(words[0], Integer.valueOf(words[1]), Math::max);
        }
    }

    /** A task in the hands of a thread. */
    record Taken(int index, Task task) {}

    /** The next task that nobody has; empty if there is none. */
    synchronized Optional<Taken> take() {
        context.check();
        for (int i = 0; i < tasks.size(); i++) {
            if (!taken.get(i) && !tasks.get(i).done()) {
                return Optional.of(given(i));
            }
        }
        return Optional.empty();
    }

    private Taken given(int index) {
        taken.set(index);
        Task task = tasks.get(index);
        places.put(index, task.after());
        return new Taken(index, task);
    }

    /**
     * What a thread still has before it.
     *
     * @param after behind what it reads now
     * @param until the last id of it
     */
    record Stretch(int index, String type, String after, Optional<String> until) {}

    /** Those that are long enough to be shared, the longest types first. */
    synchronized List<Stretch> stretches() {
        var stretches = new ArrayList<Stretch>();
        for (Map.Entry<Integer, String> place : places.entrySet()) {
            Task task = tasks.get(place.getKey());
            if (task.kind() == Kind.RESOURCES && !task.done() && left(task.type()) >= SHARED) {
                stretches.add(
                        new Stretch(place.getKey(), task.type(), place.getValue(), task.until()));
            }
        }
        stretches.sort(Comparator.comparingLong((Stretch each) -> left(each.type())).reversed());
        return stretches;
    }

    private long left(String type) {
        TypeCount count = counts.get(type);
        return count == null ? 0 : count.total() - count.done() - seen.getOrDefault(type, 0L);
    }

    /**
     * Gives away what a stretch has behind an id; empty if its thread is there already, or another
     * has taken it.
     */
    synchronized Optional<Taken> split(Stretch stretch, String at) {
        Task task = tasks.get(stretch.index());
        if (task.done()
                || !task.until().equals(stretch.until())
                || places.get(stretch.index()).compareTo(at) >= 0) {
            return Optional.empty();
        }
        tasks.set(stretch.index(), task.until(at));
        tasks.add(new Task(task.kind(), task.type(), at, stretch.until(), false));
        return Optional.of(given(tasks.size() - 1));
    }

    /**
     * Goes on to resources that were read, as far as they still belong to the task.
     *
     * @param last the last of them
     * @return the last id of the task
     */
    synchronized Optional<String> enter(Taken task, String last) {
        context.check();
        places.merge(task.index(), last, (one, other) -> one.compareTo(other) > 0 ? one : other);
        return tasks.get(task.index()).until();
    }

    /** Stops the thread if the job is to stop. */
    void check() {
        context.check();
    }

    /**
     * A name for the next file.
     *
     * @param stem a word for what it holds
     * @param extension such as {@code .ndjson}
     */
    synchronized String name(String stem, String extension) {
        return context.part(stem + "-" + parts.merge(stem, 1, Integer::sum), extension);
    }

    /** Notes resources that were looked at, but lie in no file that is finished yet. */
    synchronized void saw(String type, long more) {
        seen.merge(type, more, Long::sum);
        if (System.nanoTime() - told > TELL_EVERY) {
            tell();
        }
    }

    /**
     * Notes that files are finished.
     *
     * @param after where the task goes on
     * @param looked how many resources were looked at for them
     */
    synchronized void finished(
            Taken task, String after, boolean done, long looked, List<File> more) {
        Task now = tasks.get(task.index()).at(after, done);
        tasks.set(task.index(), now);
        files.addAll(more);
        if (looked > 0) {
            TypeCount count = counts.getOrDefault(now.type(), new TypeCount(now.type(), 0, 0, -1));
            counts.put(now.type(), count.and(looked));
            seen.merge(now.type(), -looked, Long::sum);
        }
        if (looked > 0 || !more.isEmpty()) {
            tell();
        }
        more.forEach(file -> observer.exported(file.count(), file.size()));
    }

    private void tell() {
        context.checkpoint(progress(), state().json());
        told = System.nanoTime();
    }

    /** Where it stands. */
    synchronized ExportState state() {
        List<TypeCount> shown =
                counts.values().stream()
                        .map(each -> each.seeing(seen.getOrDefault(each.type(), 0L)))
                        .toList();
        return new ExportState(time, position, tasks, files, shown);
    }

    /** What is told about it. */
    synchronized Progress progress() {
        long done = 0;
        long total = 0;
        boolean isKnown = true;
        for (TypeCount each : counts.values()) {
            done += each.done() + seen.getOrDefault(each.type(), 0L);
            total += Math.max(0, each.total());
            isKnown &= each.total() >= 0;
        }
        long lines = files.stream().mapToLong(File::count).sum();
        return new Progress(
                done,
                isKnown ? OptionalLong.of(total) : OptionalLong.empty(),
                "%d resources seen, %d files with %d lines".formatted(done, files.size(), lines));
    }
}
