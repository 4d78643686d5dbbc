package dev.andiron.server.interaction.transaction;

import dev.andiron.fhir.bundle.FullUrls;
import dev.andiron.fhir.bundle.References;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.patch.Patches;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.ResourceWriter;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One attempt at a transaction: everything is decided against one look at the store, and the commit
 * holds only if that look was right.
 */
final class Attempt {
    private final Services services;
    private final Tools tools;
    private final FhirRequest bundle;
    private final FullUrls fullUrls;
    private final StoreState state;
    private final List<Precondition> preconditions = new ArrayList<>();
    private final Resolver resolver;
    private final Instant now;

    /**
     * What does not change from one transaction to the next.
     *
     * @param keepsUnchanged whether an update that changes nothing makes no version
     */
    record Tools(
            References references, Patches patches, BundleLimits limits, boolean keepsUnchanged) {}

    /**
     * What a transaction came to.
     *
     * @param resolutions by entry
     * @param written by entry, the version made, else null
     * @param state what the store held before
     */
    record Result(List<Resolution> resolutions, StoredResource[] written, StoreState state) {}

    Attempt(Services services, Tools tools, FhirRequest bundle, FullUrls fullUrls) {
        this.services = services;
        this.tools = tools;
        this.bundle = bundle;
        this.fullUrls = fullUrls;
        state = new StoreState(services, bundle.tenant());
        resolver = new Resolver(services, state, preconditions);
        now = services.writer().now();
    }

    /** Finds what the conditional operations are about. */
    List<Resolution> resolve(List<Operation> operations) {
        return resolver.resolve(operations);
    }

    /** Does the rest, and commits. */
    Result commit(List<Resolution> resolutions) {
        resolver.readVersions(resolutions);
        JsonObject[] contents = contents(resolutions);
        List<EntryTargets.Place> places = places(resolutions);
        Map<String, ResourceKey> conditional = conditional(resolutions, contents, places);
        var mutations = new Mutation[resolutions.size()];
        var written = new StoredResource[resolutions.size()];
        if (tools.keepsUnchanged()) {
            state.readContents(resolver.updated(resolutions));
        }
        Set<String> schemes = fullUrls.schemes();
        List<Resolution> writing = resolutions.stream().filter(Resolution::writes).toList();
        Parallel.forEach(
                writing,
                resolution -> {
                    int index = resolution.operation().index();
                    var targets = new EntryTargets(index, fullUrls, places, conditional);
                    JsonObject content =
                            tools.references().rewrite(contents[index], targets, schemes);
                    Optional<StoredResource> unchanged = unchanged(resolution, content);
                    if (unchanged.isPresent()) {
                        written[index] = unchanged.get();
                    } else {
                        mutations[index] = put(resolution, content);
                    }
                });
        List<Mutation> ordered = ordered(resolutions, mutations);
        if (!ordered.isEmpty()) {
            var distinct = new LinkedHashSet<>(preconditions);
            services.writer().commit(bundle.tenant(), new Commit(List.copyOf(distinct), ordered));
        }
        for (int i = 0; i < written.length; i++) {
            if (mutations[i] instanceof Mutation.Put put) {
                written[i] = put.resource();
            }
        }
        return new Result(resolutions, written, state);
    }

    private Optional<StoredResource> unchanged(Resolution resolution, JsonObject content) {
        return tools.keepsUnchanged() && resolution.effect() == Resolution.Effect.WRITE
                ? state.content(resolution.key())
                        .filter(stored -> ResourceWriter.saysTheSame(stored, content))
                : Optional.empty();
    }

    private Mutation.Put put(Resolution resolution, JsonObject content) {
        try {
            Optional<ResourceHead> current =
                    resolution.effect() == Resolution.Effect.CREATE
                            ? Optional.empty()
                            : state.head(resolution.key());
            return services.writer().put(bundle.tenant(), resolution.key(), current, content, now);
        } catch (FhirException e) {
            throw Outcomes.of(resolution.operation().entry(), e);
        }
    }

    /** The resource of each entry that writes one, before its references are rewritten. */
    private JsonObject[] contents(List<Resolution> resolutions) {
        var contents = new JsonObject[resolutions.size()];
        for (Resolution resolution : resolutions) {
            Operation operation = resolution.operation();
            if (resolution.effect() == Resolution.Effect.PATCH) {
                try {
                    contents[operation.index()] = patched(resolution);
                } catch (FhirException e) {
                    throw Outcomes.of(operation.entry(), e);
                }
            } else if (resolution.writes()) {
                contents[operation.index()] = operation.resource().orElseThrow();
            }
        }
        return contents;
    }

