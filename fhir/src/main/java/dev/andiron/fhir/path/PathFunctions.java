package dev.andiron.fhir.path;

import dev.andiron.fhir.path.PathType.Category;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All functions by name, and what their arguments are read with. */
final class PathFunctions {
    private static final List<PathNode> TRUE = List.of(PathNode.of(true));
    private static final List<PathNode> FALSE = List.of(PathNode.of(false));

    private static final int MAX_LENGTH = 20_000_000;
    private static final int MAX_SIZE = 1_000_000;

    private static final Map<String, PathFunction> FUNCTIONS = functions();

    /** What is known by the type of a reference's target alone. */
    private static final Set<String> BEHIND_RESOLVE = Set.of("exists", "empty", "where");

    /** Functions of the specifications that need a service this engine does not have. */
    private static final Map<String, String> NEEDING_SERVICES =
            Map.of(
                    "memberOf", "a terminology service",
                    "subsumes", "a terminology service",
                    "subsumedBy", "a terminology service",
                    "conformsTo", "profiles to validate against",
                    "elementDefinition", "profiles",
                    "slice", "profiles",
                    "checkModifiers", "profiles",
                    "hasTemplateIdOf", "CDA templates");

    private PathFunctions() {}

    private static Map<String, PathFunction> functions() {
        var functions = new HashMap<String, PathFunction>();
        ExistenceFunctions.addTo(functions);
        SubsetFunctions.addTo(functions);
        FilterFunctions.addTo(functions);
        TreeFunctions.addTo(functions);
        TextFunctions.addTo(functions);
        EncodingFunctions.addTo(functions);
        MathFunctions.addTo(functions);
        ConversionFunctions.addTo(functions);
        TimeFunctions.addTo(functions);
        KeyFunctions.addTo(functions);
        NarrativeFunction.addTo(functions);
        functions.put("lowBoundary", site -> Boundaries.compile(site, false));
        functions.put("highBoundary", site -> Boundaries.compile(site, true));
        return Map.copyOf(functions);
    }

    static Compiled compile(CallSite site) {
        if (site.source().resolved() && !BEHIND_RESOLVE.contains(site.name())) {
            throw new PathException("'" + site.name() + "' behind resolve() is not supported");
        }
        PathFunction function = FUNCTIONS.get(site.name());
        if (function == null) {
            String service = NEEDING_SERVICES.get(site.name());
            throw new PathException(
                    "the function "
                            + site.shown()
                            + " is not supported"
                            + (service == null ? "" : ": it needs " + service));
        }
        return function.compile(site);
    }

    /** Refuses what grows without end, such as a text that is doubled again and again. */
    static String bounded(String text) {
        checkLength(text.length());
        return text;
    }

    static void checkLength(int length) {
        if (length > MAX_LENGTH) {
            throw new PathException("a text has at most " + MAX_LENGTH + " characters");
        }
    }

    /** As {@link #bounded}, of collections. */
    static void checkSize(List<PathNode> nodes, String where) {
        if (nodes.size() > MAX_SIZE) {
            throw new PathException(where + " gives more than " + MAX_SIZE + " values");
        }
    }

    static List<PathNode> bool(Boolean truth) {
        return truth == null ? List.of() : truth ? TRUE : FALSE;
    }

    /** The one integer; null when there is none. */
    static Integer integer(List<PathNode> nodes, String where) {
        if (nodes.isEmpty()) {
            return null;
        }
        if (nodes.size() > 1 || nodes.getFirst().type().category() != Category.INTEGER) {
            throw new PathException(where + " needs a single integer");
        }
        try {
            return PathValues.number(nodes.getFirst()).intValueExact();
        } catch (ArithmeticException tooLarge) {
            throw new PathException(
                    where + " got an integer that is too large: " + nodes.getFirst().textOrNull(),
                    tooLarge);
        }
    }

    /** The text of the one primitive; null when there is none. */
    static String string(List<PathNode> nodes, String where) {
        if (nodes.isEmpty()) {
            return null;
        }
        if (nodes.size() > 1 || !nodes.getFirst().type().isPrimitive()) {
            throw new PathException(where + " needs a single text");
        }
        return nodes.getFirst().textOrNull();
    }
}
