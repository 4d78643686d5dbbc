package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.server.bulkimport.ImportTally.Count;
import dev.andiron.server.interaction.ConditionalReferences;
import dev.andiron.server.interaction.Conditions;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.Method;
import dev.andiron.server.interaction.Preferences;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.ResourceIds;
import dev.andiron.server.interaction.ResourceWriter;
import dev.andiron.server.interaction.Services;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stores batches: each in one commit, what is there already left alone, what is refused told. A
 * batch that was stored before is found unchanged. Safe for use by many threads.
 */
final class ResourceStorer {
    /** How often a storage that is not available is asked again before the import gives up. */
    private static final int PATIENCE = 6;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Services services;
    private final ConditionalReferences references;

    ResourceStorer(Services services) {
        this.services = services;
        references = new ConditionalReferences(services);
    }

    /** A resource or removal that is well-formed. */
    private record Wanted(long line, ResourceKey key, Optional<JsonObject> resource) {}

    /** What is decided about a batch. */
    private static final class Plan {
        private final List<Mutation> mutations = new ArrayList<>();
        private final LinkedHashSet<Precondition> preconditions = new LinkedHashSet<>();
        private final ImportTally.Collector counts = new ImportTally.Collector();
        private final List<ImportFailure> failures = new ArrayList<>();
        private boolean overwrites;
    }

    /**
     * Stores a batch.
     *
     * @param request who asked, and by which base URL
     * @param allNew whether nothing of what the import brought lately was there; kept up to date
     * @param fence throws if somebody else has taken over the import; called before something that
     *     is there is written over
     * @throws StorageException if the storage cannot take it now
     */
    Batch.Result store(FhirRequest request, Batch batch, AtomicBoolean allNew, Runnable fence) {
        var failures = new ArrayList<ImportFailure>();
        var wanted = new ArrayList<Wanted>(batch.items().size());
        for (Item item : batch.items()) {
            try {
                switch (item) {
                    case Item.Write write -> wanted.add(wanted(batch.source(), write));
                    case Item.Removal removal -> wanted.add(wanted(removal));
                    case Item.Unreadable unreadable -> failures.add(unreadable.failure());
                    case Item.Transaction _ ->
                            throw new IllegalArgumentException("a transaction is no batch");
                }
            } catch (FhirException e) {
                failures.add(new ImportFailure(batch.source().name(), item.line(), e.issues()));
            }
        }
        Batch.Result result = storeAll(request, batch.source(), wanted, allNew, fence);
        failures.addAll(result.failures());
        return new Batch.Result(
                result.tally().and(ImportTally.failed(failures.size())),
                failures,
                result.position());
    }

    private Wanted wanted(ImportSource source, Item.Write write) {
        JsonObject resource;
        try {
            resource = JsonReader.readObject(write.json());
        } catch (JsonSyntaxException e) {
            throw new FhirException(400, "structure", "Not well-formed JSON: " + e.getMessage());
        }
        String type = resource.string("resourceType").orElse("");
        if (!services.rules().isResourceType(type)) {
            throw new FhirException(
                    400,
                    type.isEmpty() ? "required" : "not-supported",
                    type.isEmpty()
                            ? "It has no resourceType."
                            : "'%s' is not a resource type of FHIR %s that is stored."
                                    .formatted(type, services.rules().version()));
        }
        if (source.type().isPresent() && !source.type().get().equals(type)) {
            throw new FhirException(
                    400,
                    "invalid",
                    "It is a %s; the file was said to hold %s."
                            .formatted(type, source.type().get()));
        }
        String id =
                resource.has("id")
                        ? resource.string("id").map(ResourceIds::require).orElseThrow(this::noText)
                        : DerivedId.of(source.name(), write.line(), write.json());
        services.writer()
                .check(
                        type,
                        resource.has("id") ? resource : resource.with("id", JsonString.of(id)));
        return new Wanted(write.line(), new ResourceKey(type, id), Optional.of(resource));
    }

    private FhirException noText() {
        return new FhirException(400, "structure", "Its id is no text.");
    }

    private Wanted wanted(Item.Removal removal) {
        if (!services.rules().isResourceType(removal.resource().type())) {
            throw new FhirException(
                    400,
                    "not-supported",
                    "'%s' is not a resource type that is stored."
                            .formatted(removal.resource().type()));
        }
        return new Wanted(removal.line(), removal.resource(), Optional.empty());
    }

    private Batch.Result storeAll(
            FhirRequest request,
            ImportSource source,
            List<Wanted> wanted,
            AtomicBoolean allNew,
            Runnable fence) {
        if (wanted.isEmpty()) {
            return new Batch.Result(ImportTally.NONE, List.of(), 0);
        }
        try {
            return patiently(
                    () ->
                            services.retries()
                                    .run(() -> attempt(request, source, wanted, allNew, fence)));
        } catch (StorageException.VersionConflict
                | StorageException.PreconditionFailed
                | StorageException.TooLarge
                | StorageException.Unprocessable
                | StorageException.NotSupported e) {
            if (wanted.size() > 1) {
                int half = wanted.size() / 2;
                Batch.Result first =
                        storeAll(request, source, wanted.subList(0, half), allNew, fence);
                Batch.Result second =
                        storeAll(
                                request,
                                source,
                                wanted.subList(half, wanted.size()),
                                allNew,
                                fence);
                var failures = new ArrayList<>(first.failures());
                failures.addAll(second.failures());
                return new Batch.Result(
                        first.tally().and(second.tally()),
                        failures,
                        Math.max(first.position(), second.position()));
            }
            Wanted one = wanted.getFirst();
            return new Batch.Result(
                    ImportTally.NONE,
                    List.of(
                            ImportFailure.of(
                                    source.name(),
                                    one.line(),
                                    code(e),
                                    "%s: %s".formatted(one.key(), e.getMessage()))),
                    0);
        }
    }

