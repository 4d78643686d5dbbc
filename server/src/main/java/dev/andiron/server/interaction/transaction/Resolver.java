package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.interaction.CurrentVersion;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Decides what the operations of a transaction come to: finds what conditional ones are about,
 * reads the current versions, refuses what cannot be, and writes down what it relied on.
 */
final class Resolver {
    private final Services services;
    private final StoreState state;
    private final List<Precondition> preconditions;

    /**
     * A resolver of one attempt.
     *
     * @param preconditions collects what must still hold at the commit
     */
    Resolver(Services services, StoreState state, List<Precondition> preconditions) {
        this.services = services;
        this.state = state;
        this.preconditions = preconditions;
    }

    /**
     * Resolves all operations.
     *
     * @param operations in the order of the bundle
     * @return in the same order
     */
    List<Resolution> resolve(List<Operation> operations) {
        state.searchAhead(
                operations.stream()
                        .filter(operation -> operation.kind() != Operation.Kind.DELETE)
                        .flatMap(operation -> operation.condition().stream())
                        .map(condition -> wanted(condition, Set.of()))
                        .collect(Collectors.toSet()));
        var resolutions = new Resolution[operations.size()];
        for (int i = 0; i < resolutions.length; i++) {
            Operation operation = operations.get(i);
            resolutions[i] =
                    switch (operation.kind()) {
                        case READ ->
                                new Resolution(operation, Resolution.Effect.READ, List.of(), -1);
                        case DELETE -> guarded(operation, this::delete);
                        case UPDATE -> guarded(operation, this::update);
                        case PATCH -> guarded(operation, this::patch);
                        case CREATE -> null;
                    };
        }
        Set<ResourceKey> deleted = keys(resolutions, Resolution.Effect.DELETE);
        var creates = new HashMap<String, Integer>();
        for (int i = 0; i < resolutions.length; i++) {
            if (resolutions[i] == null) {
                resolutions[i] = guarded(operations.get(i), it -> create(it, deleted, creates));
            }
        }
        List<Resolution> all = List.of(resolutions);
        requireDistinct(all);
        return all;
    }

    private interface Step {
        Resolution of(Operation operation);
    }

    private static Resolution guarded(Operation operation, Step step) {
        try {
            return step.of(operation);
        } catch (FhirException e) {
            throw Outcomes.of(operation.entry(), e);
        }
    }

    private static Set<ResourceKey> keys(Resolution[] resolutions, Resolution.Effect effect) {
        var keys = new HashSet<ResourceKey>();
        for (Resolution resolution : resolutions) {
            if (resolution != null && resolution.effect() == effect) {
                keys.addAll(resolution.keys());
            }
        }
        return keys;
    }

    private Resolution create(
            Operation operation, Set<ResourceKey> deleted, Map<String, Integer> creates) {
        if (operation.condition().isEmpty()) {
            return Resolution.of(
                    operation, Resolution.Effect.CREATE, operation.key().orElseThrow());
        }
        Condition condition = operation.condition().get();
        Optional<ResourceKey> match = single(condition, deleted);
        if (match.isPresent()) {
            return Resolution.of(operation, Resolution.Effect.FOUND, match.get());
        }
        Integer first = creates.putIfAbsent(condition.text(), operation.index());
        ResourceKey key = operation.key().orElseThrow();
        return first == null
                ? Resolution.of(operation, Resolution.Effect.CREATE, key)
                : new Resolution(operation, Resolution.Effect.FOUND, List.of(key), first);
    }

    private Resolution update(Operation operation) {
        ResourceKey key = operation.key().orElseThrow();
        if (operation.condition().isEmpty()) {
            return Resolution.of(operation, Resolution.Effect.WRITE, key);
        }
        Optional<ResourceKey> match = single(operation.condition().get(), Set.of());
        boolean named = operation.resource().orElseThrow().has("id");
        if (match.isEmpty()) {
            return Resolution.of(
                    operation, named ? Resolution.Effect.WRITE : Resolution.Effect.CREATE, key);
        }
        if (named && !match.get().equals(key)) {
            throw new FhirException(
                    400,
                    "invalid",
                    "The criteria match %s, but the resource has the id '%s'."
                            .formatted(match.get(), key.id()));
        }
        return Resolution.of(operation, Resolution.Effect.WRITE, match.get());
    }

