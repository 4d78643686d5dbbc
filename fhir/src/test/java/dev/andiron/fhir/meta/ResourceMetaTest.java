package dev.andiron.fhir.meta;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

class ResourceMetaTest {
    private static final ResourceMeta META =
            new ResourceMeta("a", 3, Instant.parse("2024-02-29T10:00:00Z"));
    private static final String WRITTEN =
            "{\"resourceType\":\"Patient\",\"id\":\"a\",\"meta\":{\"versionId\":\"3\","
                    + "\"lastUpdated\":\"2024-02-29T10:00:00.000Z\"";

    @Test
    void replacesWhatTheClientSaid() {
        assertEquals(
                WRITTEN + ",\"tag\":[{\"code\":\"t\"}],\"source\":\"urn:x\"},\"active\":true}",
                META.into(
                                read(
                                        """
                                        {"active":true,"id":"b","resourceType":"Patient","meta":{"tag":[{"code":"t"}],"versionId":"9",
                                         "_versionId":{"id":"x"},"lastUpdated":"2000-01-01T00:00:00Z","source":"urn:x"}}\
                                        """))
                        .toString());
    }

    @Test
    void addsWhatIsMissing() {
        assertEquals(
                WRITTEN + "},\"multipleBirthInteger\":2}",
                META.into(read("{\"resourceType\":\"Patient\",\"multipleBirthInteger\":2}"))
                        .toString());
        assertThrows(
                IllegalArgumentException.class,
                () -> META.into(read("{\"resourceType\":\"Patient\",\"meta\":1}")));
    }

    @Test
    void readsBackWhatItWrote() {
        JsonObject resource = META.into(read("{\"resourceType\":\"Patient\"}"));
        assertEquals(Optional.of(META), ResourceMeta.of(resource));
        assertEquals(
                "{\"resourceType\":\"Patient\",\"id\":\"a\"}",
                ResourceMeta.without(resource).toString());
    }

    @Test
    void readsWhatOthersWrote() {
        JsonObject other =
                read(
                        """
                        {"resourceType":"Patient","id":"a","meta":{"versionId":"v1","lastUpdated":"2024-02-29T12:00:00.5+02:00"}}\
                        """);
        assertEquals(Optional.of("v1"), ResourceMeta.versionId(other));
        assertEquals(
                Optional.of(Instant.parse("2024-02-29T10:00:00.500Z")),
                ResourceMeta.lastUpdated(other));
        assertEquals(Optional.empty(), ResourceMeta.of(other));
        assertEquals(
                Optional.empty(),
                ResourceMeta.lastUpdated(read("{\"meta\":{\"lastUpdated\":\"yesterday\"}}")));
    }

    private static JsonObject read(String json) {
        return JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8));
    }
}
