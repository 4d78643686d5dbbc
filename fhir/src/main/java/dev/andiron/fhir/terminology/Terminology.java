package dev.andiron.fhir.terminology;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Hierarchies and value sets as far as stored resources define them: code systems with all their
 * concepts, value sets composed of them, and expansions that came with a value set. What was looked
 * up once is kept, so an instance belongs to one search and one thread.
 */
public final class Terminology {
    /** How many codes a set may have. */
    public static final int MOST_CODES = 10_000;

    private static final int MOST_IMPORTS = 100;

    private final ResourceLookup lookup;
    private final Map<Canonical, ConceptTree> trees = new HashMap<>();
    private final List<String> expanding = new ArrayList<>();
    private int imports;

    public Terminology(ResourceLookup lookup) {
        this.lookup = lookup;
    }

    /**
     * The code and all codes below it in its code system.
     *
     * @throws TerminologyException if the code system is not stored with all its concepts
     */
    public CodeSet below(Code code) throws TerminologyException {
        Canonical system = Canonical.parse(code.system());
        return codes(system.url(), tree(system).below(code.code()));
    }

    /**
     * The code and all codes above it in its code system.
     *
     * @throws TerminologyException if the code system is not stored with all its concepts
     */
    public CodeSet above(Code code) throws TerminologyException {
        Canonical system = Canonical.parse(code.system());
        return codes(system.url(), tree(system).above(code.code()));
    }

    /**
     * The codes of a value set.
     *
     * @param canonical its URL, with a version behind a bar or without
     * @throws TerminologyException if it is not stored, or not all it is made of
     */
    public CodeSet valueSet(String canonical) throws TerminologyException {
        Canonical wanted = Canonical.parse(canonical);
        return expand(
                wanted.best(lookup.withUrl("ValueSet", wanted.url()))
                        .orElseThrow(() -> lacks("ValueSet", wanted.toString())));
    }

    /**
     * The codes of a stored value set.
     *
     * @param id its logical id
     * @throws TerminologyException if it is not stored, or not all it is made of
     */
    public CodeSet valueSetWithId(String id) throws TerminologyException {
        return expand(
                lookup.read("ValueSet", id).orElseThrow(() -> lacks("ValueSet", "ValueSet/" + id)));
    }

    private static TerminologyException lacks(String type, String name) {
        return TerminologyException.lacking(
                "there is no " + type + " '" + name + "' in this server");
    }

    private CodeSet expand(JsonObject valueSet) throws TerminologyException {
        String name = valueSet.string("url").orElse(valueSet.string("id").orElse(""));
        if (expanding.contains(name)) {
            throw new TerminologyException("the ValueSet '" + name + "' imports itself");
        }
        if (++imports > MOST_IMPORTS) {
            throw new TerminologyException(
                    "the value set is made of more than " + MOST_IMPORTS + " others");
        }
        expanding.addLast(name);
        try {
            Optional<JsonObject> expansion = valueSet.object("expansion");
            if (expansion.isPresent()) {
                return expanded(name, expansion.get());
            }
            return composed(
                    valueSet.object("compose")
                            .orElseThrow(
                                    () ->
                                            TerminologyException.lacking(
                                                    "the ValueSet '"
                                                            + name
                                                            + "' has neither compose nor"
                                                            + " expansion")));
        } finally {
            expanding.removeLast();
        }
    }

    private static CodeSet expanded(String name, JsonObject expansion) throws TerminologyException {
        var codes = new LinkedHashSet<Code>();
        var open = new ArrayList<>(expansion.objects("contains"));
        int entries = 0;
        while (!open.isEmpty()) {
            JsonObject entry = open.removeLast();
            entries++;
            if (entry.string("code").isPresent() && !isTrue(entry, "abstract")) {
                codes.add(
                        new Code(
                                entry.string("system").orElse(""),
                                entry.string("code").orElseThrow()));
            }
            open.addAll(entry.objects("contains"));
        }
        if (number(expansion, "offset") > 0 || number(expansion, "total") > entries) {
            throw TerminologyException.lacking(
                    "the expansion of the ValueSet '" + name + "' is stored in part only");
        }
        return bounded(CodeSet.of(codes));
    }

