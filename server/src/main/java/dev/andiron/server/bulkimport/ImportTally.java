package dev.andiron.server.bulkimport;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an import has done.
 *
 * @param types by resource type
 * @param failed lines and entries that were not stored
 */
record ImportTally(SortedMap<String, Count> types, long failed) {
    static final ImportTally NONE = new ImportTally(new TreeMap<>(), 0);

    /** Nothing but failures. */
    static ImportTally failed(long count) {
        return new ImportTally(new TreeMap<>(), count);
    }

    /** What became of the resources of a type. */
    record Count(long created, long updated, long unchanged, long deleted) {
        static final Count CREATED = new Count(1, 0, 0, 0);
        static final Count UPDATED = new Count(0, 1, 0, 0);
        static final Count UNCHANGED = new Count(0, 0, 1, 0);
        static final Count DELETED = new Count(0, 0, 0, 1);

        Count and(Count other) {
            return new Count(
                    created + other.created,
                    updated + other.updated,
                    unchanged + other.unchanged,
                    deleted + other.deleted);
        }

        long sum() {
            return created + updated + unchanged + deleted;
        }

        private static Count of(JsonObject json) {
            return new Count(
                    number(json, "created"),
                    number(json, "updated"),
                    number(json, "unchanged"),
                    number(json, "deleted"));
        }

        JsonObject json() {
            return JsonObject.builder()
                    .put("created", created)
                    .put("updated", updated)
                    .put("unchanged", unchanged)
                    .put("deleted", deleted)
                    .build();
        }
    }

    /** Collects what happens to single resources. Used by one thread. */
    static final class Collector {
        private final TreeMap<String, Count> types = new TreeMap<>();

        void add(String type, Count count) {
            types.merge(type, count, Count::and);
        }

        ImportTally tally(long failed) {
            return new ImportTally(types, failed);
        }
    }

    ImportTally and(ImportTally other) {
        var all = new TreeMap<>(types);
        other.types.forEach((type, count) -> all.merge(type, count, Count::and));
        return new ImportTally(all, failed + other.failed);
    }

    /** Resources that are here now as they were given, or gone as they were to go. */
    long stored() {
        return types.values().stream().mapToLong(Count::sum).sum();
    }

    static ImportTally of(JsonObject json) {
        var types = new TreeMap<String, Count>();
        JsonObject counts = json.object("types").orElse(JsonObject.empty());
        for (String type : counts.names()) {
            types.put(type, Count.of(counts.object(type).orElseThrow()));
        }
        return new ImportTally(types, number(json, "failed"));
    }

    JsonObject json() {
        var counts = JsonObject.builder();
        types.forEach((type, count) -> counts.put(type, count.json()));
        return JsonObject.builder().put("types", counts.build()).put("failed", failed).build();
    }

    static long number(JsonObject json, String name) {
        return json.get(name) instanceof JsonNumber number ? number.decimal().longValueExact() : 0;
    }
}
