package dev.andiron.fhir;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.resource.Json;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A folder of Synthea's bundles, {@code .json} or {@code .json.gz}, for benchmarks. */
public final class SyntheaBundles {

    private SyntheaBundles() {}

    /** The resources of Synthea's bundles, as they would be stored. */
    public static Map<String, List<Json>> resources(Path folder) throws IOException {
        var byType = new HashMap<String, List<Json>>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().contains(".json")).toList()) {
                for (JsonObject entry : JsonReader.readObject(read(file)).objects("entry")) {
                    JsonObject resource = entry.object("resource").orElseThrow();
                    byType.computeIfAbsent(
                                    resource.string("resourceType").orElseThrow(),
                                    type -> new ArrayList<>())
                            .add(Json.of(JsonWriter.compact(resource)));
                }
            }
        }
        return byType;
    }

    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file);
                InputStream plain =
                        file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
            return plain.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
