package dev.andiron.fhir.path.suite;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.parser.IParser;

import dev.andiron.fhir.definition.PackageFiles;
import dev.andiron.spi.resource.FhirVersion;

import org.fhir.ucum.UcumEssenceService;
import org.fhir.ucum.UcumException;
import org.fhir.ucum.UcumService;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IPrimitiveType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * HAPI's own engine on the official cases, run as its own tests run it: an expression is parsed,
 * checked against the definitions and evaluated. It gets units, and no services for terminology,
 * profiles and references, as it has none of its own.
 */
final class HapiSuite {
    private static final Set<String> NUMBERS =
            Set.of("integer", "decimal", "positiveInt", "unsignedInt", "integer64");
    private static final Set<String> TEMPORAL = Set.of("date", "dateTime", "instant", "time");

    private final FhirContext context;
    private final Engine engine;
    private final Suite suite;
    private final Map<String, IBaseResource> inputs = new HashMap<>();

    private interface Engine {
        /** Parses, checks and evaluates. */
        List<? extends IBase> values(SuiteCase test, IBaseResource input) throws Exception;
    }

    HapiSuite(Suite suite, FhirVersion version) throws IOException {
        this.suite = suite;
        context =
                switch (version) {
                    case R4 -> FhirContext.forR4();
                    case R4B -> FhirContext.forR4B();
                    case R5 -> FhirContext.forR5();
                };
        engine =
                switch (version) {
                    case R4 -> r4(context, units());
                    case R5 -> r5(context, units());
                    case R4B -> throw new IllegalArgumentException("there is no suite of R4B");
                };
    }

    private static UcumService units() throws IOException {
        try (var tables = UcumEssenceService.class.getResourceAsStream("/ucum-essence.xml")) {
            return new UcumEssenceService(tables);
        } catch (UcumException e) {
            throw new IOException(e);
        }
    }

    /** HAPI's context refuses to have units, and is final. */
    private static <T> T withUnits(Class<T> type, T context, UcumService units) {
        return type.cast(
                Proxy.newProxyInstance(
                        HapiSuite.class.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            if (method.getName().equals("getUcumService")) {
                                return units;
                            }
                            try {
                                return method.invoke(context, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private static Engine r4(FhirContext context, UcumService units) {
        var worker =
                withUnits(
                        org.hl7.fhir.r4.context.IWorkerContext.class,
                        new org.hl7.fhir.r4.hapi.ctx.HapiWorkerContext(
                                context, new DefaultProfileValidationSupport(context)),
                        units);
        var engine = new org.hl7.fhir.r4.fhirpath.FHIRPathEngine(worker);
        return (test, input) -> {
            engine.setAllowPolymorphicNames(test.mode().equals("lenient/polymorphics"));
            var node = engine.parse(test.expression());
            String type = input == null ? "Resource" : input.fhirType();
            if (test.isChecked()) {
                try {
                    engine.check(null, type, type, type, node);
                } catch (UnsupportedOperationException unchecked) {
                    // Its context lacks what this check needs; it is evaluated all the same.
                }
            }
            return engine.evaluate((org.hl7.fhir.r4.model.Base) input, node);
        };
    }

    private static Engine r5(FhirContext context, UcumService units) throws IOException {
        var worker =
                withUnits(
                        org.hl7.fhir.r5.context.IWorkerContext.class,
                        new org.hl7.fhir.r5.hapi.ctx.HapiWorkerContext(
                                context, new PackageStructures(context, PackageFiles.R5)),
                        units);
        var engine = new org.hl7.fhir.r5.fhirpath.FHIRPathEngine(worker);
        return (test, input) -> {
            engine.setAllowPolymorphicNames(test.mode().equals("lenient/polymorphics"));
            var node = engine.parse(test.expression());
            String type = input == null ? "Resource" : input.fhirType();
            if (test.isChecked()) {
                try {
                    engine.check(null, type, type, type, node);
                } catch (UnsupportedOperationException unchecked) {
                    // Its context lacks what this check needs; it is evaluated all the same.
                }
            }
            return engine.evaluate((org.hl7.fhir.r5.model.Base) input, node);
        };
    }

    /** What is wrong; empty when the case passes. */
    String problem(SuiteCase test) throws IOException {
        IBaseResource input = input(test.inputFile());
        List<Found> found;
        try {
            found = engine.values(test, input).stream().map(HapiSuite::found).toList();
        } catch (Exception | NoClassDefFoundError e) {
            // Some messages of its refusals are worded by a library that we leave out.
            return test.invalid().isEmpty() ? "refused: " + e : "";
        }
        return Found.compare(test, found);
    }

    private static Found found(IBase value) {
        String type = value.fhirType();
        String text =
                switch (value) {
                    case org.hl7.fhir.r4.model.Quantity q -> quantity(q.getValue(), q.getCode());
                    case org.hl7.fhir.r5.model.Quantity q -> quantity(q.getValue(), q.getCode());
                    case IPrimitiveType<?> primitive -> primitive.getValueAsString();
                    default -> "";
                };
        return new Found(
                type,
                text == null ? "" : text,
                TEMPORAL.contains(type),
                NUMBERS.contains(type) && text != null);
    }

    private static String quantity(Object value, String code) {
        return value + " '" + (code == null ? "" : code) + "'";
    }

    private IBaseResource input(String file) throws IOException {
        if (file.isEmpty()) {
            return null;
        }
        IBaseResource known = inputs.get(file);
        if (known == null) {
            IParser parser =
                    file.endsWith(".json") ? context.newJsonParser() : context.newXmlParser();
            known = parser.parseResource(new ByteArrayInputStream(suite.input(file)));
            inputs.put(file, known);
        }
        return known;
    }
}
