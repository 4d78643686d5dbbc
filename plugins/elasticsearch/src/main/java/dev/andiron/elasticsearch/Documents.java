package dev.andiron.elasticsearch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import dev.andiron.spi.composite.Projection;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantId;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The documents of the index, as JSON. */
final class Documents {
    private static final JsonFactory JSON = new JsonFactory();

    private Documents() {}

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    /**
     * What is known of a resource at a position.
     *
     * @param scope of the copy that it is for
     * @param now in milliseconds
     */
    static byte[] of(TenantId tenant, String scope, Projection projection, long now) {
        return switch (projection) {
            case Projection.Present present -> live(tenant, scope, present);
            case Projection.Absent absent -> gone(tenant, scope, absent, now);
        };
    }

    /** What lives, at the position that it is from. */
    static byte[] of(TenantId tenant, String scope, Projection.Present present) {
        return live(tenant, scope, present);
    }

    private static byte[] gone(TenantId tenant, String scope, Projection.Absent absent, long now) {
        return document(
                json -> {
                    json.writeStringField(Field.KIND, Field.GONE);
                    json.writeStringField(Field.TENANT, tenant.value());
                    json.writeStringField(Field.SCOPE, scope);
                    key(json, absent.key());
                    json.writeNumberField(Field.UPDATED, now);
                });
    }

    private static byte[] live(TenantId tenant, String scope, Projection.Present present) {
        StoredResource resource = present.resource();
        return document(
                json -> {
                    json.writeStringField(Field.KIND, Field.LIVE);
                    json.writeStringField(Field.TENANT, tenant.value());
                    json.writeStringField(Field.SCOPE, scope);
                    key(json, resource.key());
                    json.writeNumberField(Field.VERSION, resource.version());
                    json.writeNumberField(Field.UPDATED, resource.lastUpdated().toEpochMilli());
                    sortKeys(json, SortKeys.of(present.searchValues()));
                    values(json, present);
                });
    }

    private static void key(JsonGenerator json, ResourceKey key) throws IOException {
        json.writeStringField(Field.TYPE, key.type());
        json.writeStringField(Field.ID, key.id());
        json.writeStringField(Field.KEY, key.toString());
    }

    private static void sortKeys(JsonGenerator json, SortKeys keys) throws IOException {
        texts(json, Field.ASCENDING, keys.smallest());
        texts(json, Field.DESCENDING, keys.largest());
    }

    private static void texts(JsonGenerator json, String field, Map<String, String> texts)
            throws IOException {
        json.writeObjectFieldStart(field);
        for (var entry : texts.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    private static void values(JsonGenerator json, Projection.Present present) throws IOException {
        var element = new Element();
        present.searchValues().forEach(element::add);
        element.write(json);
        if (present.searchValues().stream().anyMatch(SearchValue.Contained.class::isInstance)) {
            json.writeArrayFieldStart(Field.CONTAINED);
            for (SearchValue value : present.searchValues()) {
                if (value instanceof SearchValue.Contained contained) {
                    contained(json, contained, present.resource());
                }
            }
            json.writeEndArray();
        }
    }

    private static void contained(
            JsonGenerator json, SearchValue.Contained contained, StoredResource container)
            throws IOException {
        var element = new Element();
        contained.values().forEach(element::add);
        json.writeStartObject();
        json.writeStringField(Field.OF, contained.parameter());
        json.writeStringField(Field.TYPE, contained.type());
        json.writeStringField(Field.ID, contained.id());
        json.writeNumberField(Field.UPDATED, container.lastUpdated().toEpochMilli());
        element.write(json);
        json.writeEndObject();
    }

    private static byte[] document(Body body) {
        var bytes = new ByteArrayOutputStream(1_024);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
