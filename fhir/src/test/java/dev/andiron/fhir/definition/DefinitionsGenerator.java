package dev.andiron.fhir.definition;

import dev.andiron.spi.resource.FhirVersion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.xml.stream.XMLStreamException;

/**
 * Condenses the standard's own definitions, as HAPI packs them, into the file that {@link
 * DefinitionsLoader} reads. Run it in the folder of this module to write the file anew:
 *
 * <p>{@code java -cp <test class path> dev.andiron.fhir.definition.DefinitionsGenerator}
 */
final class DefinitionsGenerator {
    private static final String BASE_URL = "http://hl7.org/fhir/StructureDefinition/";
    private static final String FHIR_TYPE =
            "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
    private static final String REGEX = "http://hl7.org/fhir/StructureDefinition/regex";

    /** Ways to ask, not values of a resource; later versions define parameters for them. */
    private static final Set<String> NOT_VALUES =
            Set.of("_query", "_filter", "_has", "_list", "_in", "_type");

    /** Narratives are a thing of DomainResource, for which {@code _text} is defined, too. */
    private static final String TEXT_OF_ALL = "Resource _text";

    /** R5 lists a type that has no such element any more. */
    private static final String TOPIC_IN_VAIN = "EvidenceVariable topic";

    /** What the standard's own expressions lack, by parameter and type. */
    private static final Map<String, String> CORRECTED =
            Map.of(
                    "InsurancePlan-name InsurancePlan",
                    "InsurancePlan.name | InsurancePlan.alias",
                    "Appointment-requested-period Appointment",
                    "Appointment.requestedPeriod",
                    "clinical-date Appointment",
                    "(Appointment.start | Appointment.requestedPeriod.start).first()",
                    "clinical-date CareTeam",
                    "CareTeam.period");

    /** The types of components for which R5 names parameters that it does not define. */
    private static final Map<String, String> UNDEFINED =
            Map.of(
                    "version", "string",
                    "period", "date",
                    "numerator", "quantity",
                    "denominator", "quantity",
                    "value-string", "string",
                    "state", "token",
                    "actual", "token",
                    "artifact", "reference",
                    "conformance", "token",
                    "phase", "token");

    private final StringBuilder out = new StringBuilder();
    private final Map<String, DefinitionNode> structures = new LinkedHashMap<>();
    private final List<DefinitionNode> parameters;
    private final List<DefinitionNode> compartments;
    private String openTypes = "";
    private long concreteResources;

    private DefinitionsGenerator(DefinitionsSource source) {
        source.structures().forEach(structure -> structures.put(structure.text("type"), structure));
        parameters = source.parameters();
        compartments = source.compartments();
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of("src/main/resources/dev/andiron/fhir/definition");
        Files.createDirectories(folder);
        for (FhirVersion version : FhirVersion.values()) {
            Files.writeString(folder.resolve(version + ".txt"), generate(version));
        }
    }

    /** The file's text for a version. */
    static String generate(FhirVersion version) throws IOException, XMLStreamException {
        return new DefinitionsGenerator(DefinitionsSource.of(version)).generate();
    }

    private String generate() {
        line("version", structures.get("Patient").text("fhirVersion"));
        DefinitionNode extensionValue =
                elements(structures.get("Extension")).stream()
                        .filter(element -> element.text("path").equals("Extension.value[x]"))
                        .findFirst()
                        .orElseThrow();
        openTypes = types(extensionValue, "Extension");
        line("open", openTypes);
        var written = new LinkedHashSet<String>();
        for (String name : new TreeMap<>(structures).keySet()) {
            writeStructure(name, written);
        }
        concreteResources =
                structures.values().stream()
                        .filter(structure -> structure.text("kind").equals("resource"))
                        .filter(structure -> !structure.text("abstract").equals("true"))
                        .count();
        writeParameters();
        writeCompartments();
        return out.toString();
    }

    private static List<DefinitionNode> elements(DefinitionNode structure) {
        return structure.child("snapshot").orElseThrow().all("element");
    }

