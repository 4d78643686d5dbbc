package dev.andiron.fhir.path;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The functions on texts. */
final class TextFunctions {

    private TextFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("upper", site -> text(site, 0, (t, a) -> of(t.toUpperCase(Locale.ROOT))));
        functions.put("lower", site -> text(site, 0, (t, a) -> of(t.toLowerCase(Locale.ROOT))));
        functions.put("trim", site -> text(site, 0, (t, a) -> of(t.strip())));
        functions.put("length", site -> text(site, 0, (t, a) -> number(t.length())));
        functions.put("toChars", site -> text(site, 0, (t, a) -> characters(t)));
        functions.put("startsWith", site -> text(site, 1, (t, a) -> truth(t.startsWith(a[0]))));
        functions.put("endsWith", site -> text(site, 1, (t, a) -> truth(t.endsWith(a[0]))));
        functions.put("contains", site -> text(site, 1, (t, a) -> truth(t.contains(a[0]))));
        functions.put("indexOf", site -> text(site, 1, (t, a) -> number(t.indexOf(a[0]))));
        functions.put("lastIndexOf", site -> text(site, 1, (t, a) -> number(t.lastIndexOf(a[0]))));
        functions.put("replace", site -> text(site, 2, (t, a) -> of(t.replace(a[0], a[1]))));
        functions.put("split", site -> text(site, 1, (t, a) -> split(t, a[0])));
        functions.put("matches", TextFunctions::matches);
        functions.put("matchesFull", TextFunctions::matchesFull);
        functions.put("replaceMatches", TextFunctions::replaceMatches);
        functions.put("substring", TextFunctions::substring);
        functions.put("join", TextFunctions::join);
    }

    interface TextFunction {
        List<PathNode> of(String text, String[] arguments);
    }

    /** Nothing when the text or an argument is missing. */
    static Compiled text(CallSite site, int arguments, TextFunction function) {
        Evaluation nodes = site.takes(arguments).input();
        var given = new Evaluation[arguments];
        for (int i = 0; i < arguments; i++) {
            given[i] = site.argument(i).evaluation();
        }
        String where = site.shown();
        return Compiled.open(
                (input, scope) -> {
                    String text = PathFunctions.string(nodes.on(input, scope), where);
                    if (text == null) {
                        return List.of();
                    }
                    var values = new String[given.length];
                    for (int i = 0; i < given.length; i++) {
                        values[i] = PathFunctions.string(given[i].on(input, scope), where);
                        if (values[i] == null) {
                            return List.of();
                        }
                    }
                    return function.of(text, values);
                });
    }

    static List<PathNode> of(String text) {
        return List.of(PathNode.of(PathFunctions.bounded(text)));
    }

    private static List<PathNode> number(long number) {
        return List.of(PathNode.of(number));
    }

    private static List<PathNode> truth(boolean truth) {
        return PathFunctions.bool(truth);
    }

    private static List<PathNode> characters(String text) {
        return text.codePoints().mapToObj(Character::toString).map(PathNode::of).toList();
    }

    private static List<PathNode> split(String text, String separator) {
        return separator.isEmpty()
                ? characters(text)
                : Arrays.stream(text.split(Pattern.quote(separator), -1))
                        .map(PathNode::of)
                        .toList();
    }

    /** A second argument with flags is of a later draft of FHIRPath, and not taken. */
    private static Compiled matches(CallSite site) {
        var regex = new BoundedRegex();
        return text(site, 1, (text, arguments) -> truth(regex.find(text, arguments[0])));
    }

    private static Compiled matchesFull(CallSite site) {
        var regex = new BoundedRegex();
        return text(site, 1, (text, arguments) -> truth(regex.matches(text, arguments[0])));
    }

    private static Compiled replaceMatches(CallSite site) {
        var regex = new BoundedRegex();
        return text(
                site,
                2,
                (text, arguments) ->
                        arguments[0].isEmpty()
                                ? of(text)
                                : of(regex.replace(text, arguments[0], arguments[1])));
    }

    private static Compiled substring(CallSite site) {
        Evaluation nodes = site.takes(1, 2).input();
        Evaluation from = site.argument(0).evaluation();
        boolean isLimited = site.size() == 2;
        Evaluation most = site.optional(1);
        return Compiled.open(
                (input, scope) -> {
                    String text = PathFunctions.string(nodes.on(input, scope), "substring()");
                    Integer start = PathFunctions.integer(from.on(input, scope), "substring()");
                    if (text == null || start == null || start < 0 || start >= text.length()) {
                        return List.of();
                    }
                    Integer length =
                            isLimited
                                    ? PathFunctions.integer(most.on(input, scope), "substring()")
                                    : null;
                    long end =
                            length == null
                                    ? text.length()
                                    : Math.min((long) start + Math.max(length, 0), text.length());
                    return of(text.substring(start, (int) end));
                });
    }

    private static Compiled join(CallSite site) {
        Evaluation between = site.takes(0, 1).optional(0);
        Evaluation nodes = site.input();
        return Compiled.of(
                (input, scope) -> {
                    String separator = PathFunctions.string(between.on(input, scope), "join()");
                    var texts = new ArrayList<String>();
                    for (PathNode node : nodes.on(input, scope)) {
                        if (node.textOrNull() != null) {
                            texts.add(node.textOrNull());
                        }
                    }
                    // Nothing joins to the empty text: so the tests of SQL on FHIR have it.
                    return of(String.join(separator == null ? "" : separator, texts));
                },
                PathType.SYSTEM_STRING);
    }
}