    private Resolution patch(Operation operation) {
        if (operation.key().isPresent()) {
            return Resolution.of(operation, Resolution.Effect.PATCH, operation.key().get());
        }
        Condition condition = operation.condition().orElseThrow();
        return single(condition, Set.of())
                .map(key -> Resolution.of(operation, Resolution.Effect.PATCH, key))
                .orElseThrow(
                        () ->
                                new FhirException(
                                        404,
                                        "not-found",
                                        "Nothing matches %s.".formatted(condition.text())));
    }

    private Resolution delete(Operation operation) {
        if (operation.key().isPresent()) {
            return Resolution.of(operation, Resolution.Effect.DELETE, operation.key().get());
        }
        Condition condition = operation.condition().orElseThrow();
        if (!services.policy().deleteSeveral()) {
            List<ResourceKey> keys = single(condition, Set.of()).stream().toList();
            return new Resolution(operation, Resolution.Effect.DELETE, keys, -1);
        }
        int most = services.policy().deleteAtMost();
        List<ResourceKey> keys = state.matches(condition, most + 1);
        if (keys.size() > most) {
            throw new FhirException(
                    412,
                    "too-costly",
                    "%s matches more than the %d resources that one entry may delete."
                            .formatted(condition.text(), most));
        }
        return new Resolution(operation, Resolution.Effect.DELETE, keys, -1);
    }

    /**
     * The one live resource that matches, if any, and the precondition that it stays so.
     *
     * @param condition the criteria
     * @param besides resources that do not count, since the bundle changes them
     * @throws FhirException 412 if there are several
     */
    Optional<ResourceKey> single(Condition condition, Set<ResourceKey> besides) {
        List<ResourceKey> found = state.matches(condition, wanted(condition, besides).limit());
        List<ResourceKey> counting =
                besides.isEmpty()
                        ? found
                        : found.stream().filter(key -> !besides.contains(key)).toList();
        if (counting.size() > 1) {
            throw new FhirException(
                    412,
                    "multiple-matches",
                    "%s matches more than one resource; exactly one is needed here."
                            .formatted(condition.text()));
        }
        rely(condition, found, counting, besides);
        return counting.stream().findFirst();
    }

    /** What {@link #single} searches for. */
    private static StoreState.Wanted wanted(Condition condition, Set<ResourceKey> besides) {
        return new StoreState.Wanted(condition, 2 + besides.size());
    }

    /** Makes the searches of {@link #single} for these conditions, if that saves time. */
    void searchAhead(Map<Condition, Set<ResourceKey>> conditions) {
        state.searchAhead(
                conditions.entrySet().stream()
                        .map(each -> wanted(each.getKey(), each.getValue()))
                        .toList());
    }

    private void rely(
            Condition condition,
            List<ResourceKey> found,
            List<ResourceKey> counting,
            Set<ResourceKey> besides) {
        if (found.isEmpty()) {
            preconditions.add(new Precondition.NoMatch(condition.type(), condition.criterion()));
        } else if (found.size() == 1) {
            preconditions.add(new Precondition.OnlyMatch(condition.criterion(), found.getFirst()));
        } else if (services.storage().capabilities().search().contains(SearchFeature.NOT)) {
            Criterion others =
                    new Criterion.All(
                            List.of(
                                    condition.criterion(),
                                    new Criterion.Not(
                                            new Criterion.Id(
                                                    besides.stream()
                                                            .map(ResourceKey::id)
                                                            .collect(Collectors.toSet())))));
            preconditions.add(
                    counting.isEmpty()
                            ? new Precondition.NoMatch(condition.type(), others)
                            : new Precondition.OnlyMatch(others, counting.getFirst()));
        }
    }

    private static void requireDistinct(Collection<Resolution> resolutions) {
        var changed = new HashMap<ResourceKey, Operation>();
        for (Resolution resolution : resolutions) {
            if (!resolution.writes() && !resolution.touches()) {
                continue;
            }
            for (ResourceKey key : resolution.keys()) {
                Operation other = changed.putIfAbsent(key, resolution.operation());
                if (other != null) {
                    throw twice(key, other, resolution.operation());
                }
            }
        }
    }

