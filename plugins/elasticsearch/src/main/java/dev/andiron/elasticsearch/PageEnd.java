package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.FieldValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.search.Cursor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a page ended: the values that its last hit sorts by, type and id at the end. Holds for as
 * long as the order does, across restarts and in an index that was made anew.
 */
record PageEnd(List<FieldValue> values) {
    private static final int FORMAT = 1;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Writes it down. */
    Cursor cursor() {
        ArrayNode array = JSON.createArrayNode().add(FORMAT);
        for (FieldValue value : values) {
            switch (value._kind()) {
                case String -> array.add(value.stringValue());
                case Long -> array.add(value.longValue());
                case Double -> array.add(value.doubleValue());
                case Null -> array.addNull();
                default -> throw new IllegalStateException("sorted by " + value._kind());
            }
        }
        try {
            return Cursor.of(JSON.writeValueAsBytes(array));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /**
     * Reads what {@link #cursor()} wrote.
     *
     * @param size how many values the search sorts by
     * @throws StorageException.NotSupported if it is of another search or another format
     */
    static PageEnd of(Cursor cursor, int size) {
        JsonNode array;
        try {
            array = JSON.readTree(cursor.bytes());
        } catch (IOException notOurs) {
            throw foreign();
        }
        if (!array.isArray() || array.size() != size + 1 || array.get(0).asInt() != FORMAT) {
            throw foreign();
        }
        var values = new ArrayList<FieldValue>(size);
        for (int i = 1; i <= size; i++) {
            values.add(value(array.get(i)));
        }
        return new PageEnd(values);
    }

    private static FieldValue value(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> FieldValue.of(node.textValue());
            case NUMBER ->
                    node.isIntegralNumber()
                            ? FieldValue.of(node.longValue())
                            : FieldValue.of(node.doubleValue());
            case NULL -> FieldValue.NULL;
            default -> throw foreign();
        };
    }

    private static StorageException.NotSupported foreign() {
        return new StorageException.NotSupported("the page link belongs to another search");
    }
}
