package dev.andiron.fhir.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

class RequestBundleTest {
    private static final String BASE = "http://localhost/fhir";

    @Test
    void readsEntriesWithTheirConditions() {
        RequestBundle bundle =
                read(
                        """
                        {"fullUrl":"urn:uuid:a","resource":{"resourceType":"Patient"},
                         "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=a|b"}},
                        {"request":{"method":"DELETE","url":"Patient?identifier=a","ifMatch":"W/\\"3\\""}}
                        """);
        assertEquals(RequestBundle.Kind.TRANSACTION, bundle.kind());
        var create = (RequestEntry.Request) bundle.entries().get(0);
        assertEquals(EntryMethod.POST, create.method());
        assertEquals(Optional.of("identifier=a|b"), create.ifNoneExist());
        var delete = (RequestEntry.Request) bundle.entries().get(1);
        assertEquals(Optional.of("W/\"3\""), delete.ifMatch());
        assertTrue(delete.resource().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    7 | Bundle.entry[1]
                    {} | Bundle.entry[1].request
                    {"request":{"url":"Patient/1"}} | Bundle.entry[1].request.method
                    {"request":{"method":"get","url":"Patient/1"}} | Bundle.entry[1].request.method
                    {"request":{"method":"GET"}} | Bundle.entry[1].request.url
                    {"request":{"method":"GET","url":7}} | Bundle.entry[1].request.url
                    {"request":{"method":"PUT","url":"Patient/1"}} | Bundle.entry[1].resource
                    {"request":{"method":"GET","url":"Patient/1"},"resource":{}} | Bundle.entry[1].resource
                    {"request":{"method":"PUT","url":"Patient/1"},"resource":[]} | Bundle.entry[1].resource
                    {"request":{"method":"GET","url":"Patient","ifNoneExists":"a"}} | Bundle.entry[1].request.ifNoneExists
                    {"request":{"method":"GET","url":"Patient"},"fullurl":"a"} | Bundle.entry[1].fullurl
                    """)
    void namesWhatIsWrongWithAnEntry(String entry, String expression) {
        RequestBundle bundle =
                read("{\"request\":{\"method\":\"GET\",\"url\":\"Patient\"}}," + entry);
        var malformed = (RequestEntry.Malformed) bundle.entries().get(1);
        List<String> expressions =
                malformed.issues().stream().map(Issue::expression).flatMap(List::stream).toList();
        assertTrue(expressions.contains(expression), expressions.toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    400 | {"resourceType":"Patient"}
                    400 | {"resourceType":"Bundle"}
                    400 | {"resourceType":"Bundle","type":"collection"}
                    400 | {"resourceType":"Bundle","type":"batch","entry":{}}
                    413 | {"resourceType":"Bundle","type":"batch","entry":[1,2,3,4]}
                    """)
    void refusesWhatIsNoRequest(int status, String json) {
        var refusal =
                assertThrows(
                        FhirException.class,
                        () ->
                                RequestBundle.read(
                                        JsonReader.readObject(
                                                json.getBytes(StandardCharsets.UTF_8)),
                                        3));
        assertEquals(status, refusal.status());
    }

    @Test
    void leadsReferencesToEntries() {
        FullUrls urls =
                urls(
                        """
                        {"fullUrl":"urn:uuid:a","resource":{},"request":{"method":"POST","url":"Patient"}},
                        {"fullUrl":"http://other/fhir/Patient/1","resource":{},"request":{"method":"POST","url":"Patient"}},
                        {"fullUrl":"http://other/fhir/Observation/2","resource":{},"request":{"method":"POST","url":"Observation"}},
                        {"resource":{},"request":{"method":"PUT","url":"Patient/9"}}
                        """);
        assertEquals(target(0, false, ""), urls.reference(2, "urn:uuid:a"));
        assertEquals(target(0, false, "#x"), urls.reference(2, "urn:uuid:a#x"));
        assertEquals(target(1, false, ""), urls.reference(2, "Patient/1"));
        assertEquals(target(1, true, ""), urls.reference(2, "Patient/1/_history/4"));
        assertEquals(Optional.empty(), urls.reference(0, "Patient/1"));
        assertEquals(target(1, false, ""), urls.reference(0, "http://other/fhir/Patient/1"));
        assertEquals(target(3, true, ""), urls.reference(0, "Patient/9/_history/1"));
        assertEquals(Optional.empty(), urls.reference(2, "#a"));
        assertEquals(Optional.empty(), urls.reference(2, "Patient?identifier=1"));
        assertEquals(Set.of("http:", "urn:"), urls.schemes());
        assertEquals(List.of(), urls.duplicates());
    }

    @Test
    void namesBothEntriesOfOneFullUrl() {
        List<Issue> duplicates =
                urls("""
                {"fullUrl":"urn:uuid:a","resource":{},"request":{"method":"POST","url":"Patient"}},
                {"fullUrl":"urn:uuid:a","resource":{},"request":{"method":"POST","url":"Patient"}}
                """)
                        .duplicates();
        assertEquals(
                List.of("Bundle.entry[0].fullUrl", "Bundle.entry[1].fullUrl"),
                duplicates.getFirst().expression());
    }

    private static FullUrls urls(String entries) {
        List<RequestEntry.Request> requests =
                read(entries).entries().stream().map(RequestEntry.Request.class::cast).toList();
        return FullUrls.of(requests, requests.size(), BASE);
    }

    private static Optional<FullUrls.Target> target(int entry, boolean versioned, String fragment) {
        return Optional.of(new FullUrls.Target(entry, versioned, fragment));
    }

    private static RequestBundle read(String entries) {
        String json =
                "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
                        + entries
                        + "]}";
        return RequestBundle.read(
                JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8)), 1000);
    }
}
