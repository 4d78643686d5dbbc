package dev.andiron.fhir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Resources made by Synthea (synthetic people), a few of each of its types. */
public final class SyntheaSample {

    private SyntheaSample() {}

    /** Each resource as JSON. */
    public static List<String> resources() {
        try (var in = SyntheaSample.class.getResourceAsStream("synthea-sample.ndjson")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
