package dev.andiron.bench;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.spi.Backend;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One view over very many resources in a server with a small heap: run in every format while it is
 * counted, and exported in every format. The server ends when its heap is full, so what is printed
 * fitted.
 */
final class TableBench {
    private static final TenantContext TENANT = TenantContext.of(TenantId.DEFAULT);
    private static final List<String> FORMATS = List.of("csv", "json", "ndjson", "parquet");
    private static final String VIEW =
            """
            {"resourceType":"ViewDefinition","name":"observations","resource":"Observation",\
            "select":[{"column":[{"name":"id","path":"getResourceKey()"},\
            {"name":"patient","path":"subject.getReferenceKey(Patient)"},\
            {"name":"status","path":"status"},\
            {"name":"codes","path":"code.coding.code","collection":true},\
            {"name":"effective","path":"effective.ofType(dateTime)",\
            "tag":[{"name":"ansi/type","value":"TIMESTAMP"}]},\
            {"name":"value","path":"value.ofType(Quantity).value",\
            "tag":[{"name":"ansi/type","value":"DECIMAL(10, 2)"}]}]}]}\
            """;

    private final Path home;
    private final Path folder;
    private final int resources;
    private final String heap;
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * @param home the distribution's folder
     * @param folder where the data are
     * @param heap the greatest heap of the server, such as 256m
     */
    TableBench(Path home, Path folder, int resources, String heap) {
        this.home = home;
        this.folder = folder;
        this.resources = resources;
        this.heap = heap;
    }

    void run() throws Exception {
        Path data = Files.createDirectories(folder.resolve("tables" + resources));
        try (Backend backend =
                BenchBackend.open("sqlite", data, Map.of("path", data.resolve("andiron.db")))) {
            load(backend);
        }
        var command =
                List.of(
                        "env",
                        "ANDIRON_JAVA_OPTS=-Xmx" + heap,
                        home.resolve("bin").resolve("andiron").toString(),
                        "serve",
                        "--port",
                        "0",
                        "--data",
                        data.toString());
        try (MeasuredProcess server = MeasuredProcess.start(folder, folder, command)) {
            System.out.printf(
                    Locale.ROOT,
                    "%n## A view over %,d resources, heap %s%n%n"
                            + "| | format | bytes | seconds | server CPU s | peak RSS MB |%n"
                            + "| --- | --- | ---: | ---: | ---: | ---: |%n",
                    resources,
                    heap);
            for (String format : FORMATS) {
                measure(server, "run", format, () -> table(server.base(), format));
            }
            for (String format : FORMATS) {
                measure(server, "export", format, () -> export(server.base(), format));
            }
        }
    }

    private void load(Backend backend) {
        ResourceStore store = backend.resources().orElseThrow();
        var last = new ResourceKey("Observation", "o" + (resources - 1));
        if (store.head(TENANT, last).isEmpty()) {
            SearchData.unindexed(store, TENANT).write(resources);
        }
    }

    /** Something that gives bytes. */
    private interface Work {
        long bytes() throws IOException, InterruptedException;
    }

    private void measure(MeasuredProcess server, String what, String format, Work work)
            throws IOException, InterruptedException {
        var cpu = server.cpu();
        long begun = System.nanoTime();
        long bytes = work.bytes();
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %,d | %.1f | %.1f | %s |%n",
                what,
                format,
                bytes,
                (System.nanoTime() - begun) / 1e9,
                server.cpu().minus(cpu).toMillis() / 1e3,
                server.peakMegabytes().map(peak -> String.format("%,d", peak)).orElse("?"));
    }

    private static String parameters(String view, String format) {
        return "{\"resourceType\":\"Parameters\",\"parameter\":[%s,{\"name\":\"_format\",\"valueString\":\"%s\"}]}"
                .formatted(view, format);
    }

    private HttpRequest.Builder post(URI base, String operation, String body) {
        return HttpRequest.newBuilder(URI.create(base + "/ViewDefinition/" + operation))
                .header("Content-Type", "application/fhir+json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private long table(URI base, String format) throws IOException, InterruptedException {
        String view = "{\"name\":\"viewResource\",\"resource\":" + VIEW + "}";
        var request = post(base, "$viewdefinition-run", parameters(view, format)).build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            long bytes = body.transferTo(OutputStream.nullOutputStream());
            return expect(200, answer.statusCode(), bytes);
        }
    }

    private static long expect(int wanted, int status, long bytes) throws IOException {
        if (status != wanted) {
            throw new IOException("the server answered " + status);
        }
        return bytes;
    }

    /** Waits for the job, and adds up its files. */
    private long export(URI base, String format) throws IOException, InterruptedException {
        String view =
                "{\"name\":\"view\",\"part\":[{\"name\":\"viewResource\",\"resource\":%s}]}"
                        .formatted(VIEW);
        var asked =
                post(base, "$viewdefinition-export", parameters(view, format))
                        .header("Prefer", "respond-async")
                        .build();
        var accepted = client.send(asked, HttpResponse.BodyHandlers.discarding());
        expect(202, accepted.statusCode(), 0);
        String status = accepted.headers().firstValue("Content-Location").orElseThrow();
        HttpResponse<byte[]> answer = get(status, "GET");
        while (answer.statusCode() == 202 || answer.statusCode() == 429) {
            Thread.sleep(200);
            answer = get(status, "GET");
        }
        JsonObject result = JsonReader.readObject(get(status + "/result", "GET").body());
        long bytes = 0;
        for (JsonObject parameter : result.objects("parameter")) {
            for (JsonObject part : parameter.objects("part")) {
                Optional<String> url =
                        part.get("valueUri") instanceof JsonString text
                                ? Optional.of(text.value())
                                : Optional.empty();
                if (url.isPresent()) {
                    var head = get(url.get(), "HEAD");
                    bytes += head.headers().firstValueAsLong("Content-Length").orElseThrow();
                }
            }
        }
        return expect(200, result.has("issue") ? 500 : 200, bytes);
    }

    private HttpResponse<byte[]> get(String url, String method)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build();
        return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
}
