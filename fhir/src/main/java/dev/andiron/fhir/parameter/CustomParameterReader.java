package dev.andiron.fhir.parameter;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.SearchParameter;
import dev.andiron.fhir.definition.SearchParameterType;
import dev.andiron.fhir.json.JsonArray;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathDialect;
import dev.andiron.fhir.path.PathException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads SearchParameter resources, and refuses what searches could not use, with the element and
 * everything that is wrong at once. Safe for use by many threads.
 */
public final class CustomParameterReader {
    private static final Pattern CODE = Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,63}");
    private static final Set<String> ABSTRACT = Set.of("Resource", "DomainResource");
    private static final Set<String> IN_USE = Set.of("active", "draft");
    private static final int LONGEST_EXPRESSION = 8_000;
    private static final int MOST_COMPONENTS = 16;
    private static final String ROOT = "SearchParameter.";

    private final Definitions definitions;
    private final Map<String, SearchParameter> standard = new HashMap<>();

    public CustomParameterReader(Definitions definitions) {
        this.definitions = definitions;
        for (String type : definitions.resourceTypes()) {
            for (SearchParameter parameter : definitions.searchParameters(type)) {
                standard.putIfAbsent(parameter.url(), parameter);
            }
        }
    }

    /**
     * Whether searches use a definition: while its status is {@code active} or {@code draft}.
     *
     * @param resource a SearchParameter
     */
    public static boolean isInUse(JsonObject resource) {
        return resource.string("status").filter(IN_USE::contains).isPresent();
    }

    /**
     * Reads a definition.
     *
     * @param resource a SearchParameter
     * @param others the tenant's other parameters by URL, for the parts of a composite
     * @throws FhirException 422 with everything that is wrong
     */
    public CustomParameter read(
            JsonObject resource, Function<String, Optional<SearchParameter>> others) {
        var reading = new Reading(others);
        CustomParameter parameter = reading.read(resource);
        if (!reading.issues.isEmpty()) {
            throw new FhirException(422, reading.issues);
        }
        return parameter;
    }

    /** One resource being read. */
    private final class Reading {
        private final Function<String, Optional<SearchParameter>> others;
        private final List<Issue> issues = new ArrayList<>();

        Reading(Function<String, Optional<SearchParameter>> others) {
            this.others = others;
        }

        private void refuse(String element, String message) {
            issues.add(Issue.error("invalid", message, ROOT + element));
        }

        CustomParameter read(JsonObject resource) {
            String url = required(resource, "url");
            if (standard.containsKey(url)) {
                refuse("url", "'" + url + "' is a search parameter of the standard.");
            } else if (!url.isEmpty() && url.indexOf(':') < 1) {
                refuse("url", "The URL of a search parameter is absolute, unlike '" + url + "'.");
            }
            String code = required(resource, "code");
            if (!code.isEmpty() && !CODE.matcher(code).matches()) {
                refuse(
                        "code",
                        ("A code has 1 to 64 letters, digits and hyphens, the first a letter; '%s'"
                                        + " is none.")
                                .formatted(code));
            }
            List<String> bases = bases(resource, code);
            SearchParameterType type = type(resource);
            Set<String> targets = targets(resource, type);
            List<SearchParameter.Component> components = components(resource, type);
            String expression = required(resource, "expression");
            if (expression.length() > LONGEST_EXPRESSION) {
                refuse(
                        "expression",
                        "An expression has at most %d characters.".formatted(LONGEST_EXPRESSION));
            }
            var parameters = new ArrayList<SearchParameter>();
            if (issues.isEmpty()) {
                for (String base : bases) {
                    String own = Alternatives.of(expression, base, definitions);
                    check(own, base, type, components);
                    parameters.add(
                            new SearchParameter(
                                    base,
                                    code,
                                    type,
                                    own,
                                    targets,
                                    components,
                                    url,
                                    resource.string("description").orElse("")));
                }
            }
            return new CustomParameter(url, code, parameters);
        }

        private String required(JsonObject resource, String name) {
            String text = resource.string(name).orElse("").strip();
            if (text.isEmpty()) {
                issues.add(
                        Issue.error(
                                "required",
                                "A search parameter that searches use needs this element.",
                                ROOT + name));
            }
            return text;
        }

        private List<String> bases(JsonObject resource, String code) {
            List<String> bases = strings(resource, "base");
            if (bases.isEmpty()) {
                issues.add(Issue.error("required", "At least one type is needed.", ROOT + "base"));
            }
            for (int i = 0; i < bases.size(); i++) {
                String base = bases.get(i);
                String element = "base[" + i + "]";
                if (!definitions.isResourceType(base) && !ABSTRACT.contains(base)) {
                    refuse(element, "'" + base + "' is not a resource type.");
                } else if (clashes(base, code)) {
                    refuse(
                            "code",
                            "The standard has a parameter '%s' of %s.".formatted(code, base));
                } else if (bases.indexOf(base) < i) {
                    refuse(element, "'" + base + "' is there already.");
                }
            }
            return bases;
        }

        /** Whether the standard has the code on the type, or on one derived from it. */
        private boolean clashes(String base, String code) {
            return definitions.searchParameter(base, code).isPresent()
                    || ABSTRACT.contains(base)
                            && definitions.resourceTypes().stream()
                                    .anyMatch(
                                            type ->
                                                    definitions
                                                            .searchParameter(type, code)
                                                            .isPresent());
        }

        private SearchParameterType type(JsonObject resource) {
            String name = required(resource, "type");
            List<SearchParameterType> usable =
                    Arrays.stream(SearchParameterType.values())
                            .filter(type -> type != SearchParameterType.SPECIAL)
                            .toList();
            for (SearchParameterType type : usable) {
                if (type.code().equals(name)) {
                    return type;
                }
            }
            if (!name.isEmpty()) {
                refuse(
                        "type",
                        "The type is one of %s, not '%s'."
                                .formatted(
                                        usable.stream()
                                                .map(SearchParameterType::code)
                                                .collect(Collectors.joining(", ")),
                                        name));
            }
            return SearchParameterType.STRING;
        }

        /** The types a reference may lead to; without any it may lead to all. */
        private Set<String> targets(JsonObject resource, SearchParameterType type) {
            List<String> names = strings(resource, "target");
            if (type != SearchParameterType.REFERENCE) {
                if (!names.isEmpty()) {
                    refuse("target", "Only a reference has targets.");
                }
                return Set.of();
            }
            for (int i = 0; i < names.size(); i++) {
                if (!definitions.isResourceType(names.get(i)) && !ABSTRACT.contains(names.get(i))) {
                    refuse("target[" + i + "]", "'" + names.get(i) + "' is not a resource type.");
                }
            }
            boolean all = names.isEmpty() || names.stream().anyMatch(ABSTRACT::contains);
            return all ? definitions.resourceTypes() : new TreeSet<>(names);
        }

        private List<SearchParameter.Component> components(
                JsonObject resource, SearchParameterType type) {
            List<JsonObject> parts = resource.objects("component");
            if (type != SearchParameterType.COMPOSITE) {
                if (!parts.isEmpty()) {
                    refuse("component", "Only a composite has components.");
                }
                return List.of();
            }
            if (parts.size() < 2 || parts.size() > MOST_COMPONENTS) {
                refuse(
                        "component",
                        "A composite has 2 to %d components.".formatted(MOST_COMPONENTS));
                return List.of();
            }
            var components = new ArrayList<SearchParameter.Component>();
            for (int i = 0; i < parts.size(); i++) {
                component(parts.get(i), "component[" + i + "].").ifPresent(components::add);
            }
            return components;
        }

        private Optional<SearchParameter.Component> component(JsonObject part, String element) {
            String definition = part.string("definition").orElse("");
            String url = definition.split("\\|", -1)[0];
            String expression = part.string("expression").orElse("");
            Optional<SearchParameter> found =
                    Optional.ofNullable(standard.get(url)).or(() -> others.apply(url));
            if (found.isEmpty()) {
                refuse(
                        element + "definition",
                        "There is no search parameter '" + definition + "'.");
            } else if (found.get().type() == SearchParameterType.COMPOSITE) {
                refuse(element + "definition", "A part of a composite is no composite itself.");
            }
            if (expression.isEmpty()) {
                refuse(element + "expression", "A component needs an expression.");
            } else {
                compile(expression, "Resource", element + "expression");
            }
            return found.map(
                    it -> new SearchParameter.Component(url, it.code(), it.type(), expression));
        }

        private Optional<Path> compile(String expression, String base, String element) {
            try {
                return Optional.of(
                        Path.compile(expression, base, definitions, PathDialect.FILTERING_AS));
            } catch (PathException e) {
                refuse(element, "For " + base + ", " + e.getMessage() + ".");
                return Optional.empty();
            }
        }

        private void check(
                String expression,
                String base,
                SearchParameterType type,
                List<SearchParameter.Component> components) {
            if (expression.isEmpty()) {
                refuse("expression", "The expression gives nothing for the type " + base + ".");
                return;
            }
            Optional<List<String>> found =
                    compile(expression, base, "expression").flatMap(Path::resultTypes);
            boolean fits =
                    components.isEmpty()
                            ? found.isEmpty()
                                    || found.get().stream()
                                            .anyMatch(it -> Comparability.fits(type, it))
                            : true;
            if (!fits) {
                refuse(
                        "expression",
                        "A parameter of type %s cannot compare what the expression gives for %s: %s."
                                .formatted(type.code(), base, String.join(", ", found.get())));
            }
        }

        private List<String> strings(JsonObject resource, String name) {
            Optional<JsonArray> array = resource.array(name);
            var strings = new ArrayList<String>();
            array.ifPresent(
                    values ->
                            values.forEach(
                                    value -> {
                                        if (value instanceof JsonString text) {
                                            strings.add(text.value());
                                        } else {
                                            refuse(name, "A name of a type is expected.");
                                        }
                                    }));
            return strings;
        }
    }
}
