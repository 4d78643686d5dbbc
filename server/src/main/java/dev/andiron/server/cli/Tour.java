package dev.andiron.server.cli;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/**
 * A few addresses of a demonstration, each asked before it is printed.
 *
 * @param base the FHIR base
 */
record Tour(String base) {

    /** Something to look at. */
    private record Stop(String path, String about) {}

    /** Prints the tour, with what each address answers. */
    void print(PrintWriter out) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String patient = somebody(client);
            out.println("A short tour; each of these addresses works in a browser:");
            for (Stop stop : stops(patient)) {
                HttpResponse<byte[]> answer = get(client, stop.path());
                if (answer.statusCode() != 200) {
                    throw new IOException(
                            "%s%s answered %d".formatted(base, stop.path(), answer.statusCode()));
                }
                out.printf("  %s%n      %s%s%n", base + stop.path(), stop.about(), found(answer));
            }
            out.flush();
        }
    }

    private static List<Stop> stops(String patient) {
        return List.of(
                new Stop("/metadata", "what the server can do"),
                new Stop("/Patient?_sort=family&_total=accurate", "everybody, by family name"),
                new Stop("/Patient/" + patient, "one patient"),
                new Stop("/Patient/" + patient + "/_history", "and its versions"),
                new Stop(
                        "/Observation?subject=Patient/"
                                + patient
                                + "&code=http://loinc.org%7C8302-2&_sort=-date&_total=accurate",
                        "body heights, latest first"),
                new Stop(
                        "/Condition?subject=Patient/" + patient + "&_total=accurate",
                        "what has been diagnosed"),
                new Stop(
                        "/Encounter?date=ge2020-01-01&_count=5&_total=accurate",
                        "encounters since 2020, five a page"));
    }

    private String somebody(HttpClient client) throws IOException, InterruptedException {
        JsonObject page = JsonReader.readObject(get(client, "/Patient?_count=1").body());
        return page.objects("entry").stream()
                .findFirst()
                .flatMap(entry -> entry.object("resource"))
                .flatMap(resource -> resource.string("id"))
                .orElseThrow(() -> new IOException("there is no patient to look at"));
    }

    private HttpResponse<byte[]> get(HttpClient client, String path)
            throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(base + path))
                        .header("Accept", "application/fhir+json")
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private static String found(HttpResponse<byte[]> answer) {
        return JsonReader.readObject(answer.body()).get("total") instanceof JsonNumber total
                ? " (%s)".formatted(total.text())
                : "";
    }
}
