package dev.andiron.server.bulkimport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;

class ObjectAccessTest {
    private static final Instant TIME = Instant.parse("2013-05-24T00:00:00Z");

    private static ObjectAccess access(String endpoint) {
        return new ObjectAccess(
                URI.create(endpoint),
                "us-east-1",
                "AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    }

    /** The example of AWS's description of query parameters for Signature Version 4. */
    @Test
    void signaturesAreThoseOfTheDescription() {
        URI signed =
                access("https://examplebucket.s3.amazonaws.com")
                        .signed("/test.txt", Duration.ofDays(1), TIME);
        assertEquals(
                "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                    + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                    + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                    + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
                signed.toString());
    }

    @Test
    void objectsAreReadByBucketAndKey() {
        URI signed =
                access("http://127.0.0.1:9000")
                        .signed(URI.create("s3://fhir/in%20box/a+b/P%C3%A4.ndjson"), TIME);
        assertTrue(
                signed.toString()
                        .startsWith(
                                "http://127.0.0.1:9000/fhir/in%20box/a%2Bb/P%C3%A4.ndjson?X-Amz-"),
                signed::toString);
    }

    @Test
    void theSecretIsNotShown() {
        assertFalse(access("https://s3.example.org").toString().contains("wJal"));
    }
}
