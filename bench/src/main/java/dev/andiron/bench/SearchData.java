package dev.andiron.bench;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.search.SearchValueExtractor;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;

/**
 * Generated patients and their observations: a hundred for each patient, of fifty codes among which
 * the first is a tenth of all, over twenty years. The same for the same number.
 */
final class SearchData {
    static final int PER_PATIENT = 100;
    static final int CODES = 50;
    static final int FAMILIES = 500;
    static final int DAYS = 20 * 365;
    static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

    private static final int COMMIT = 5_000;
    private static final int REINDEX_COMMIT = 200;

    private final Function<byte[], List<SearchValue>> values;
    private final ResourceStore store;
    private final TenantContext tenant;
    private final List<Mutation> pending = new ArrayList<>();

    private SearchData(
            ResourceStore store, TenantContext tenant, Function<byte[], List<SearchValue>> values) {
        this.store = store;
        this.tenant = tenant;
        this.values = values;
    }

    /** As a server writes them. */
    static SearchData indexed(ResourceStore store, TenantContext tenant) {
        var extractor = new SearchValueExtractor(Definitions.of(FhirVersion.R4), List.of());
        return new SearchData(
                store, tenant, bytes -> extractor.extract(JsonReader.readObject(bytes)));
    }

    /** Without search values, which is quicker; searches find nothing. */
    static SearchData unindexed(ResourceStore store, TenantContext tenant) {
        return new SearchData(store, tenant, bytes -> List.of());
    }

    /** Writes the observations and the patients that they are of. */
    void write(int observations) {
        generate(0, observations, this::put);
        flush();
    }

    /** Takes what is generated. */
    @FunctionalInterface
    interface Sink {
        void put(String type, String id, String json);
    }

    /**
     * Makes observations, and before its first one each patient.
     *
     * @param from the first observation's number, which a patient begins with
     */
    static void generate(int from, int to, Sink sink) {
        var random = new Random(42 + from);
        for (int i = from; i < to; i++) {
            int patient = i / PER_PATIENT;
            if (i % PER_PATIENT == 0) {
                sink.put("Patient", "p" + patient, patient(patient));
            }
            sink.put("Observation", "o" + i, observation(random, i, patient));
        }
    }

    /**
     * Gives observations their search values again, in the order of their keys and in commits as
     * large as those of a reindex job.
     *
     * @param most how many at most
     * @return how many
     */
    int indexAgain(int most) {
        int done = 0;
        try (var cursor = store.scan(tenant, ScanRequest.ofType("Observation"))) {
            for (var next = cursor.next(); next.isPresent() && done < most; next = cursor.next()) {
                StoredResource stored = next.get();
                pending.add(
                        new Mutation.Index(
                                stored.key(),
                                stored.version(),
                                values.apply(stored.content().bytes())));
                done++;
                if (pending.size() >= REINDEX_COMMIT) {
                    flush();
                }
            }
        }
        flush();
        return done;
    }

    /** The code of an observation: each tenth has the first, the others are spread. */
    private static int code(Random random, int observation) {
        return observation % 10 == 0 ? 0 : 1 + random.nextInt(CODES - 1);
    }

    private static String patient(int number) {
        return """
        {"resourceType":"Patient","id":"p%d","active":true,"name":[{"family":"Family%d",\
        "given":["Given%d"]}],"gender":"%s","birthDate":"%d-06-15"}\
        """
                .formatted(
                        number,
                        number % FAMILIES,
                        number % 97,
                        number % 2 == 0 ? "male" : "female",
                        1930 + number % 90);
    }

    private static String observation(Random random, int number, int patient) {
        Instant at = START.plus(Duration.ofMinutes(random.nextInt(DAYS * 1440)));
        return String.format(
                Locale.ROOT,
                """
                {"resourceType":"Observation","id":"o%d","status":"%s","code":{"coding":[{\
                "system":"http://loinc.org","code":"code-%d","display":"Code number %d"}]},\
                "subject":{"reference":"Patient/p%d"},"effectiveDateTime":"%s",\
                "valueQuantity":{"value":%d.%d,"unit":"mg","system":"http://unitsofmeasure.org",\
                "code":"mg"}}\
                """,
                number,
                number % 50 == 7 ? "amended" : "final",
                code(random, number),
                number % 10 == 0 ? 0 : 1,
                patient,
                at,
                random.nextInt(200),
                random.nextInt(10));
    }

    private void put(String type, String id, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        var resource =
                new StoredResource(
                        new ResourceKey(type, id), 1, START, FhirVersion.R4, false, Json.of(json));
        pending.add(new Mutation.Put(resource, values.apply(bytes)));
        if (pending.size() >= COMMIT) {
            flush();
        }
    }

    private void flush() {
        store.commit(tenant, new Commit(List.of(), pending));
        pending.clear();
    }
}
