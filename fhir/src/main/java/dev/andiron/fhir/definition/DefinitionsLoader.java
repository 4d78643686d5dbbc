package dev.andiron.fhir.definition;

import dev.andiron.spi.resource.FhirVersion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads a condensed file of definitions: one fact a line, fields parted by tabs, the first naming
 * the kind of fact. What belongs to a type, parameter or compartment follows it.
 */
final class DefinitionsLoader {
    /** SQL on FHIR's ViewDefinition is a resource type in every version, and in none of theirs. */
    private static final String VIEWS = "ViewDefinition.txt";

    private final FhirVersion version;
    private String publication = "";
    private List<ElementType> openTypes = List.of();
    private final Map<String, String> interned = new HashMap<>(4096);
    private final Map<String, List<ElementType>> typeLists = new HashMap<>(1024);
    private final Map<String, TypeDefinition> types = LinkedHashMap.newLinkedHashMap(1024);
    private final Set<String> resourceTypes = new TreeSet<>();
    private final Map<String, Map<String, SearchParameter>> ownParameters = new HashMap<>();
    private final Map<String, CompartmentDefinition> compartments = new TreeMap<>();

    // The facts that lines are being collected for.
    private String[] type;
    private final List<ElementDefinition> elements = new ArrayList<>();
    private String[] parameter;
    private final List<SearchParameter.Component> components = new ArrayList<>();
    private String[] compartment;
    private final Map<String, List<String>> members = new HashMap<>();

    private DefinitionsLoader(FhirVersion version) {
        this.version = version;
    }

    static Definitions load(FhirVersion version) {
        return load(version, text(version + ".txt") + text(VIEWS));
    }