    // A base type goes before those derived from it.
    private void writeStructure(String name, LinkedHashSet<String> written) {
        if (!written.add(name)) {
            return;
        }
        DefinitionNode structure = structures.get(name);
        String base = structure.text("baseDefinition").replace(BASE_URL, "");
        if (!base.isEmpty()) {
            writeStructure(base, written);
        }
        String abstractness = structure.text("abstract").equals("true") ? "abstract" : "";
        String kind = structure.text("kind");
        if (kind.equals("primitive-type")) {
            line("type", name, TypeKind.PRIMITIVE.name(), abstractness, base, regex(structure));
            return;
        }
        TypeKind typeKind = kind.equals("resource") ? TypeKind.RESOURCE : TypeKind.COMPLEX;
        line("type", name, typeKind.name(), abstractness, base, "");
        writeElements(structure, name);
        for (DefinitionNode element : elements(structure)) {
            String path = element.text("path");
            if (path.contains(".") && isBackbone(structure, path)) {
                String backboneBase = element.child("type").orElseThrow().text("code");
                writeStructure(backboneBase, written);
                line("type", path, TypeKind.BACKBONE.name(), "", backboneBase, "");
                writeElements(structure, path);
            }
        }
    }

    private static boolean isBackbone(DefinitionNode structure, String path) {
        return elements(structure).stream()
                .anyMatch(element -> element.text("path").startsWith(path + "."));
    }

    private static String regex(DefinitionNode primitive) {
        return elements(primitive).stream()
                .filter(element -> element.text("path").endsWith(".value"))
                .flatMap(element -> element.all("type").stream())
                .flatMap(type -> type.extension(REGEX).stream())
                .findFirst()
                .orElse("");
    }

    private void writeElements(DefinitionNode structure, String parent) {
        for (DefinitionNode element : elements(structure)) {
            String path = element.text("path");
            if (!path.startsWith(parent + ".") || path.indexOf('.', parent.length() + 1) >= 0) {
                continue;
            }
            String definedAt = element.child("base").orElseThrow().text("path");
            if (!definedAt.startsWith(structure.text("type") + ".")) {
                continue; // inherited
            }
            String types = types(element, structure.text("type"));
            line(
                    "element",
                    path.substring(parent.length() + 1),
                    element.text("min"),
                    element.text("max"),
                    (element.text("isSummary").equals("true") ? "s" : "")
                            + (element.text("isModifier").equals("true") ? "m" : ""),
                    types.equals(openTypes) ? "*" : types);
        }
    }

    private String types(DefinitionNode element, String structureType) {
        String reference = element.text("contentReference");
        if (!reference.isEmpty()) {
            return reference.substring(reference.indexOf('#') + 1);
        }
        String path = element.text("path");
        if (isBackbone(structures.get(structureType), path)) {
            return path;
        }
        if (path.equals("Resource.id")) {
            return "id"; // the R4 definition says string
        }
        if (path.equals("Element.id")) {
            return "string"; // the R4B definition says id, which its own examples do not keep
        }
        var types = new ArrayList<String>();
        for (DefinitionNode type : element.all("type")) {
            String name = type.extension(FHIR_TYPE).orElse(type.text("code"));
            String targets =
                    type.texts("targetProfile").stream()
                            .map(url -> url.replace(BASE_URL, ""))
                            .filter(target -> !target.equals("Resource"))
                            .collect(Collectors.joining("|"));
            types.add(targets.isEmpty() ? name : name + "(" + targets + ")");
        }
        return String.join(",", types);
    }

    private void writeParameters() {
        var byUrl = new HashMap<String, DefinitionNode>();
        parameters.forEach(parameter -> byUrl.put(parameter.text("url"), parameter));
        var lines = new TreeMap<String, List<String[]>>();
        for (DefinitionNode parameter : parameters) {
            for (String base : parameter.texts("base")) {
                String code = parameter.text("code");
                String key = base + " " + code;
                boolean isLeftOut =
                        NOT_VALUES.contains(code)
                                || key.equals(TEXT_OF_ALL)
                                || key.equals(TOPIC_IN_VAIN)
                                        && !parameter.text("expression").contains(base);
                if (!isLeftOut) {
                    lines.put(key, parameterLines(parameter, base, byUrl));
                }
            }
        }
        // R4 speaks of _language, but defines no parameter for it; later versions do.
        lines.computeIfAbsent("Resource _language", _ -> List.<String[]>of(languageLine()));
        lines.values().forEach(group -> group.forEach(this::line));
    }