    private static boolean isTrue(JsonObject object, String name) {
        return object.get(name) == JsonBoolean.TRUE;
    }

    private static double number(JsonObject object, String name) {
        return object.get(name) instanceof JsonNumber number
                ? Double.parseDouble(number.text())
                : 0;
    }

    private CodeSet composed(JsonObject compose) throws TerminologyException {
        CodeSet all = CodeSet.EMPTY;
        for (JsonObject include : compose.objects("include")) {
            all = bounded(all.union(selected(include)));
        }
        for (JsonObject exclude : compose.objects("exclude")) {
            all = without(all, selected(exclude));
        }
        return all;
    }

    private CodeSet without(CodeSet all, CodeSet excluded) throws TerminologyException {
        var codes = new LinkedHashSet<>(all.codes());
        var systems = new LinkedHashSet<>(all.systems());
        systems.removeAll(excluded.systems());
        for (String system : List.copyOf(systems)) {
            if (excluded.codes().stream().anyMatch(code -> code.system().equals(system))) {
                ConceptTree tree = tree(new Canonical(system, Optional.empty()));
                codes.addAll(codes(system, tree.codes()).codes());
                systems.remove(system);
            }
        }
        codes.removeIf(excluded::contains);
        return new CodeSet(codes, systems);
    }

    /** What one include or exclude selects: all of its conditions hold. */
    private CodeSet selected(JsonObject part) throws TerminologyException {
        Optional<CodeSet> selected = Optional.empty();
        Optional<String> system = part.string("system");
        if (system.isPresent()) {
            selected = Optional.of(ofSystem(part, system.get()));
        }
        for (String imported : strings(part, "valueSet")) {
            CodeSet others = valueSet(imported);
            selected = Optional.of(selected.map(others::intersection).orElse(others));
        }
        return selected.orElseThrow(
                () ->
                        new TerminologyException(
                                "the value set includes something without system and valueSet"));
    }

    private CodeSet ofSystem(JsonObject part, String url) throws TerminologyException {
        var system = new Canonical(url, part.string("version"));
        if (part.has("concept")) {
            var listed = new LinkedHashSet<Code>();
            for (JsonObject concept : part.objects("concept")) {
                concept.string("code").ifPresent(code -> listed.add(new Code(url, code)));
            }
            return bounded(CodeSet.of(listed));
        }
        if (!part.has("filter")) {
            // All codes of a system are recognised by the system alone.
            return new CodeSet(Set.of(), Set.of(url));
        }
        ConceptTree tree = tree(system);
        var codes = new LinkedHashSet<>(tree.codes());
        for (JsonObject filter : part.objects("filter")) {
            codes.retainAll(ConceptFilter.of(filter).select(tree));
        }
        return codes(url, codes);
    }

    private static List<String> strings(JsonObject object, String name) {
        var strings = new ArrayList<String>();
        object.array(name)
                .ifPresent(
                        array -> {
                            for (JsonValue value : array) {
                                if (value instanceof JsonString string) {
                                    strings.add(string.value());
                                }
                            }
                        });
        return strings;
    }

    private static CodeSet codes(String system, Set<String> codes) throws TerminologyException {
        var all = new LinkedHashSet<Code>();
        for (String code : codes) {
            all.add(new Code(system, code));
        }
        return bounded(CodeSet.of(all));
    }

    private static CodeSet bounded(CodeSet codes) throws TerminologyException {
        if (codes.codes().size() > MOST_CODES) {
            throw new TerminologyException(
                    "it stands for more than " + MOST_CODES + " codes, which is too many");
        }
        return codes;
    }

    private ConceptTree tree(Canonical system) throws TerminologyException {
        ConceptTree known = trees.get(system);
        if (known != null) {
            return known;
        }
        JsonObject stored =
                system.best(lookup.withUrl("CodeSystem", system.url()))
                        .orElseThrow(() -> lacks("CodeSystem", system.toString()));
        String content = stored.string("content").orElse("complete");
        if (!content.equals("complete")) {
            throw TerminologyException.lacking(
                    "the CodeSystem '"
                            + system
                            + "' is stored without all its concepts (its content is '"
                            + content
                            + "')");
        }
        var tree = new ConceptTree(stored);
        trees.put(system, tree);
        return tree;
    }
}
