package dev.andiron.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * What clients of a new server ask first, once each. Over a plain socket and no more than that:
 * whatever is used here is loaded at every start that begins with what Java learned from it.
 */
final class Rehearsal {
    private static final String PATIENT =
            """
            {"resourceType":"Patient","id":"prepared","name":[{"family":"Runyan","given":["Ada"]}],\
            "birthDate":"1970-01-01"}\
            """;

    private static final String BUNDLE =
            """
            {"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":\
            "urn:uuid:5f7d1b7e-6c1f-4a53-9a39-0d1c2f3b4a59","resource":{"resourceType":"Observation",\
            "status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}]},\
            "subject":{"reference":"Patient/prepared"},"effectiveDateTime":"2020-01-01",\
            "valueQuantity":{"value":172.5,"unit":"cm","system":"http://unitsofmeasure.org",\
            "code":"cm"}},"request":{"method":"POST","url":"Observation"}}]}\
            """;

    private final URI base;

    private Rehearsal(URI base) {
        this.base = base;
    }

    /**
     * Asks a server.
     *
     * @param base its FHIR base
     * @throws IOException if it does not answer, or not with success
     */
    static void at(URI base) throws IOException {
        var rehearsal = new Rehearsal(base);
        rehearsal.ask("GET", "/metadata", "");
        rehearsal.ask("PUT", "/Patient/prepared", PATIENT);
        rehearsal.ask("POST", "", BUNDLE);
        rehearsal.ask("GET", "/Patient/prepared", "");
        rehearsal.ask("GET", "/Patient?family=runyan&birthdate=ge1960&_count=1", "");
        rehearsal.ask("GET", "/Observation?subject=Patient/prepared&_sort=-date", "");
    }

    private void ask(String method, String path, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        String head =
                """
                %s %s HTTP/1.1
                Host: %s
                Connection: close
                Content-Type: application/fhir+json
                Content-Length: %d

                """
                        .formatted(
                                method, base.getPath() + path, base.getAuthority(), content.length)
                        .replace("\n", "\r\n");
        try (var socket = new Socket(base.getHost(), base.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(content);
            out.flush();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.startsWith("HTTP/1.1 2")) {
                throw new IOException(method + " " + path + " was answered with " + answer);
            }
        }
    }
}
