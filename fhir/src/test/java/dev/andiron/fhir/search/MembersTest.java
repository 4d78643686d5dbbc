package dev.andiron.fhir.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.terminology.ResourceLookup;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.search.Criterion;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code _in} of R5: the members of lists, groups and care teams. */
class MembersTest {
    private static final Map<String, String> STORED =
            Map.of(
                    "Group/g",
                    """
                    {"member":[{"entity":{"reference":"Patient/a"}},{"entity":{"reference":"Patient/b"},"inactive":true},
                     {"entity":{"reference":"Device/d"}}]}
                    """,
                    "CareTeam/c",
                    """
                    {"participant":[{"member":{"reference":"Patient/c"}},{"role":{"text":"none yet"}}]}
                    """,
                    "List/l",
                    """
                    {"entry":[{"item":{"reference":"Patient/e"}},{"item":{"reference":"Patient/f"},"deleted":true}]}
                    """);

    private static final ResourceLookup LOOKUP =
            new ResourceLookup() {
                @Override
                public Optional<JsonObject> read(String type, String id) {
                    return Optional.ofNullable(STORED.get(type + "/" + id))
                            .map(json -> json.getBytes(StandardCharsets.UTF_8))
                            .map(JsonReader::readObject);
                }

                @Override
                public List<JsonObject> withUrl(String type, String url) {
                    return List.of();
                }

                @Override
                public List<String> referring(
                        String type, String parameter, Collection<String> ids, int limit) {
                    return List.of();
                }
            };

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Group/g; Device/d Patient/a",
                "CareTeam/c; Patient/c",
                "List/l; Patient/e",
            })
    void areFound(String value, String expected) {
        var all =
                new Criterion.Any(
                        List.of(expected.split(" ")).stream().map(MembersTest::is).toList());
        assertEquals(all, parse(FhirVersion.R5, value));
    }

    private static Criterion is(String key) {
        String[] parts = key.split("/");
        return new Criterion.All(
                List.of(new Criterion.Type(Set.of(parts[0])), new Criterion.Id(Set.of(parts[1]))));
    }

    @ParameterizedTest
    @CsvSource({"R5, Group/none, 422", "R5, Patient/a, 400", "R5, g, 400", "R4, Group/g, 400"})
    void areRefusedWhereThereAreNone(FhirVersion version, String value, int status) {
        var refused = assertThrows(FhirException.class, () -> parse(version, value));
        assertEquals(status, refused.status());
    }

    private static Criterion parse(FhirVersion version, String value) {
        Definitions definitions = Definitions.of(version);
        var parser =
                new SearchParser(
                        definitions,
                        List.of("http://localhost/fhir"),
                        () -> Instant.EPOCH,
                        SearchLimits.DEFAULT);
        return parser.parse(
                        new SearchContext(definitions, LOOKUP),
                        "Patient",
                        List.of(new QueryParameter("_in", value)),
                        Handling.STRICT)
                .criterion();
    }
}
