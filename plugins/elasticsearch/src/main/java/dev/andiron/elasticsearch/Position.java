package dev.andiron.elasticsearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantId;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How far a tenant's changes have been applied, and to which copy of its data: a document beside
 * the others.
 *
 * @param tenant whose
 * @param applied the position in the primary's change feed
 * @param copy where the data is that searches use
 * @param second where it is being built anew
 * @param sequence with the term, what the next writer of the document must have seen
 */
record Position(
        TenantId tenant, long applied, Copy copy, Optional<Copy> second, long sequence, long term) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ID = "#position";

    /**
     * One copy of a tenant's data.
     *
     * @param index the index that it is in
     * @param number tells it from others of the tenant there
     */
    record Copy(String index, long number) {}

    /** What its documents have in common, and their names start with. */
    static String scope(TenantId tenant, Copy copy) {
        return tenant + "|" + copy.number();
    }

    /** What the documents of the copy that searches use have in common. */
    String scope() {
        return scope(tenant, copy);
    }

    /** The name of a resource's document. */
    static String documentId(String scope, ResourceKey key) {
        return scope + "|" + key;
    }

    /** The name of the document that holds a tenant's position. */
    static String id(TenantId tenant) {
        return tenant + "|" + ID;
    }

    /** The same as of a position. */
    Position through(long position) {
        return new Position(tenant, position, copy, second, sequence, term);
    }

    /** The same with the data in another copy, or being built in one. */
    Position with(Copy current, Optional<Copy> building) {
        return new Position(tenant, applied, current, building, sequence, term);
    }

    /** The same as it was written. */
    Position written(long itsSequence, long itsTerm) {
        return new Position(tenant, applied, copy, second, itsSequence, itsTerm);
    }

    /** The number of the next copy. */
    long nextCopy() {
        return Math.max(copy.number(), second.map(Copy::number).orElse(0L)) + 1;
    }

    /** The document. */
    byte[] json() {
        ObjectNode json = JSON.createObjectNode();
        json.put(Field.KIND, Field.POSITION_OF_FEED);
        json.put(Field.TENANT, tenant.value());
        json.put(Field.APPLIED, applied);
        json.put(Field.COPY, copy.number());
        second.ifPresent(
                building -> {
                    json.put(Field.SECOND, building.number());
                    json.put(Field.SECOND_INDEX, building.index());
                });
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Reads the document, found in an index. */
    static Position of(TenantId tenant, String index, JsonNode json, long sequence, long term) {
        return new Position(
                tenant,
                json.get(Field.APPLIED).longValue(),
                new Copy(index, json.get(Field.COPY).longValue()),
                json.has(Field.SECOND)
                        ? Optional.of(
                                new Copy(
                                        json.get(Field.SECOND_INDEX).textValue(),
                                        json.get(Field.SECOND).longValue()))
                        : Optional.empty(),
                sequence,
                term);
    }
}
