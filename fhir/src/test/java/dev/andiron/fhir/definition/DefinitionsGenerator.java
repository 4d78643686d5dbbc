package dev.andiron.fhir.definition;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

    /** {@code _query} names an operation, not a value of the resource. */
    private static final String NOT_A_VALUE = "_query";

    private final String packagePath;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, XmlNode> structures = new LinkedHashMap<>();
    private final List<XmlNode> compartments = new ArrayList<>();
    private String openTypes = "";
    private long concreteResources;

    private DefinitionsGenerator(String packagePath) {
        this.packagePath = packagePath;
    }

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of("src/main/resources/dev/andiron/fhir/definition/R4.txt");
        Files.createDirectories(file.getParent());
        Files.writeString(file, generate("r4"));
    }

    /** The file's text for a version such as {@code r4}. */
    static String generate(String version) throws IOException, XMLStreamException {
        return new DefinitionsGenerator("/org/hl7/fhir/" + version + "/model/").generate();
    }

    private String generate() throws IOException, XMLStreamException {
        readBundle("profile/profiles-types.xml");
        readBundle("profile/profiles-resources.xml");
        line("version", structures.get("Patient").text("fhirVersion"));
        XmlNode extensionValue =
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

    private void readBundle(String file) throws IOException, XMLStreamException {
        try (InputStream in = getClass().getResourceAsStream(packagePath + file)) {
            for (XmlNode entry : XmlNode.read(in).all("entry")) {
                XmlNode resource = entry.child("resource").orElseThrow().children().getFirst();
                if (resource.name().equals("CompartmentDefinition")) {
                    compartments.add(resource);
                } else if (resource.name().equals("StructureDefinition")
                        && !resource.text("derivation").equals("constraint")) {
                    structures.put(resource.text("type"), resource);
                }
            }
        }
    }

    private static List<XmlNode> elements(XmlNode structure) {
        return structure.child("snapshot").orElseThrow().all("element");
    }

    // A base type goes before those derived from it.
    private void writeStructure(String name, LinkedHashSet<String> written) {
        if (!written.add(name)) {
            return;
        }
        XmlNode structure = structures.get(name);
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
        for (XmlNode element : elements(structure)) {
            String path = element.text("path");
            if (path.contains(".") && isBackbone(structure, path)) {
                String backboneBase = element.child("type").orElseThrow().text("code");
                writeStructure(backboneBase, written);
                line("type", path, TypeKind.BACKBONE.name(), "", backboneBase, "");
                writeElements(structure, path);
            }
        }
    }

    private static boolean isBackbone(XmlNode structure, String path) {
        return elements(structure).stream()
                .anyMatch(element -> element.text("path").startsWith(path + "."));
    }

    private static String regex(XmlNode primitive) {
        return elements(primitive).stream()
                .filter(element -> element.text("path").endsWith(".value"))
                .flatMap(element -> element.all("type").stream())
                .flatMap(type -> type.extension(REGEX).stream())
                .findFirst()
                .orElse("");
    }

    private void writeElements(XmlNode structure, String parent) {
        for (XmlNode element : elements(structure)) {
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

    private String types(XmlNode element, String structureType) {
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
        var types = new ArrayList<String>();
        for (XmlNode type : element.all("type")) {
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

    private void writeParameters() throws IOException {
        var parameters = new ArrayList<JsonObject>();
        try (InputStream in =
                getClass().getResourceAsStream(packagePath + "sp/search-parameters.json")) {
            for (JsonObject entry : JsonReader.readObject(in.readAllBytes()).objects("entry")) {
                parameters.add(entry.object("resource").orElseThrow());
            }
        }
        var byUrl = new HashMap<String, JsonObject>();
        parameters.forEach(parameter -> byUrl.put(text(parameter, "url"), parameter));
        var lines = new TreeMap<String, List<String[]>>();
        for (JsonObject parameter : parameters) {
            for (String base : texts(parameter, "base")) {
                String code = text(parameter, "code");
                if (!code.equals(NOT_A_VALUE)) {
                    lines.put(base + " " + code, parameterLines(parameter, base, byUrl));
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
            JsonObject parameter, String base, Map<String, JsonObject> byUrl) {
        var lines = new ArrayList<String[]>();
        List<String> targets = texts(parameter, "target");
        boolean anyTarget = targets.contains("Resource") || targets.size() >= concreteResources - 3;
        lines.add(
                new String[] {
                    "parameter",
                    base,
                    text(parameter, "code"),
                    text(parameter, "type"),
                    anyTarget ? "*" : String.join("|", targets),
                    expression(parameter, base),
                    text(parameter, "url"),
                    description(text(parameter, "description"), base)
                });
        for (JsonObject component : parameter.objects("component")) {
            JsonObject definition = byUrl.get(text(component, "definition"));
            lines.add(
                    new String[] {
                        "component",
                        text(component, "definition"),
                        text(definition, "code"),
                        text(definition, "type"),
                        text(component, "expression")
                    });
        }
        return lines;
    }

    /** The alternatives that begin at the base; a parameter of many types has some for each. */
    private static String expression(JsonObject parameter, String base) {
        String expression = text(parameter, "expression").replaceAll("\\s+", " ").strip();
        if (text(parameter, "url").endsWith("/InsurancePlan-name")) {
            return "InsurancePlan.name | InsurancePlan.alias"; // R4 forgets the type
        }
        Pattern own = Pattern.compile("\\(*" + base + "\\b.*");
        String kept =
                Arrays.stream(expression.split("\\|"))
                        .map(String::strip)
                        .filter(alternative -> own.matcher(alternative).matches())
                        .collect(Collectors.joining(" | "));
        if (kept.isEmpty() != expression.isEmpty()) {
            throw new IllegalStateException(text(parameter, "url") + ": " + expression);
        }
        return kept;
    }

    /** Parameters of many types describe themselves by a list with a line for each. */
    private static String description(String description, String base) {
        return Arrays.stream(description.split("\\R"))
                .filter(line -> line.startsWith("* [" + base + "]"))
                .map(line -> line.substring(line.indexOf("):") + 2))
                .findFirst()
                .orElse(description)
                .replaceAll("\\s+", " ")
                .strip();
    }

    private void writeCompartments() {
        for (XmlNode compartment : compartments) {
            line("compartment", compartment.text("code"), compartment.text("url"));
            for (XmlNode resource : compartment.all("resource")) {
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

    private static String text(JsonObject object, String name) {
        return object.string(name).orElse("");
    }

    private static List<String> texts(JsonObject object, String name) {
        var texts = new ArrayList<String>();
        object.array(name)
                .ifPresent(
                        array ->
                                array.forEach(
                                        value -> {
                                            if (value instanceof JsonString string) {
                                                texts.add(string.value());
                                            }
                                        }));
        return texts;
    }

    private void line(String... fields) {
        out.append(String.join("\t", fields)).append('\n');
    }
}
