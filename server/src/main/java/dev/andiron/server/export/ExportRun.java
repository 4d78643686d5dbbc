package dev.andiron.server.export;

import dev.andiron.server.export.ExportState.File;
import dev.andiron.server.export.ExportState.Task;
import dev.andiron.server.export.ExportState.TypeCount;
import dev.andiron.server.job.JobContext;
import dev.andiron.spi.job.Progress;

import java.time.Instant;
import java.util.ArrayList;
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

    private final JobContext context;
    private final Instant time;
    private final long position;
    private final List<Task> tasks;
    private final boolean[] taken;
    private final List<File> files;
    private final Map<String, TypeCount> counts = new TreeMap<>();
    private final Map<String, Long> seen = new HashMap<>();
    private final Map<String, Integer> parts = new HashMap<>();
    private long told = System.nanoTime();

    ExportRun(JobContext context, ExportState from) {
        this.context = context;
        time = from.time();
        position = from.position();
        tasks = new ArrayList<>(from.tasks());
        taken = new boolean[tasks.size()];
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
        for (int i = 0; i < taken.length; i++) {
            if (!taken[i] && !tasks.get(i).done()) {
                taken[i] = true;
                return Optional.of(new Taken(i, tasks.get(i)));
            }
        }
        return Optional.empty();
    }

    /** Stops the thread if the job is to stop. */
    void check() {
        context.check();
    }

    /**
     * A name for the next file.
     *
     * @param stem a word for what it holds
     */
    synchronized String name(String stem) {
        return context.part(stem + "-" + parts.merge(stem, 1, Integer::sum), ".ndjson");
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
