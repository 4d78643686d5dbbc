package dev.andiron.kernel.lent;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * Writes the small commits of a tenant that hang on criteria and come together as one commit. One
 * by one, each would have to be judged again because of the one before. Safe for use by many
 * threads at once.
 */
final class CommitGroups {
    /** A larger commit is worth a commit of its own. */
    private static final int SMALL = 16;

    private static final int MOST_TOGETHER = 256;

    private final ResourceStore store;
    private final Judgement judgement;
    private final ValueExtraction extraction;
    private final Set<SearchFeature> carried;

    /**
     * The commits that wait, of the callers (with their permissions) for whom a thread is at work.
     */
    private final Map<TenantContext, ArrayDeque<Waiting>> tenants = new HashMap<>();

    CommitGroups(
            ResourceStore store,
            Judgement judgement,
            ValueExtraction extraction,
            Set<SearchFeature> carried) {
        this.carried = Set.copyOf(carried);
        this.store = store;
        this.judgement = judgement;
        this.extraction = extraction;
    }

    /** A commit and its caller. */
    private record Waiting(
            TenantContext tenant, Commit commit, CompletableFuture<CommitResult> result) {
        void fail(RuntimeException failure) {
            result.completeExceptionally(failure);
        }
    }

    /** A commit and its conditions, judged. */
    private record Judged(Waiting waiting, List<Precondition> preconditions) {}

    /**
     * Commits.
     *
     * @return the position of the last commit that was written together with this one
     */
    CommitResult commit(TenantContext tenant, Commit commit) {
        if (commit.mutations().size() > SMALL) {
            return judgement.commit(store, tenant, commit);
        }
        var waiting = new Waiting(tenant, commit, new CompletableFuture<>());
        enqueue(waiting);
        try {
            return waiting.result().join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private synchronized void enqueue(Waiting waiting) {
        TenantContext tenant = waiting.tenant();
        ArrayDeque<Waiting> queue = tenants.get(tenant);
        if (queue == null) {
            queue = new ArrayDeque<>();
            tenants.put(tenant, queue);
            Thread.ofVirtual().name("judge-" + tenant.tenant()).start(() -> writeAll(tenant));
        }
        queue.add(waiting);
    }

    private synchronized List<Waiting> next(TenantContext tenant) {
        ArrayDeque<Waiting> queue = tenants.get(tenant);
        var group = new ArrayList<Waiting>();
        while (!queue.isEmpty() && group.size() < MOST_TOGETHER) {
            group.add(queue.remove());
        }
        if (group.isEmpty()) {
            tenants.remove(tenant);
        }
        return group;
    }

    private void writeAll(TenantContext tenant) {
        for (List<Waiting> group = next(tenant); !group.isEmpty(); group = next(tenant)) {
            putBack(tenant, write(group));
        }
    }

    private synchronized void putBack(TenantContext tenant, List<Waiting> left) {
        left.reversed().forEach(tenants.get(tenant)::addFirst);
    }

    /** Writes those that go together; gives the others. */
    private List<Waiting> write(List<Waiting> group) {
        try {
            if (group.size() == 1) {
                alone(group.getFirst());
                return List.of();
            }
            TenantContext tenant = group.getFirst().tenant();
            var together = new Compatibility(values(tenant, features(group)));
            var now = new ArrayList<Judged>();
            var later = new ArrayList<Waiting>();
            for (Judged judged : judged(tenant, group)) {
                if (together.take(judged.waiting().commit())) {
                    now.add(judged);
                } else {
                    later.add(judged.waiting());
                }
            }
            if (!now.isEmpty()) {
                write(tenant, now);
            }
            return later;
        } catch (RuntimeException | Error defect) {
            var internal = new StorageException.Internal("a commit failed", defect);
            group.forEach(waiting -> waiting.fail(internal));
            return List.of();
        }
    }

    private Function<Mutation.Put, List<SearchValue>> values(
            TenantContext tenant, Set<SearchFeature> features) {
        return carried.containsAll(features)
                ? Mutation.Put::searchValues
                : put -> extraction.values(tenant, put.resource(), features);
    }

    private static Set<SearchFeature> features(List<Waiting> group) {
        var features = EnumSet.noneOf(SearchFeature.class);
        for (Waiting waiting : group) {
            for (Precondition precondition : waiting.commit().preconditions()) {
                switch (precondition) {
                    case Precondition.NoMatch(_, var criterion) ->
                            features.addAll(ResourceMatcher.features(criterion));
                    case Precondition.OnlyMatch(var criterion, _) ->
                            features.addAll(ResourceMatcher.features(criterion));
                    case Precondition.VersionIs _, Precondition.Unchanged _ -> {}
                }
            }
        }
        return Set.copyOf(features);
    }

    private void write(TenantContext tenant, List<Judged> good) {
        var commit =
                new Commit(
                        good.stream()
                                .flatMap(each -> each.preconditions().stream())
                                .distinct()
                                .toList(),
                        good.stream()
                                .flatMap(each -> each.waiting().commit().mutations().stream())
                                .toList());
        try {
            CommitResult result = store.commit(tenant, commit);
            good.forEach(each -> each.waiting().result().complete(result));
        } catch (StorageException.Unavailable
                | StorageException.Timeout
                | StorageException.Internal unknown) {
            good.forEach(each -> each.waiting().fail(unknown));
        } catch (StorageException refused) {
            // Whom it is about shows when each goes alone.
            good.forEach(each -> Thread.startVirtualThread(() -> alone(each.waiting())));
        }
    }

    /** Those whose criteria hold; the others are told. */
    private List<Judged> judged(TenantContext tenant, List<Waiting> group) {
        long since;
        try {
            since = judgement.last(tenant);
        } catch (StorageException failed) {
            group.forEach(waiting -> waiting.fail(failed));
            return List.of();
        }
        return SideBySide.map(group, waiting -> judged(waiting, since)).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Judged> judged(Waiting waiting, long since) {
        try {
            return Optional.of(
                    new Judged(
                            waiting, judgement.judged(waiting.tenant(), waiting.commit(), since)));
        } catch (StorageException refused) {
            waiting.fail(refused);
            return Optional.empty();
        }
    }

    private void alone(Waiting waiting) {
        try {
            waiting.result().complete(judgement.commit(store, waiting.tenant(), waiting.commit()));
        } catch (RuntimeException | Error failed) {
            waiting.result().completeExceptionally(failed);
        }
    }
}