    private static String code(StorageException refusal) {
        return switch (refusal) {
            case StorageException.TooLarge _ -> "too-long";
            case StorageException.NotSupported _ -> "not-supported";
            case StorageException.Unprocessable _ -> "processing";
            default -> "conflict";
        };
    }

    private interface Attempt {
        Batch.Result run();
    }

    /** Asks again while the storage is not available: to do a batch twice does no harm. */
    private static Batch.Result patiently(Attempt attempt) {
        for (int tries = 1; ; tries++) {
            try {
                return attempt.run();
            } catch (StorageException.Unavailable e) {
                if (tries == PATIENCE || !sleep(e.retryAfter())) {
                    throw e;
                }
            }
        }
    }

    private static boolean sleep(Duration wait) {
        try {
            Thread.sleep(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Writes like a request: whoever waits for those that have begun waits for this, too. */
    private Batch.Result attempt(
            FhirRequest request,
            ImportSource source,
            List<Wanted> wanted,
            AtomicBoolean allNew,
            Runnable fence) {
        try (var _ = services.requests().begin()) {
            return write(request, source, wanted, allNew, fence);
        } catch (StorageException.VersionConflict e) {
            allNew.set(false);
            throw e;
        }
    }

    private Batch.Result write(
            FhirRequest request,
            ImportSource source,
            List<Wanted> wanted,
            AtomicBoolean allNew,
            Runnable fence) {
        TenantContext tenant = request.tenant();
        Map<ResourceKey, ResourceHead> heads = heads(tenant, wanted, allNew);
        Map<ResourceKey, StoredResource> contents = contents(tenant, wanted, heads);
        var plan = new Plan();
        Instant now = services.writer().now();
        for (Wanted each : wanted) {
            try {
                decide(request, each, heads, contents, now, plan);
            } catch (FhirException e) {
                plan.failures.add(new ImportFailure(source.name(), each.line(), e.issues()));
            }
        }
        long position = 0;
        if (!plan.mutations.isEmpty()) {
            if (plan.overwrites) {
                fence.run();
            }
            var commit = new Commit(List.copyOf(plan.preconditions), plan.mutations);
            position = services.writer().commit(tenant, commit).position();
        }
        return new Batch.Result(plan.counts.tally(0), plan.failures, position);
    }

    /**
     * What is there. While all was new, nobody looks: a first version is refused where there is
     * one, or was.
     */
    private Map<ResourceKey, ResourceHead> heads(
            TenantContext tenant, List<Wanted> wanted, AtomicBoolean allNew) {
        var heads = new HashMap<ResourceKey, ResourceHead>();
        boolean onlyWrites = wanted.stream().allMatch(each -> each.resource().isPresent());
        if (allNew.get() && onlyWrites) {
            return heads;
        }
        List<ResourceKey> keys = wanted.stream().map(Wanted::key).toList();
        services.storage().resources().heads(tenant, keys).forEach(it -> heads.put(it.key(), it));
        allNew.set(heads.isEmpty());
        return heads;
    }

    private Map<ResourceKey, StoredResource> contents(
            TenantContext tenant, List<Wanted> wanted, Map<ResourceKey, ResourceHead> heads) {
        List<ResourceKey> live =
                wanted.stream()
                        .filter(each -> each.resource().isPresent())
                        .map(Wanted::key)
                        .filter(key -> heads.containsKey(key) && !heads.get(key).deleted())
                        .toList();
        var contents = new HashMap<ResourceKey, StoredResource>();
        if (!live.isEmpty()) {
            for (StoredResource found : services.storage().resources().readMany(tenant, live)) {
                contents.put(found.key(), found);
                heads.put(found.key(), ResourceHead.of(found));
            }
        }
        return contents;
    }

    private void decide(
            FhirRequest request,
            Wanted wanted,
            Map<ResourceKey, ResourceHead> heads,
            Map<ResourceKey, StoredResource> contents,
            Instant now,
            Plan plan) {
        ResourceKey key = wanted.key();
        var head = Optional.ofNullable(heads.get(key));
        boolean live = head.isPresent() && !head.get().deleted();
        plan.overwrites |= live;
        if (wanted.resource().isEmpty()) {
            if (live) {
                plan.mutations.add(services.writer().delete(key, head.get(), now));
            }
            plan.counts.add(key.type(), live ? Count.DELETED : Count.UNCHANGED);
            return;
        }
        var resolved = references.resolve(request, wanted.resource().get());
        StoredResource stored = contents.get(key);
        if (stored != null
                && !stored.deleted()
                && ResourceWriter.saysTheSame(stored, resolved.resource())) {
            plan.counts.add(key.type(), Count.UNCHANGED);
            return;
        }
        plan.mutations.add(
                services.writer().put(request.tenant(), key, head, resolved.resource(), now));
        plan.preconditions.addAll(resolved.preconditions());
        plan.counts.add(key.type(), live ? Count.UPDATED : Count.CREATED);
    }

    /** A request such as a client could have made, for what asks by whom and by which base. */
    static FhirRequest request(TenantContext tenant, String base, RequestBody body) {
        return FhirRequest.of(
                tenant,
                Method.POST,
                base,
                "",
                Conditions.none(),
                Preferences.parse("return=minimal"),
                body);
    }
}