    private static FhirException twice(ResourceKey key, Operation one, Operation other) {
        int first = Math.min(one.index(), other.index());
        int second = Math.max(one.index(), other.index());
        return new FhirException(
                400,
                List.of(
                        new Issue(
                                Issue.Severity.ERROR,
                                "duplicate",
                                "Entries %d and %d both change %s; a transaction may change a"
                                                .formatted(first, second, key)
                                        + " resource once.",
                                List.of(
                                        "Bundle.entry[" + first + "]",
                                        "Bundle.entry[" + second + "]"))));
    }

    /** The keys whose current versions matter. */
    static Set<ResourceKey> touched(List<Resolution> resolutions) {
        var keys = new HashSet<ResourceKey>();
        for (Resolution resolution : resolutions) {
            if (resolution.touches()) {
                keys.addAll(resolution.keys());
            }
        }
        return keys;
    }

    /** Reads the current versions and judges the conditions that are about them. */
    void readVersions(List<Resolution> resolutions) {
        var contents = new ArrayList<ResourceKey>();
        for (Resolution resolution : resolutions) {
            boolean found =
                    resolution.effect() == Resolution.Effect.FOUND && resolution.sameAs() < 0;
            if (found || resolution.effect() == Resolution.Effect.PATCH) {
                contents.add(resolution.key());
            }
        }
        state.readContents(contents);
        Set<ResourceKey> rest = touched(resolutions);
        contents.forEach(rest::remove);
        state.readHeads(rest);
        for (Resolution resolution : resolutions) {
            try {
                judge(resolution);
            } catch (FhirException e) {
                throw Outcomes.of(resolution.operation().entry(), e);
            }
        }
    }

    /** The live resources that updates write over. */
    List<ResourceKey> updated(List<Resolution> resolutions) {
        return resolutions.stream()
                .filter(resolution -> resolution.effect() == Resolution.Effect.WRITE)
                .map(Resolution::key)
                .filter(key -> state.head(key).filter(head -> !head.deleted()).isPresent())
                .toList();
    }

    private void judge(Resolution resolution) {
        Operation operation = resolution.operation();
        switch (resolution.effect()) {
            case WRITE, DELETE -> {
                for (ResourceKey key : resolution.keys()) {
                    requireCurrent(operation, key);
                }
                if (operation.kind() == Operation.Kind.UPDATE && operation.isConditional()) {
                    requireFreeOrMatched(operation, resolution.key());
                }
            }
            case PATCH -> {
                requireCurrent(operation, resolution.key());
                requireLive(resolution.key());
            }
            case FOUND -> {
                if (resolution.sameAs() < 0 && state.content(resolution.key()).isEmpty()) {
                    throw new StorageException.PreconditionFailed(
                            0, resolution.key() + " was deleted meanwhile.");
                }
            }
            case CREATE, READ -> {
                // nothing is there yet, or nothing changes
            }
        }
    }

    private void requireCurrent(Operation operation, ResourceKey key) {
        CurrentVersion.require(operation.entry().request().conditions(), key, state.head(key));
    }

    private void requireLive(ResourceKey key) {
        Optional<ResourceHead> head = state.head(key);
        if (head.isEmpty()) {
            throw new FhirException(404, "not-found", key + " is not known.");
        }
        if (head.get().deleted()) {
            throw new FhirException(410, "deleted", key + " has been deleted.");
        }
    }

    /** No match, an id, and something there already is a conflict (FHIR R4, conditional update). */
    private void requireFreeOrMatched(Operation operation, ResourceKey key) {
        List<ResourceKey> found = state.matches(operation.condition().orElseThrow(), 2);
        boolean live = state.head(key).filter(head -> !head.deleted()).isPresent();
        if (found.isEmpty() && live) {
            throw new FhirException(
                    409,
                    "duplicate",
                    "The criteria match nothing, but %s exists already.".formatted(key));
        }
    }
}
