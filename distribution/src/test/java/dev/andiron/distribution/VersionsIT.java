package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Servers of the releases that the other tests do not start. */
class VersionsIT {
    private static final String XML = "application/fhir+xml";

    @TempDir private Path folder;

    /**
     * @param here a type of this release alone
     * @param elsewhere a type that this release does not have
     */
    @ParameterizedTest
    @CsvSource({
        "r4b, 4.3.0, 4.3, MedicinalProductDefinition, MedicinalProduct",
        "r5, 5.0.0, 5.0, InventoryItem, Media"
    })
    void aReleaseIsServed(
            String version, String publication, String number, String here, String elsewhere)
            throws IOException {
        Path configuration = folder.resolve("andiron.yaml");
        Files.writeString(configuration, "fhir: { version: " + version + " }\n");
        try (ServerProcess server =
                ServerProcess.start(folder, "--config", configuration.toString())) {
            var http = new Http(server.base());
            metadata(http, publication);
            typesOfTheRelease(http, here, elsewhere);
            formats(http, number);
            everyKindOfRequest(http);
        }
    }

    private static void metadata(Http http, String publication) {
        Http.Answer statement = http.get("/metadata");
        assertEquals(200, statement.status());
        String fhirVersion = "\"fhirVersion\":\"" + publication + "\"";
        assertTrue(statement.text().contains(fhirVersion), "fhirVersion in /metadata");
    }

    private static void typesOfTheRelease(Http http, String here, String elsewhere) {
        String body = "{\"resourceType\":\"%s\",\"identifier\":[{\"value\":\"7\"}]}";
        assertEquals(201, http.post("/" + here, body.formatted(here)).status());
        assertTrue(
                http.get("/" + here + "?identifier=7&_total=accurate")
                        .text()
                        .contains("\"total\":1,"));
        Http.Answer refused = http.post("/" + elsewhere, body.formatted(elsewhere));
        assertEquals(404, refused.status(), refused.text());
    }

    private static void formats(Http http, String number) {
        String body = "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"1\"/></Patient>";
        String ours = "; fhirVersion=" + number;
        Http.Answer put = http.put("/Patient/1", body, "Content-Type", XML + ours);
        assertEquals(201, put.status(), put.text());
        Http.Answer xml = http.get("/Patient/1", "Accept", XML + ours);
        assertTrue(xml.text().contains("<id value=\"1\"/>"), xml.text());
        Http.Answer other = http.get("/Patient/1", "Accept", Http.JSON + "; fhirVersion=4.0");
        assertEquals(406, other.status(), other.text());
        assertTrue(other.text().contains("FHIR " + number), other.text());
    }

    private static void everyKindOfRequest(Http http) {
        Http.Answer patched =
                http.send(
                        "PATCH",
                        "/Patient/1",
                        """
                        {"resourceType":"Parameters","parameter":[{"name":"operation","part":[
                          {"name":"type","valueCode":"add"},
                          {"name":"path","valueString":"Patient"},
                          {"name":"name","valueString":"birthDate"},
                          {"name":"value","valueDate":"1970-01-01"}]}]}
                        """);
        assertEquals(200, patched.status(), patched.text());
        Http.Answer bundle =
                http.post(
                        "",
                        """
                        {"resourceType":"Bundle","type":"transaction","entry":[{
                          "fullUrl":"urn:uuid:0c3b5b1e-6a3c-4f6e-8f43-3fd8ab0f8bb6",
                          "resource":{"resourceType":"Observation","status":"final",
                            "code":{"text":"t"},"subject":{"reference":"Patient/1"},
                            "valueInteger":3},
                          "request":{"method":"POST","url":"Observation"}}]}
                        """);
        assertEquals(200, bundle.status(), bundle.text());
        assertTrue(
                http.get("/Observation?subject=Patient/1&_total=accurate")
                        .text()
                        .contains("\"total\":1,"));
        assertTrue(
                http.get("/Patient?birthdate=1970&_total=accurate")
                        .text()
                        .contains("\"total\":1,"));
        assertTrue(http.get("/Patient/1/_history").text().contains("\"versionId\":\"2\""));
        Http.Answer refused =
                http.put("/Patient/1", "{\"resourceType\":\"Patient\",\"id\":\"1\",\"born\":1}");
        assertEquals(422, refused.status(), refused.text());
    }
}
