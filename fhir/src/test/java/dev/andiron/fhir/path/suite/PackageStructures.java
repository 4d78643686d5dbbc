package dev.andiron.fhir.path.suite;

import ca.uhn.fhir.context.FhirContext;

import dev.andiron.fhir.definition.PackageFiles;
import dev.andiron.fhir.path.hapi.Structures;

import org.hl7.fhir.instance.model.api.IBaseResource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The structures of the standard's package, each parsed when it is asked for. HAPI's own reader of
 * packages comes with its validator, which these tests do without.
 */
final class PackageStructures extends Structures {
    private static final String FILE = "package/StructureDefinition-";

    private final Map<String, byte[]> files = new HashMap<>();
    private final Map<String, IBaseResource> parsed = new HashMap<>();

    PackageStructures(FhirContext context, String path) throws IOException {
        super(context);
        PackageFiles.read(
                path,
                (name, content) -> {
                    if (name.startsWith(FILE)) {
                        String id = name.substring(FILE.length()).replace(".json", "");
                        files.put(URL + id, content);
                    }
                });
    }

    @Override
    protected Set<String> urls() {
        return files.keySet();
    }

    @Override
    public IBaseResource fetchStructureDefinition(String url) {
        byte[] content = files.get(url);
        if (content == null) {
            return null;
        }
        return parsed.computeIfAbsent(
                url,
                _ ->
                        getFhirContext()
                                .newJsonParser()
                                .parseResource(new String(content, StandardCharsets.UTF_8)));
    }
}