    private JsonObject patched(Resolution resolution) {
        StoredResource current = state.content(resolution.key()).orElseThrow();
        JsonObject before = JsonReader.readObject(current.content().bytes());
        JsonObject after =
                switch (resolution.operation().entry().request().body()) {
                    case RequestBody.Resource(JsonObject parameters) ->
                            tools.patches().apply(before, parameters);
                    case RequestBody.Text(Json patch, String mediaType) ->
                            tools.patches().apply(before, mediaType, patch.bytes());
                    case RequestBody.Upload _, RequestBody.Absent _ ->
                            throw new FhirException(400, "required", "A patch is expected.");
                };
        services.writer().check(resolution.key().type(), after);
        return after;
    }

    private List<EntryTargets.Place> places(List<Resolution> resolutions) {
        var versions = new HashMap<ResourceKey, Long>();
        for (Resolution resolution : resolutions) {
            if (resolution.writes()) {
                versions.put(resolution.key(), nextVersion(resolution));
            }
        }
        var places = new ArrayList<EntryTargets.Place>(resolutions.size());
        for (Resolution resolution : resolutions) {
            if (!resolution.isTarget()) {
                places.add(new EntryTargets.Place(Optional.empty(), 0));
                continue;
            }
            ResourceKey key =
                    resolution.sameAs() < 0
                            ? resolution.key()
                            : resolutions.get(resolution.sameAs()).key();
            long stored = state.head(key).map(ResourceHead::version).orElse(1L);
            places.add(
                    new EntryTargets.Place(Optional.of(key), versions.getOrDefault(key, stored)));
        }
        return places;
    }

    private long nextVersion(Resolution resolution) {
        return resolution.effect() == Resolution.Effect.CREATE
                ? 1
                : state.head(resolution.key()).map(ResourceHead::version).orElse(0L) + 1;
    }

    private Map<String, ResourceKey> conditional(
            List<Resolution> resolutions, JsonObject[] contents, List<EntryTargets.Place> places) {
        var references = new ArrayList<Set<String>>(resolutions.size());
        for (Resolution resolution : resolutions) {
            int index = resolution.operation().index();
            references.add(
                    switch (resolution.effect()) {
                        case CREATE, WRITE -> resolution.operation().conditionalReferences();
                        case PATCH -> Operations.conditionalReferences(contents[index]);
                        case DELETE, FOUND, READ -> Set.of();
                    });
        }
        Map<String, Integer> users = ConditionalReferences.users(references);
        if (users.isEmpty()) {
            return Map.of();
        }
        int most = tools.limits().conditionalReferences();
        if (users.size() > most) {
            throw new FhirException(
                    413,
                    "too-costly",
                    "The bundle has %d different conditional references; at most %d are accepted."
                            .formatted(users.size(), most));
        }
        var facts = new WrittenFacts(services, bundle.tenant(), now);
        for (Resolution resolution : resolutions) {
            if (resolution.writes()) {
                int index = resolution.operation().index();
                var targets = new EntryTargets(index, fullUrls, places, Map.of());
                facts.add(
                        resolution.key(),
                        () -> tools.references().rewrite(contents[index], targets, Set.of()));
            }
        }
        return new ConditionalReferences(services, bundle, resolver)
                .resolve(users, contents, Resolver.touched(resolutions), facts);
    }

    /** All mutations in the order of processing: deletes, creates, updates, patches. */
    private List<Mutation> ordered(List<Resolution> resolutions, Mutation[] puts) {
        var ordered = new ArrayList<Mutation>(resolutions.size());
        var byKind = new ArrayList<>(resolutions);
        byKind.sort(Comparator.comparing(resolution -> resolution.operation().kind()));
        for (Resolution resolution : byKind) {
            if (resolution.effect() == Resolution.Effect.DELETE) {
                for (ResourceKey key : resolution.keys()) {
                    state.head(key)
                            .filter(head -> !head.deleted())
                            .ifPresent(
                                    head -> ordered.add(services.writer().delete(key, head, now)));
                }
            } else if (puts[resolution.operation().index()] != null) {
                ordered.add(puts[resolution.operation().index()]);
            }
        }
        return ordered;
    }
}
