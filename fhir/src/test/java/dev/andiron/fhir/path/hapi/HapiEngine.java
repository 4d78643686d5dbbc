package dev.andiron.fhir.path.hapi;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.IFhirPath;
import ca.uhn.fhir.fhirpath.IFhirPathEvaluationContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.parser.LenientErrorHandler;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.TypeDefinition;
import dev.andiron.fhir.definition.TypeKind;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.spi.resource.FhirVersion;

import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** HAPI's parser and FHIRPath engine for a version, quick to have. Not for use by many threads. */
public record HapiEngine(FhirContext context, IParser parser, IFhirPath engine) {
    public static HapiEngine of(FhirVersion version) {
        FhirContext context =
                switch (version) {
                    case R4 -> FhirContext.forR4();
                    case R4B -> FhirContext.forR4B();
                    case R5 -> FhirContext.forR5();
                };
        context.setValidationSupport(new TypeNames(context, Definitions.of(version)));
        var parser = context.newJsonParser();
        parser.setParserErrorHandler(new LenientErrorHandler(false).disableAllErrors());
        IFhirPath engine = context.newFhirPath();
        engine.setEvaluationContext(new ByType(context));
        return new HapiEngine(context, parser, engine);
    }

    /** The names and bases of types, which is all that evaluating needs, and quick to have. */
    private static final class TypeNames extends Structures {
        private final Map<String, IBaseResource> structures = new LinkedHashMap<>();

        TypeNames(FhirContext context, Definitions definitions) {
            super(context);
            for (TypeDefinition type : definitions.types().values()) {
                if (type.kind() != TypeKind.BACKBONE) {
                    structures.put(URL + type.name(), structure(context, type));
                }
            }
        }

        private static IBaseResource structure(FhirContext context, TypeDefinition type) {
            String kind =
                    switch (type.kind()) {
                        case PRIMITIVE -> "primitive-type";
                        case RESOURCE -> "resource";
                        case COMPLEX, BACKBONE -> "complex-type";
                    };
            var json =
                    JsonObject.builder()
                            .put("resourceType", "StructureDefinition")
                            .put("url", URL + type.name())
                            .put("name", type.name())
                            .put("type", type.name())
                            .put("kind", kind)
                            .put("derivation", "specialization");
            type.base().ifPresent(base -> json.put("baseDefinition", URL + base));
            return context.newJsonParser().parseResource(json.build().toString());
        }

        @Override
        protected Set<String> urls() {
            return structures.keySet();
        }

        @Override
        public IBaseResource fetchStructureDefinition(String url) {
            return structures.get(url);
        }
    }

    private record ByType(FhirContext context) implements IFhirPathEvaluationContext {
        @Override
        public IBase resolveReference(IIdType reference, IBase within) {
            return reference.hasResourceType()
                    ? context.getResourceDefinition(reference.getResourceType()).newInstance()
                    : null;
        }
    }
}
