package dev.andiron.server.interaction.transaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.interaction.FhirResponse;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class TransactionTest {
    @TempDir Path folder;

    private TestInteractions server;

    @BeforeEach
    void open() {
        server = new TestInteractions(folder);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void resolvesReferencesBothWaysAndAnswersInOrder() {
        FhirResponse response =
                transaction(
                        """
                        {"request":{"method":"GET","url":"Patient/p"}},
                        {"fullUrl":"urn:uuid:o","resource":{"resourceType":"Observation","status":"final","code":{"text":"a"},
                          "subject":{"reference":"http://other/fhir/Patient/p"},"hasMember":[{"reference":"urn:uuid:o2/_history/9"}]},
                         "request":{"method":"POST","url":"Observation"}},
                        {"fullUrl":"urn:uuid:o2","resource":{"resourceType":"Observation","status":"final","code":{"text":"b"},
                          "derivedFrom":[{"reference":"urn:uuid:o"}]},
                         "request":{"method":"POST","url":"Observation"}},
                        {"fullUrl":"http://other/fhir/Patient/p","resource":{"resourceType":"Patient","id":"p"},
                         "request":{"method":"PUT","url":"Patient/p"}}
                        """);
        assertEquals(200, response.status());
        List<JsonObject> responses = TestInteractions.responses(response);
        assertEquals(
                List.of("200 OK", "201 Created", "201 Created", "201 Created"),
                responses.stream().map(it -> it.string("status").orElseThrow()).toList());
        assertEquals("Patient/p/_history/1", responses.get(3).string("location").orElseThrow());
        assertEquals("W/\"1\"", responses.get(3).string("etag").orElseThrow());
        String first = id(responses.get(1));
        String second = id(responses.get(2));
        JsonObject observation = server.read("Observation", first);
        assertEquals("Patient/p", reference(observation.object("subject").orElseThrow()));
        assertEquals(
                "Observation/" + second + "/_history/1",
                reference(observation.objects("hasMember").getFirst()));
        assertEquals(
                "Observation/" + first,
                reference(server.read("Observation", second).objects("derivedFrom").getFirst()));
    }

    @Test
    void deletesBeforeItCreatesAndUpdates() {
        transaction(put("Patient", "a", ",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"}]"));
        FhirResponse response =
                transaction(
                        """
                        {"fullUrl":"urn:uuid:n","resource":{"resourceType":"Patient","identifier":[{"system":"s","value":"1"}]},
                         "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=s|1"}},
                        {"resource":{"resourceType":"Basic","code":{"text":"c"},"subject":{"reference":"Patient?identifier=s|1"}},
                         "request":{"method":"POST","url":"Basic"}},
                        {"request":{"method":"DELETE","url":"Patient/a"}}
                        """);
        List<JsonObject> responses = TestInteractions.responses(response);
        assertEquals("201 Created", responses.get(0).string("status").orElseThrow());
        assertEquals("204 No Content", responses.get(2).string("status").orElseThrow());
        assertEquals("W/\"2\"", responses.get(2).string("etag").orElseThrow());
        assertEquals(
                "Patient/" + id(responses.get(0)),
                reference(
                        server.read("Basic", id(responses.get(1)))
                                .object("subject")
                                .orElseThrow()));
        assertEquals(410, server.get("Patient/a").status());
    }

    @Test
    void appliesConditionalUpdatesDeletesAndPatches() {
        transaction(put("Patient", "a", ",\"identifier\":[{\"system\":\"s\",\"value\":\"1\"}]"));
        transaction(put("Patient", "b", ",\"identifier\":[{\"system\":\"s\",\"value\":\"2\"}]"));
        transaction(put("Patient", "c", ""));
        String patch =
                Base64.getEncoder()
                        .encodeToString(
                                "[{\"op\":\"add\",\"path\":\"/active\",\"value\":true}]"
                                        .getBytes(StandardCharsets.UTF_8));
        FhirResponse response =
                transaction(
                        """
                        {"resource":{"resourceType":"Patient","active":false,"identifier":[{"system":"s","value":"1"}]},
                         "request":{"method":"PUT","url":"Patient?identifier=s|1"}},
                        {"request":{"method":"DELETE","url":"Patient?identifier=s|2"}},
                        {"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"%s"},
                         "request":{"method":"PATCH","url":"Patient/c","ifMatch":"W/\\"1\\""}},
                        {"resource":{"resourceType":"Patient","identifier":[{"system":"s","value":"3"}]},
                         "request":{"method":"PUT","url":"Patient?identifier=s|3"}}
                        """
                                .formatted(patch));
        assertEquals(200, response.status(), () -> TestInteractions.json(response).toString());
        assertEquals(
                List.of("200 OK", "204 No Content", "200 OK", "201 Created"),
                TestInteractions.responses(response).stream()
                        .map(it -> it.string("status").orElseThrow())
                        .toList());
        assertEquals(JsonBoolean.FALSE, server.read("Patient", "a").get("active"));
        assertTrue(server.read("Patient", "c").has("active"));
        assertEquals(410, server.get("Patient/b").status());
    }

    /** Each is refused as a whole with the status, naming the entry. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    412 | Bundle.entry[1].resource.subject.reference | {"resource":{"resourceType":"Basic","code":{"text":"c"},"subject":{"reference":"Patient?identifier=none"}},"request":{"method":"POST","url":"Basic"}}
                    412 | Bundle.entry[1] | {"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a","ifMatch":"W/\\"7\\""}}
                    412 | Bundle.entry[1] | {"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a","ifNoneMatch":"*"}}
                    412 | Bundle.entry[1] | {"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=twice"}}
                    422 | Bundle.entry[1].resource.nonsense | {"resource":{"resourceType":"Patient","nonsense":1},"request":{"method":"POST","url":"Patient"}}
                    400 | Bundle.entry[1] | {"resource":{"resourceType":"Patient","id":"x"},"request":{"method":"PUT","url":"Patient/a"}}
                    400 | Bundle.entry[1] | {"resource":{"resourceType":"Group"},"request":{"method":"POST","url":"Patient"}}
                    400 | Bundle.entry[1].request | {"resource":{"resourceType":"Group"}}
                    400 | Bundle.entry[1] | {"resource":{"resourceType":"Patient","id":"new"},"request":{"method":"PUT","url":"Patient/new"}}
                    400 | Bundle.entry[1] | {"resource":{"resourceType":"Bundle","type":"batch"},"request":{"method":"POST","url":"/"}}
                    400 | Bundle.entry[1].fullUrl | {"fullUrl":"urn:uuid:new","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}
                    404 | Bundle.entry[1] | {"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W10="},"request":{"method":"PATCH","url":"Patient/none"}}
                    404 | Bundle.entry[1] | {"request":{"method":"DELETE","url":"Nonsense/1"}}
                    """)
    void refusesTheWholeAndNamesTheEntry(int status, String expression, String entry) {
        transaction(put("Patient", "a", ",\"identifier\":[{\"value\":\"twice\"}]"));
        transaction(put("Patient", "b", ",\"identifier\":[{\"value\":\"twice\"}]"));
        FhirResponse response =
                transaction(
                        """
                        {"fullUrl":"urn:uuid:new","resource":{"resourceType":"Patient","id":"new"},
                         "request":{"method":"PUT","url":"Patient/new"}},
                        """
                                + entry);
        assertEquals(status, response.status(), () -> TestInteractions.json(response).toString());
        List<Issue> issues = Outcomes.issues(response);
        assertTrue(
                issues.stream().anyMatch(issue -> issue.expression().contains(expression)),
                issues.toString());
        assertEquals(404, server.get("Patient/new").status());
    }

    @Test
    void findsConditionalReferencesInTheBundleItself() {
        FhirResponse response =
                transaction(
                        """
                        {"resource":{"resourceType":"Basic","code":{"text":"c"},"subject":{"reference":"Patient?identifier=s|1"},
                          "author":{"reference":"Practitioner?identifier=s|2"}},
                         "request":{"method":"POST","url":"Basic"}},
                        {"resource":{"resourceType":"Patient","identifier":[{"system":"s","value":"1"}]},
                         "request":{"method":"POST","url":"Patient"}},
                        {"resource":{"resourceType":"Practitioner","id":"d","identifier":[{"system":"s","value":"2"}]},
                         "request":{"method":"PUT","url":"Practitioner/d"}}
                        """);
        List<JsonObject> responses = TestInteractions.responses(response);
        JsonObject basic = server.read("Basic", id(responses.get(0)));
        assertEquals(
                "Patient/" + id(responses.get(1)),
                reference(basic.object("subject").orElseThrow()));
        assertEquals("Practitioner/d", reference(basic.object("author").orElseThrow()));
    }

    @Test
    void createsOnceWhatTwoEntriesWantToExist() {
        String entry =
                """
                {"fullUrl":"urn:uuid:%s","resource":{"resourceType":"Organization","name":"x","identifier":[{"value":"1"}]},
                 "request":{"method":"POST","url":"Organization","ifNoneExist":"identifier=1"}}
                """;
        String basic =
                """
                ,{"resource":{"resourceType":"Basic","code":{"text":"c"},"author":{"reference":"urn:uuid:b"}},
                 "request":{"method":"POST","url":"Basic"}}
                """;
        String bundle = entry.formatted("a") + "," + entry.formatted("b") + basic;
        List<JsonObject> first = TestInteractions.responses(transaction(bundle));
        List<JsonObject> second = TestInteractions.responses(transaction(bundle));
        assertEquals(1, server.count("Organization"));
        assertEquals(id(first.get(0)), id(first.get(1)));
        assertEquals(id(first.get(0)), id(second.get(1)));
        assertEquals("200 OK", second.getFirst().string("status").orElseThrow());
        assertEquals(
                "Organization/" + id(first.getFirst()),
                reference(server.read("Basic", id(first.get(2))).object("author").orElseThrow()));
        assertNotEquals(id(first.get(2)), id(second.get(2)));
    }

    /** No duplicates, no deadlock and no spurious conflict, in whatever order they arrive. */
    @Test
    void manyIdenticalTransactionsMakeOneResourceEach() throws Exception {
        byte[] bundle =
                bytes(
                        """
                        {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","identifier":[{"system":"s","value":"1"}],
                          "managingOrganization":{"reference":"Organization?identifier=s|2"}},
                         "request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=s|1"}},
                        {"resource":{"resourceType":"Organization","name":"o","identifier":[{"system":"s","value":"2"}]},
                         "request":{"method":"POST","url":"Organization","ifNoneExist":"identifier=s|2"}},
                        {"resource":{"resourceType":"Group","type":"person","actual":true,"identifier":[{"system":"s","value":"3"}],
                          "member":[{"entity":{"reference":"Patient?identifier=s|1"}}]},
                         "request":{"method":"PUT","url":"Group?identifier=s|3"}},
                        {"resource":{"resourceType":"Basic","id":"shared","code":{"text":"c"},"subject":{"reference":"urn:uuid:p"}},
                         "request":{"method":"PUT","url":"Basic/shared"}}
                        """);
        var tasks = new ArrayList<Callable<FhirResponse>>();
        for (int i = 0; i < 150; i++) {
            tasks.add(() -> server.post(bundle));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<FhirResponse> each : threads.invokeAll(tasks)) {
                FhirResponse response = each.get();
                assertEquals(
                        200, response.status(), () -> TestInteractions.json(response).toString());
            }
        }
        for (String type : List.of("Patient", "Organization", "Group", "Basic")) {
            assertEquals(1, server.count(type), type);
        }
        assertEquals(
                "150",
                server.read("Basic", "shared")
                        .object("meta")
                        .flatMap(meta -> meta.string("versionId"))
                        .orElseThrow());
    }

    @Test
    void answersBatchEntriesEachForItself() {
        FhirResponse response =
                server.post(
                        bundle(
                                "batch",
                                """
                                {"request":{"method":"GET","url":"Patient/a"}},
                                {"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a"}},
                                {"resource":{"resourceType":"Patient","nonsense":1},"request":{"method":"POST","url":"Patient"}},
                                {"request":{"url":"Patient/a"}},
                                {"request":{"method":"GET","url":"Patient/none"}},
                                {"request":{"method":"DELETE","url":"Patient/none"}}
                                """));
        List<JsonObject> responses = TestInteractions.responses(response);
        assertEquals(
                List.of("200", "201", "422", "400", "404", "204"),
                responses.stream()
                        .map(it -> it.string("status").orElseThrow().substring(0, 3))
                        .toList());
        assertTrue(responses.get(2).has("outcome"));
        assertEquals("batch-response", TestInteractions.json(response).string("type").get());
    }

    @Test
    void takesAnEmptyBundle() {
        FhirResponse response =
                server.post(
                        "{\"resourceType\":\"Bundle\",\"type\":\"transaction\"}"
                                .getBytes(StandardCharsets.UTF_8));
        assertEquals(200, response.status());
        assertTrue(TestInteractions.json(response).get("entry") == null);
    }

    private FhirResponse transaction(String entries) {
        return server.post(bytes(entries));
    }

    private static byte[] bytes(String entries) {
        return bundle("transaction", entries);
    }

    private static byte[] bundle(String type, String entries) {
        return "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[%s]}"
                .formatted(type, entries)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String put(String type, String id, String more) {
        return """
        {"resource":{"resourceType":"%s","id":"%s"%s},"request":{"method":"PUT","url":"%s/%s"}}
        """
                .formatted(type, id, more, type, id);
    }

    private static String id(JsonObject response) {
        return response.string("location").orElseThrow().replaceAll("^[A-Za-z]+/|/_history.*", "");
    }

    private static String reference(JsonObject reference) {
        return ((JsonString) reference.get("reference")).value();
    }
}
