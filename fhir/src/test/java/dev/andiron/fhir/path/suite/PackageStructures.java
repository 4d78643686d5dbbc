package dev.andiron.fhir.path.suite;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;

import dev.andiron.fhir.definition.PackageFiles;

import org.hl7.fhir.instance.model.api.IBaseResource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The structures of the standard's package, each parsed when it is asked for. HAPI's own reader of
 * packages comes with its validator, which these tests do without.
 */
final class PackageStructures implements IValidationSupport {
    private static final String FILE = "package/StructureDefinition-";
    private static final String URL = "http://hl7.org/fhir/StructureDefinition/";

    private final FhirContext context;
    private final Map<String, byte[]> files = new HashMap<>();
    private final Map<String, IBaseResource> parsed = new HashMap<>();

    PackageStructures(FhirContext context, String path) throws IOException {
        this.context = context;
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
    public FhirContext getFhirContext() {
        return context;
    }

    @Override
    @SuppressWarnings("unchecked") // as the interface has it
    public <T extends IBaseResource> List<T> fetchAllStructureDefinitions() {
        return (List<T>) files.keySet().stream().map(this::fetchStructureDefinition).toList();
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
                        context.newJsonParser()
                                .parseResource(new String(content, StandardCharsets.UTF_8)));
    }

    @Override
    public <T extends IBaseResource> T fetchResource(Class<T> type, String url) {
        IBaseResource found = fetchStructureDefinition(url);
        return type == null || type.isInstance(found) ? cast(found) : null;
    }

    @SuppressWarnings("unchecked") // checked by the caller
    private static <T> T cast(IBaseResource resource) {
        return (T) resource;
    }
}
