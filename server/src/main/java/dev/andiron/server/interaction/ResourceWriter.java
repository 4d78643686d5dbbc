package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.meta.ResourceMeta;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.Precondition;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.tenant.TenantContext;

import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a resource becomes a version: parse, check, set id and meta, extract search values, commit.
 * Single writes and bundles share its steps; a bundle collects the mutations of all its entries and
 * commits them at once. Safe for use by many threads.
 */
public final class ResourceWriter {
    private final Storage storage;
    private final FhirRules rules;
    private final InstantSource clock;

    public ResourceWriter(Storage storage, FhirRules rules, InstantSource clock) {
        this.storage = storage;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * The resource that a request carries.
     *
     * @throws FhirException 400 if there is none or it is not JSON
     */
    public static JsonObject resource(FhirRequest request) {
        return switch (request.body()) {
            case RequestBody.Resource(JsonObject resource) -> resource;
            case RequestBody.Text(Json json, String _) -> parse(json);
            case RequestBody.Upload(InputStream _, String mediaType) ->
                    throw new FhirException(
                            415,
                            "not-supported",
                            "The body is %s; a resource is expected.".formatted(mediaType));
            case RequestBody.Absent() ->
                    throw new FhirException(
                            400, "required", "The request has no body; a resource is expected.");
        };
    }

    private static JsonObject parse(Json json) {
        try {
            return JsonReader.readObject(json.bytes());
        } catch (JsonSyntaxException e) {
            throw new FhirException(
                    400, "structure", "The body is not well-formed JSON: " + e.getMessage());
        }
    }

    /**
     * Checks a resource that is to be written as a type.
     *
     * @throws FhirException 400 for another type, 422 with everything that is wrong otherwise
     */
    public void check(String type, JsonObject resource) {
        String actual = resource.string("resourceType").orElse("");
        if (!actual.equals(type)) {
            throw new FhirException(
                    400,
                    "invalid",
                    actual.isEmpty()
                            ? "The body has no resourceType; %s is expected.".formatted(type)
                            : "The body is a %s, but the URL says %s.".formatted(actual, type));
        }
        if (resource.has("meta") && resource.object("meta").isEmpty()) {
            throw new FhirException(
                    422,
                    List.of(Issue.error("structure", "meta takes an object.", type + ".meta")));
        }
        List<Issue> issues = rules.validate(resource);
        boolean refused =
                issues.stream()
                        .anyMatch(
                                issue ->
                                        issue.severity() == Issue.Severity.ERROR
                                                || issue.severity() == Issue.Severity.FATAL);
        if (refused) {
            throw new FhirException(422, issues);
        }
    }

    /** Now, in whole milliseconds, as every version carries it. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * The version that follows another one, checked already.
     *
     * @param key where it goes
     * @param current the present version, deleted or not; empty if the resource never existed
     * @param resource its content; id, version and time are replaced
     * @param now when it is written; moved up to the current version's time if that is later
     */
    public Mutation.Put put(
            TenantContext tenant,
            ResourceKey key,
            Optional<ResourceHead> current,
            JsonObject resource,
            Instant now) {
        long version = next(current);
        Instant time = notBefore(current, now);
        JsonObject content = new ResourceMeta(key.id(), version, time).into(resource);
        var stored =
                new StoredResource(
                        key,
                        version,
                        time,
                        rules.version(),
                        false,
                        Json.of(JsonWriter.compact(content)));
        return new Mutation.Put(
                stored, rules.searchValues(tenant, content, storage.capabilities().search()));
    }

    /** Whether a resource is what is stored, apart from its id, version and time. */
    public static boolean saysTheSame(StoredResource stored, JsonObject resource) {
        JsonObject content =
                new ResourceMeta(stored.key().id(), stored.version(), stored.lastUpdated())
                        .into(resource);
        byte[] bytes = stored.content().bytes();
        return Arrays.equals(bytes, JsonWriter.compact(content))
                || content.equals(JsonReader.readObject(bytes));
    }

    /** The mark of a delete that follows a version. */
    public Mutation.Delete delete(ResourceKey key, ResourceHead current, Instant now) {
        var head = Optional.of(current);
        return new Mutation.Delete(
                new StoredResource(
                        key,
                        next(head),
                        notBefore(head, now),
                        rules.version(),
                        true,
                        Json.empty()));
    }

    /** Commits one mutation if all of two lists of preconditions hold. */
    public void commit(
            TenantContext tenant,
            List<Precondition> conditions,
            List<Precondition> references,
            Mutation mutation) {
        var all = new ArrayList<>(conditions);
        all.addAll(references);
        commit(tenant, new Commit(all, List.of(mutation)));
    }

    /** Commits what was made by {@link #put} and {@link #delete}. */
    public CommitResult commit(TenantContext tenant, Commit commit) {
        var result = new CommitResult[1];
        rules.commit(tenant, commit, () -> result[0] = storage.resources().commit(tenant, commit));
        return result[0];
    }

    private static long next(Optional<ResourceHead> current) {
        return current.map(ResourceHead::version).orElse(0L) + 1;
    }

    private static Instant notBefore(Optional<ResourceHead> current, Instant now) {
        return current.map(ResourceHead::lastUpdated).filter(now::isBefore).orElse(now);
    }
}