    private static String[] languageLine() {
        return new String[] {
            "parameter",
            "Resource",
            "_language",
            "token",
            "",
            "Resource.language",
            "http://hl7.org/fhir/SearchParameter/Resource-language",
            "Language of the resource content"
        };
    }

    private List<String[]> parameterLines(
            DefinitionNode parameter, String base, Map<String, DefinitionNode> byUrl) {
        var lines = new ArrayList<String[]>();
        List<String> targets = parameter.texts("target");
        boolean anyTarget = targets.contains("Resource") || targets.size() >= concreteResources - 3;
        lines.add(
                new String[] {
                    "parameter",
                    base,
                    parameter.text("code"),
                    parameter.text("type"),
                    anyTarget ? "*" : String.join("|", targets),
                    expression(parameter, base),
                    parameter.text("url"),
                    description(parameter.text("description"), base)
                });
        for (DefinitionNode component : parameter.all("component")) {
            String url = component.text("definition");
            DefinitionNode definition = byUrl.get(url);
            String undefined = url.substring(url.indexOf('-') + 1);
            lines.add(
                    new String[] {
                        "component",
                        url,
                        definition == null ? undefined : definition.text("code"),
                        definition == null
                                ? Objects.requireNonNull(UNDEFINED.get(undefined), url)
                                : definition.text("type"),
                        component.text("expression")
                    });
        }
        return lines;
    }

    /** The alternatives that begin at the base; a parameter of many types has some for each. */
    private static String expression(DefinitionNode parameter, String base) {
        String expression = parameter.text("expression").replaceAll("\\s+", " ").strip();
        String corrected = CORRECTED.get(parameter.text("id") + " " + base);
        if (corrected != null) {
            return corrected;
        }
        Pattern own = Pattern.compile("\\(*" + base + "\\b.*");
        String kept =
                alternatives(expression).stream()
                        .filter(alternative -> own.matcher(alternative).matches())
                        .collect(Collectors.joining(" | "));
        if (kept.isEmpty() != expression.isEmpty()) {
            throw new IllegalStateException(
                    parameter.text("id") + " of " + base + ": " + expression);
        }
        return kept;
    }

    /** The operands of the unions that stand in no parentheses. */
    private static List<String> alternatives(String expression) {
        var alternatives = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < expression.length(); i++) {
            switch (expression.charAt(i)) {
                case '(' -> depth++;
                case ')' -> depth--;
                case '|' -> {
                    if (depth == 0) {
                        alternatives.add(expression.substring(start, i).strip());
                        start = i + 1;
                    }
                }
                default -> {
                    // Part of an alternative.
                }
            }
        }
        alternatives.add(expression.substring(start).strip());
        return alternatives;
    }

    /** Parameters of many types describe themselves by a list with a line for each. */
    private static String description(String description, String base) {
        return Arrays.stream(description.split("\\R|(?= \\* \\[)"))
                .map(String::strip)
                .filter(line -> line.startsWith("* [" + base + "]"))
                .map(line -> line.substring(line.indexOf("):") + 2))
                .findFirst()
                .orElse(description)
                .replaceAll("\\s+", " ")
                .strip();
    }

    private void writeCompartments() {
        for (DefinitionNode compartment : compartments) {
            line("compartment", compartment.text("code"), compartment.text("url"));
            for (DefinitionNode resource : compartment.all("resource")) {
                // "{def}" stands for the compartment's own resource, which always belongs to it.
                String parameters =
                        resource.texts("param").stream()
                                .filter(parameter -> !parameter.equals("{def}"))
                                .collect(Collectors.joining(","));
                if (!parameters.isEmpty()) {
                    line("member", resource.text("code"), parameters);
                }
            }
        }
    }

    private void line(String... fields) {
        out.append(String.join("\t", fields)).append('\n');
    }
}