    private static String text(String file) {
        try (InputStream in = DefinitionsLoader.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    static Definitions load(FhirVersion version, String text) {
        var loader = new DefinitionsLoader(version);
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            loader.line(fields(text, start, end));
            start = end + 1;
        }
        return loader.finish();
    }

    private static String[] fields(String text, int start, int end) {
        var fields = new ArrayList<String>(8);
        for (int from = start; from <= end; ) {
            int tab = text.indexOf('\t', from);
            int to = tab < 0 || tab > end ? end : tab;
            fields.add(text.substring(from, to));
            from = to + 1;
        }
        return fields.toArray(String[]::new);
    }

    private void line(String[] fields) {
        switch (fields[0]) {
            case "element" -> elements.add(element(fields));
            case "component" ->
                    components.add(
                            new SearchParameter.Component(
                                    fields[1],
                                    fields[2],
                                    SearchParameterType.of(fields[3]),
                                    fields[4]));
            case "member" -> members.put(intern(fields[1]), List.of(fields[2].split(",")));
            case "type" -> {
                finishType();
                type = fields;
            }
            case "parameter" -> {
                finishParameter();
                parameter = fields;
            }
            case "compartment" -> {
                finishCompartment();
                compartment = fields;
            }
            case "version" -> publication = fields[1];
            case "open" -> openTypes = types(fields[1]);
            default -> throw new IllegalStateException("unknown line '" + fields[0] + "'");
        }
    }

    private ElementDefinition element(String[] fields) {
        boolean isChoice = fields[1].endsWith("[x]");
        String name = isChoice ? fields[1].substring(0, fields[1].length() - 3) : fields[1];
        return new ElementDefinition(
                intern(name),
                isChoice,
                fields[5].equals("*") ? openTypes : types(fields[5]),
                Integer.parseInt(fields[2]),
                fields[3].equals("*") ? ElementDefinition.UNBOUNDED : Integer.parseInt(fields[3]),
                fields[4].contains("s"),
                fields[4].contains("m"));
    }

    private List<ElementType> types(String field) {
        return typeLists.computeIfAbsent(field, this::parseTypes);
    }

    private List<ElementType> parseTypes(String field) {
        var list = new ArrayList<ElementType>(2);
        for (String one : field.split(",")) {
            int parenthesis = one.indexOf('(');
            list.add(
                    parenthesis < 0
                            ? new ElementType(intern(one), Set.of())
                            : new ElementType(
                                    intern(one.substring(0, parenthesis)),
                                    names(one.substring(parenthesis + 1, one.length() - 1))));
        }
        return List.copyOf(list);
    }

    private Set<String> names(String field) {
        var names = new TreeSet<String>();
        for (String name : field.split("\\|")) {
            names.add(intern(name));
        }
        return names;
    }

    private void finishType() {
        if (type == null) {
            return;
        }
        String name = intern(type[1]);
        TypeKind kind = TypeKind.valueOf(type[2]);
        boolean isAbstract = type[3].equals("abstract");
        var all = new ArrayList<ElementDefinition>();
        if (!type[4].isEmpty()) {
            all.addAll(types.get(type[4]).elements());
        }
        all.addAll(elements);
        types.put(
                name,
                new TypeDefinition(
                        name,
                        kind,
                        isAbstract,
                        Optional.of(type[4]).filter(base -> !base.isEmpty()),
                        Optional.of(type[5]).filter(regex -> !regex.isEmpty()),
                        all,
                        uses(all)));
        if (kind == TypeKind.RESOURCE && !isAbstract) {
            resourceTypes.add(name);
        }
        elements.clear();
        type = null;
    }

    private Map<String, Optional<ElementUse>> uses(List<ElementDefinition> all) {
        var uses = LinkedHashMap.<String, Optional<ElementUse>>newLinkedHashMap(all.size() * 2);
        for (ElementDefinition element : all) {
            for (ElementType elementType : element.types()) {
                uses.put(
                        intern(element.jsonName(elementType)),
                        Optional.of(new ElementUse(element, elementType)));
            }
        }
        return Collections.unmodifiableMap(uses);
    }

    private void finishParameter() {
        if (parameter == null) {
            return;
        }
        String base = intern(parameter[1]);
        String code = intern(parameter[2]);
        String targets = parameter[4];
        Set<String> targetTypes =
                switch (targets) {
                    case "" -> Set.of();
                    case "*" -> resourceTypes;
                    default -> names(targets);
                };
        ownParameters
                .computeIfAbsent(base, _ -> new TreeMap<>())
                .put(
                        code,
                        new SearchParameter(
                                base,
                                code,
                                SearchParameterType.of(parameter[3]),
                                parameter[5],
                                targetTypes,
                                components,
                                parameter[6],
                                parameter[7]));
        components.clear();
        parameter = null;
    }

    private void finishCompartment() {
        if (compartment != null) {
            compartments.put(
                    compartment[1],
                    new CompartmentDefinition(compartment[1], compartment[2], members));
            members.clear();
            compartment = null;
        }
    }

    private Definitions finish() {
        finishType();
        finishParameter();
        finishCompartment();
        var parameters = new HashMap<String, Map<String, SearchParameter>>();
        var lists = new HashMap<String, List<SearchParameter>>();
        for (TypeDefinition definition : types.values()) {
            if (definition.kind() != TypeKind.RESOURCE) {
                continue;
            }
            // A base type stands before those derived from it.
            var codes = new TreeMap<String, SearchParameter>();
            definition.base().map(parameters::get).ifPresent(codes::putAll);
            codes.putAll(ownParameters.getOrDefault(definition.name(), Map.of()));
            parameters.put(definition.name(), codes);
            lists.put(definition.name(), List.copyOf(codes.values()));
        }
        return new Definitions(
                version,
                publication,
                Collections.unmodifiableMap(types),
                Collections.unmodifiableSet(resourceTypes),
                parameters,
                lists,
                Collections.unmodifiableMap(compartments));
    }

    /** Names recur; parsed JSON names are interned, so that looking them up compares identities. */
    private String intern(String name) {
        return interned.computeIfAbsent(name, String::intern);
    }
}
