package dev.andiron.fhir.meta;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Optional;

/**
 * What the server keeps about a resource within it.
 *
 * @param id the logical id
 * @param version {@code meta.versionId}, from 1 upwards
 * @param lastUpdated {@code meta.lastUpdated}, in whole milliseconds
 */
public record ResourceMeta(String id, long version, Instant lastUpdated) {
    // Always three digits: the texts of one resource's versions have one length.
    private static final DateTimeFormatter INSTANT =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    /** An instant as {@code meta.lastUpdated} writes it: UTC, with milliseconds. */
    public static String text(Instant instant) {
        return INSTANT.format(instant);
    }

    /**
     * The resource with this id, version and time: right behind {@code resourceType}, {@code id}
     * and {@code meta}. Whatever else the client said in {@code meta} stays; its id, version and
     * time do not, nor do extensions of those two. Costs two small objects; the rest is shared.
     *
     * @throws IllegalArgumentException if {@code meta} is there but not an object
     */
    public JsonObject into(JsonObject resource) {
        JsonValue type = resource.get("resourceType");
        JsonValue meta = resource.get("meta");
        if (meta != null && !(meta instanceof JsonObject)) {
            throw new IllegalArgumentException("'meta' of a resource is an object");
        }
        var changed = JsonObject.builder();
        if (type != null) {
            changed.put("resourceType", type);
        }
        changed.put("id", id);
        changed.put("meta", changed(meta instanceof JsonObject object ? object : null));
        for (int i = 0; i < resource.size(); i++) {
            switch (resource.name(i)) {
                case "resourceType", "id", "meta" -> {
                    // written above
                }
                default -> changed.put(resource.name(i), resource.value(i));
            }
        }
        return changed.build();
    }

    private JsonObject changed(JsonObject meta) {
        var changed =
                JsonObject.builder()
                        .put("versionId", Long.toString(version))
                        .put("lastUpdated", text(lastUpdated));
        for (int i = 0; meta != null && i < meta.size(); i++) {
            switch (meta.name(i)) {
                case "versionId", "_versionId", "lastUpdated", "_lastUpdated" -> {
                    // written above
                }
                default -> changed.put(meta.name(i), meta.value(i));
            }
        }
        return changed.build();
    }

    /** The resource without {@code meta.versionId} and {@code meta.lastUpdated}. */
    public static JsonObject without(JsonObject resource) {
        if (!(resource.get("meta") instanceof JsonObject meta)) {
            return resource;
        }
        JsonObject rest =
                meta.without("versionId")
                        .without("_versionId")
                        .without("lastUpdated")
                        .without("_lastUpdated");
        return rest.isEmpty() ? resource.without("meta") : resource.with("meta", rest);
    }

    /** The logical id, if it is a string. */
    public static Optional<String> id(JsonObject resource) {
        return resource.string("id");
    }

    /** {@code meta.versionId}, if it is there; not a number when another server wrote it. */
    public static Optional<String> versionId(JsonObject resource) {
        return resource.object("meta").flatMap(meta -> meta.string("versionId"));
    }

    /** {@code meta.lastUpdated}, if it is there and a time. */
    public static Optional<Instant> lastUpdated(JsonObject resource) {
        return resource.object("meta")
                .flatMap(meta -> meta.string("lastUpdated"))
                .flatMap(ResourceMeta::instant);
    }

    /** All three, as this server writes them; empty unless all are there. */
    public static Optional<ResourceMeta> of(JsonObject resource) {
        Optional<String> id = id(resource);
        Optional<Long> version = versionId(resource).flatMap(ResourceMeta::number);
        Optional<Instant> lastUpdated = lastUpdated(resource);
        return id.isPresent() && version.isPresent() && lastUpdated.isPresent()
                ? Optional.of(new ResourceMeta(id.get(), version.get(), lastUpdated.get()))
                : Optional.empty();
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty(); // said in the contract
        }
    }

    private static Optional<Long> number(String text) {
        boolean isNumber =
                !text.isEmpty()
                        && text.length() < 19
                        && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Optional.of(Long.valueOf(text)) : Optional.empty();
    }
}
