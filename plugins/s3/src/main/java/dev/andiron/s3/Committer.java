package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes the commits of a tenant, of all callers who wait together as one entry of the log. Safe
 * for use by many threads at once.
 */
final class Committer {
    /** What one commit may have. */
    static final int MOST_MUTATIONS = 100_000;

    private static final long MOST_BYTES = 512L << 20;

    /** When an entry is full. */
    private static final int ENTRY_MUTATIONS = 20_000;

    private static final int ENTRY_INLINE = 1 << 20;

    /** How often the place in the log may be lost to other nodes. */
    private static final int ATTEMPTS = 200;

    private final TenantLog log;
    private final Packs packs;
    private final ArrayDeque<PendingCommit> waiting = new ArrayDeque<>();
    private boolean writing;

    Committer(TenantLog log, Packs packs) {
        this.log = log;
        this.packs = packs;
    }

    CommitResult commit(Commit commit) {
        log.known().prepare(commit.mutations().stream().map(Mutation::key).toList());
        var pending = new PendingCommit(commit, packs.place(log.tenant(), drafts(commit)));
        enqueue(pending);
        return pending.await();
    }

    private static List<LogEntry.Draft> drafts(Commit commit) {
        if (commit.mutations().size() > MOST_MUTATIONS) {
            throw new StorageException.TooLarge(
                    "a commit changes at most %,d resources".formatted(MOST_MUTATIONS));
        }
        var drafts = new ArrayList<LogEntry.Draft>(commit.mutations().size());
        long size = 0;
        for (var mutation : commit.mutations()) {
            LogEntry.Draft draft = PendingCommit.draft(mutation);
            drafts.add(draft);
            size += draft.content().stored().length;
            if (size > MOST_BYTES) {
                throw new StorageException.TooLarge(
                        "a commit has at most %d MiB, packed".formatted(MOST_BYTES >> 20));
            }
        }
        return drafts;
    }

    /** The first to come starts the writer, which ends when nobody waits any more. */
    private synchronized void enqueue(PendingCommit pending) {
        waiting.add(pending);
        if (!writing) {
            writing = true;
            Thread.ofVirtual().name("s3-log-" + log.tenant()).start(this::writeAll);
        }
    }

    /** Whether commits are on their way. */
    synchronized boolean busy() {
        return writing;
    }

    private void writeAll() {
        while (true) {
            List<PendingCommit> group = nextGroup();
            if (group.isEmpty()) {
                return;
            }
            try {
                write(group);
            } catch (StorageException failed) {
                group.forEach(pending -> pending.refuse(failed));
            } catch (RuntimeException | Error defect) {
                var internal = new StorageException.Internal("a commit failed", defect);
                group.forEach(pending -> pending.refuse(internal));
            }
        }
    }

    private synchronized List<PendingCommit> nextGroup() {
        var group = new ArrayList<PendingCommit>();
        long mutations = 0;
        long inline = 0;
        while (!waiting.isEmpty()) {
            PendingCommit next = waiting.peek();
            mutations += next.drafts().size();
            inline += next.inline();
            if (!group.isEmpty() && (mutations > ENTRY_MUTATIONS || inline > ENTRY_INLINE)) {
                break;
            }
            group.add(waiting.remove());
        }
        writing = !group.isEmpty();
        return group;
    }

    /** What was decided about a group, given a snapshot. */
    private record Decision(
            Snapshot snapshot, List<Runnable> answers, List<LogEntry.Draft> drafts) {
        static Decision of(Snapshot snapshot, List<PendingCommit> group) {
            var decision = new Decision(snapshot, new ArrayList<>(), new ArrayList<>());
            var judge = new Judge(snapshot);
            group.forEach(pending -> decision.add(judge, pending));
            return decision;
        }

        private void add(Judge judge, PendingCommit pending) {
            try {
                if (pending.tooLate()) {
                    throw new StorageException.Timeout("the commit has waited too long", null);
                }
                judge.judge(pending.commit());
                drafts.addAll(pending.drafts());
                long position = snapshot.last() + drafts.size();
                answers.add(() -> pending.done(position));
            } catch (StorageException refusal) {
                answers.add(() -> pending.refuse(refusal));
            }
        }
    }

    /**
     * Nobody is answered before the log is known to have ended where the decision was made: a
     * refusal, too, may rest on what another commit of the group does, or be outdated.
     */
    private void write(List<PendingCommit> group) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Decision decision = Decision.of(log.known(), group);
            if (holds(decision)) {
                decision.answers().forEach(Runnable::run);
                return;
            }
            pause(attempt);
        }
        throw new StorageException.Unavailable(
                "too many nodes write at once", Duration.ofSeconds(1), null);
    }

    private boolean holds(Decision decision) {
        if (decision.drafts().isEmpty()) {
            log.check();
            return log.known().last() == decision.snapshot().last();
        }
        return log.append(decision.snapshot(), decision.drafts()) == TenantLog.Outcome.APPENDED;
    }

    /** Lets the other nodes have their turn, the longer the more of them there seem to be. */
    private static void pause(int attempt) {
        if (attempt > 2) {
            long most = Math.min(100, 1L << Math.min(attempt, 7));
            LockSupport.parkNanos(
                    Duration.ofMillis(ThreadLocalRandom.current().nextLong(most)).toNanos());
        }
    }
}
