package dev.andiron.server.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.view.CompiledView;
import dev.andiron.fhir.view.NativeViewContract;
import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendContext;
import dev.andiron.spi.Options;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.view.Row;
import dev.andiron.sqlite.SqliteProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Views in SQLite. */
class NativeViewTest extends NativeViewContract {
    private static final Definitions R4 = Definitions.of(FhirVersion.R4);

    @TempDir Path folder;

    private record Context(Path dataDirectory, Options options) implements BackendContext {
        @Override
        public String backendName() {
            return "main";
        }

        @Override
        public InstantSource clock() {
            return InstantSource.system();
        }
    }

    @Override
    protected String database() {
        return "SQLite";
    }

    @Override
    protected Backend open() {
        var provider = new SqliteProvider();
        var options = Options.of(provider.options(), Map.of("path", folder.resolve("views.db")));
        return provider.open(new Context(folder, options));
    }

    /** Documents that paths cannot be read out of as they are, each alone and all together. */
    @Test
    void oddDocumentsGiveTheSameRows() {
        CompiledView view =
                CompiledView.compile(
                        json(
                                """
                                {"resourceType":"ViewDefinition","status":"active","resource":"Patient",\
                                "select":[{"column":[{"path":"getResourceKey()","name":"key"},\
                                {"path":"birthDate","name":"born"},{"path":"active","name":"active"},\
                                {"path":"name.given.first()","name":"first"},\
                                {"path":"name[1].family","name":"second"},\
                                {"path":"name.given","name":"given","collection":true},\
                                {"path":"multipleBirth.ofType(integer)","name":"births"},\
                                {"path":"generalPractitioner.getReferenceKey()","name":"doctors","collection":true},\
                                {"path":"managingOrganization.getReferenceKey(Organization)","name":"owner"},\
                                {"path":"extension('http://x').value.ofType(decimal)","name":"x"},\
                                {"path":"name.where(use = 'official').family","name":"official"}]},\
                                {"forEachOrNull":"contact","column":[{"path":"gender","name":"gender"}]}]}\
                                """),
                        "",
                        R4);
        var odd = new ArrayList<JsonObject>();
        for (String members :
                List.of(
                        "\"active\":true",
                        "\"active\":false,\"birthDate\":\"1970\",\"multipleBirthInteger\":-3",
                        "\"_birthDate\":{\"id\":\"x\"},\"multipleBirthBoolean\":true",
                        "\"birthDate\":\"1970-01-02\",\"_birthDate\":{\"id\":\"x\"}",
                        "\"name\":[{\"given\":[\"a\\\\b\\\"\\u00e9\\n"
                                + "\\/\",\"é😀\"],\"family\":\"x\"},{\"family\":\"y\"}]",
                        "\"name\":[{\"given\":[null,\"b\"],\"_given\":[{\"id\":\"x\"},null]}]",
                        "\"name\":[{\"_given\":[{\"id\":\"x\"}]},{\"given\":[\"b\"]}]",
                        "\"name\":[{\"given\":[\"\\ud83d\\ude00\"]}]",
                        "\"name\":[{\"use\":\"official\",\"family\":\"a\"},{\"use\":\"usual\",\"family\":\"b\"}]",
                        "\"generalPractitioner\":[{\"reference\":\"Practitioner/1\"},{\"display\":\"x\"},"
                            + "{\"reference\":\"#c\"}],\"managingOrganization\":{\"reference\":\"Patient/1\"}",
                        "\"managingOrganization\":{\"type\":\"Organization\",\"reference\":\"Organization/1/_history/2\"}",
                        "\"extension\":[{\"url\":\"http://x\",\"valueDecimal\":1.50},{\"url\":\"http://y\",\"valueDecimal\":2}]",
                        "\"contact\":[{\"gender\":\"male\"},{\"gender\":\"female\"}],\"active\":true")) {
            odd.add(
                    json(
                            "{\"resourceType\":\"Patient\",\"id\":\"o%d\",%s}"
                                    .formatted(odd.size(), members)));
        }
        try (Backend backend = open()) {
            for (JsonObject each : odd) {
                assertSame(backend, view, List.of(each));
            }
            assertSame(backend, view, odd);
        }
    }

    private void assertSame(Backend backend, CompiledView view, List<JsonObject> resources) {
        var expected = new ArrayList<Row>();
        resources.forEach(resource -> view.rows(resource, expected::add));
        store(backend, resources);
        assertEquals(expected, read(backend, view.portable().orElseThrow()), resources::toString);
    }
}
