package dev.andiron.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.server.RunningServer.Answer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** Searches that need what is stored to be understood, over HTTP; one server for all cases. */
class SearchLanguageTest {
    @TempDir static Path data;
    private static RunningServer server;

    @BeforeAll
    static void start() throws IOException {
        server = RunningServer.in(data);
        put(
                "CodeSystem/animals",
                """
                "url":"http://a/animals","status":"active","content":"complete",\
                "concept":[{"code":"pet","concept":[{"code":"dog"},{"code":"cat"}]},{"code":"wolf"}]\
                """);
        put(
                "ValueSet/pets",
                """
                "url":"http://a/pets","status":"active","compose":{"include":[{"system":"http://a/animals",\
                "filter":[{"property":"concept","op":"descendent-of","value":"pet"}]}]}\
                """);
        for (String code : List.of("dog", "cat", "wolf")) {
            put(
                    "Observation/" + code,
                    """
                    "status":"final","code":{"coding":[{"system":"http://a/animals","code":"%s"}],"text":"The %s was seen"},\
                    "subject":{"reference":"Patient/%s","display":"Owner of %s"}\
                    """
                            .formatted(code, code, code.equals("wolf") ? "zoe" : "adam", code));
        }
        put(
                "Patient/adam",
                """
                "name":[{"family":"Smith"}],"birthDate":"1980-01-01","text":{"status":"generated",\
                "div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">Allergic to <b>peni</b>cillin</div>"}\
                """);
        put("Patient/zoe", "\"name\":[{\"family\":\"Smith\"}],\"birthDate\":\"2000-01-01\"");
        put(
                "List/seen",
                """
                "status":"current","mode":"working","entry":[{"item":{"reference":"Patient/zoe"}},\
                {"item":{"reference":"Observation/cat"}}]\
                """);
        put("Organization/whole", "\"name\":\"W\"");
        put("Organization/part", "\"partOf\":{\"reference\":\"Organization/whole\"}");
        put("Organization/piece", "\"partOf\":{\"reference\":\"Organization/part\"}");
        put("Location/in", "\"managingOrganization\":{\"reference\":\"Organization/piece\"}");
        put("Location/here", "\"position\":{\"latitude\":52.52,\"longitude\":13.405}");
        put("Location/there", "\"position\":{\"latitude\":52.39,\"longitude\":13.065}");
        put(
                "MedicationRequest/order",
                """
                "status":"active","intent":"order","subject":{"reference":"Patient/adam"},\
                "contained":[{"resourceType":"Medication","id":"m","code":{"coding":[{"system":"http://d","code":"aspirin"}]}}],\
                "medicationReference":{"reference":"#m"}\
                """);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void put(String key, String rest) {
        String[] parts = key.split("/");
        Answer answer =
                server.send(
                        "PUT",
                        "/" + key,
                        "{\"resourceType\":\"%s\",\"id\":\"%s\",%s}"
                                .formatted(parts[0], parts[1], rest));
        assertEquals(201, answer.status(), answer.text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "Observation?code:in=http://a/pets Observation/cat,Observation/dog",
                "Observation?code:in=ValueSet/pets Observation/cat,Observation/dog",
                "Observation?code:not-in=http://a/pets Observation/wolf",
                "Observation?code:below=http://a/animals%7Cpet Observation/cat,Observation/dog",
                "Observation?code:text-advanced=seen%20NOT%20dog Observation/cat,Observation/wolf",
                "Observation?subject:text=owner%20of%20c Observation/cat",
                "Observation?subject:Patient._list=seen Observation/wolf",
                "Patient?_list=seen Patient/zoe",
                "?_type=Patient,Observation&_list=seen Observation/cat,Patient/zoe",
                "Patient?_text=penicillin Patient/adam",
                "Patient?_content=smith%20NOT%20penicillin Patient/zoe",
                "Patient?_filter=name%20eq%20smith%20and%20birthdate%20gt%201990 Patient/zoe",
                "Observation?_filter=code%20in%20http://a/pets%20and%20not%20(code%20eq%20cat)"
                        + " Observation/dog",
                "Patient?_has:Observation:patient:code:in=http://a/pets Patient/adam",
                "Location?organization:below=whole Location/in",
                "Location?organization:below=Organization/piece Location/in",
                "Location?organization.partof:below=whole Location/in",
                "Organization?partof:below=whole Organization/part,Organization/piece",
                "Organization?partof:above=piece Organization/part,Organization/piece",
                "Location?near=52.52%7C13.405%7C30%7Ckm Location/here,Location/there",
                "Location?near=52.52%7C13.405%7C30%7Ckm&_sort=-near Location/there,Location/here",
                "Location?near=52.52%7C13.405%7C1%7C[mi_i] Location/here",
                "MedicationRequest?medication.code=aspirin&_contained=both MedicationRequest/order",
            })
    void finds(String query, String expected) {
        Answer page = server.get(query.startsWith("?") ? query : "/" + query);
        assertEquals(200, page.status(), page.text());
        List<String> found = Pages.keys(page, "match");
        assertEquals(
                expected,
                String.join(
                        ",", query.contains("near=") ? found : List.copyOf(new TreeSet<>(found))));
    }

    @Test
    void whatIsNotStoredIsNamedAndNewVersionsCountAtOnce() {
        Answer refused = server.get("/Observation?code:in=http://a/unknown");
        assertEquals(422, refused.status());
        assertTrue(
                refused.text().contains("there is no ValueSet 'http://a/unknown' in this server"),
                refused.text());
        put(
                "ValueSet/growing",
                "\"url\":\"http://a/growing\",\"status\":\"active\",\"compose\":{\"include\":[{\"system\":\"http://a/animals\"}]}");
        assertEquals(
                3, Pages.keys(server.get("/Observation?code:in=http://a/growing"), "match").size());
        Answer other =
                server.get("/Observation?code:in=http://a/growing", "X-Tenant-ID", "another");
        assertEquals(422, other.status(), "the value sets of a tenant are its own");
    }
}
