package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonBoolean;
import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.path.PathType.Category;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The functions on single texts and numbers. */
final class PathScalars {
    private final Expression.Call call;
    private final Compiled source;
    private final PathCompiler compiler;
    private final Compiled focus;

    private PathScalars(
            Expression.Call call, Compiled source, PathCompiler compiler, Compiled focus) {
        this.call = call;
        this.source = source;
        this.compiler = compiler;
        this.focus = focus;
    }

    static Compiled compile(
            Expression.Call call, Compiled source, PathCompiler compiler, Compiled focus) {
        return new PathScalars(call, source, compiler, focus).compile();
    }

    private Compiled compile() {
        return switch (call.function()) {
            case "upper" -> text(0, (text, arguments) -> of(text.toUpperCase(Locale.ROOT)));
            case "lower" -> text(0, (text, arguments) -> of(text.toLowerCase(Locale.ROOT)));
            case "trim" -> text(0, (text, arguments) -> of(text.strip()));
            case "length" ->
                    text(0, (text, arguments) -> List.of(PathNode.of((long) text.length())));
            case "toChars" ->
                    text(
                            0,
                            (text, arguments) ->
                                    text.codePoints()
                                            .mapToObj(Character::toString)
                                            .map(PathNode::of)
                                            .toList());
            case "startsWith" ->
                    text(1, (text, arguments) -> bool(text.startsWith(arguments.getFirst())));
            case "endsWith" ->
                    text(1, (text, arguments) -> bool(text.endsWith(arguments.getFirst())));
            case "contains" ->
                    text(1, (text, arguments) -> bool(text.contains(arguments.getFirst())));
            case "indexOf" ->
                    text(
                            1,
                            (text, arguments) ->
                                    List.of(
                                            PathNode.of(
                                                    (long) text.indexOf(arguments.getFirst()))));
            case "matches" ->
                    text(
                            1,
                            (text, arguments) ->
                                    bool(pattern(arguments.getFirst()).matcher(text).find()));
            case "matchesFull" ->
                    text(
                            1,
                            (text, arguments) ->
                                    bool(pattern(arguments.getFirst()).matcher(text).matches()));
            case "replace" ->
                    text(
                            2,
                            (text, arguments) ->
                                    of(text.replace(arguments.get(0), arguments.get(1))));
            case "replaceMatches" ->
                    text(
                            2,
                            (text, arguments) ->
                                    of(
                                            pattern(arguments.get(0))
                                                    .matcher(text)
                                                    .replaceAll(arguments.get(1))));
            case "split" ->
                    text(
                            1,
                            (text, arguments) ->
                                    Pattern.compile(Pattern.quote(arguments.getFirst()))
                                            .splitAsStream(text)
                                            .map(PathNode::of)
                                            .toList());
            case "substring" -> substring();
            case "join" -> join();
            case "toString" -> text(0, (text, arguments) -> of(text));
            case "toInteger" -> convert(Category.INTEGER);
            case "toDecimal" -> convert(Category.DECIMAL);
            case "toBoolean" -> convert(Category.BOOLEAN);
            case "convertsToInteger" -> converts(Category.INTEGER);
            case "convertsToDecimal" -> converts(Category.DECIMAL);
            case "convertsToBoolean" -> converts(Category.BOOLEAN);
            case "convertsToString" -> converts(Category.STRING);
            default ->
                    throw new PathException(
                            "the function " + call.function() + "() is not supported");
        };
    }

    private interface TextFunction {
        List<PathNode> of(String text, List<String> arguments);
    }

    /** Nothing when the text or an argument is missing. */
    private Compiled text(int arguments, TextFunction function) {
        Evaluation nodes = source.evaluation();
        List<Evaluation> given = arguments(arguments, arguments);
        String where = call.function() + "()";
        return Compiled.open(
                (input, scope) -> {
                    String text = PathFunctions.string(nodes.on(input, scope), where);
                    if (text == null) {
                        return List.of();
                    }
                    var values = new ArrayList<String>(given.size());
                    for (Evaluation each : given) {
                        String value = PathFunctions.string(each.on(input, scope), where);
                        if (value == null) {
                            return List.of();
                        }
                        values.add(value);
                    }
                    return function.of(text, values);
                });
    }

    private List<Evaluation> arguments(int least, int most) {
        int got = call.arguments().size();
        if (got < least || got > most) {
            throw new PathException(
                    call.function()
                            + "() takes "
                            + (least == most ? "" + least : least + " to " + most)
                            + " arguments, got "
                            + got);
        }
        return call.arguments().stream()
                .map(argument -> compiler.compile(argument, focus).evaluation())
                .toList();
    }

    private Compiled substring() {
        List<Evaluation> given = arguments(1, 2);
        Evaluation nodes = source.evaluation();
        return Compiled.open(
                (input, scope) -> {
                    String text = PathFunctions.string(nodes.on(input, scope), "substring()");
                    Integer start =
                            PathFunctions.integer(given.getFirst().on(input, scope), "substring()");
                    if (text == null || start == null || start < 0 || start >= text.length()) {
                        return List.of();
                    }
                    Integer length =
                            given.size() == 1
                                    ? null
                                    : PathFunctions.integer(
                                            given.get(1).on(input, scope), "substring()");
                    int end =
                            length == null
                                    ? text.length()
                                    : (int)
                                            Math.min(
                                                    (long) start + Math.max(length, 0),
                                                    text.length());
                    return of(text.substring(start, end));
                });
    }

    private Compiled join() {
        List<Evaluation> given = arguments(0, 1);
        Evaluation nodes = source.evaluation();
        return Compiled.open(
                (input, scope) -> {
                    String separator =
                            given.isEmpty()
                                    ? ""
                                    : PathFunctions.string(
                                            given.getFirst().on(input, scope), "join()");
                    var texts = new ArrayList<String>();
                    for (PathNode node : nodes.on(input, scope)) {
                        if (node.textOrNull() != null) {
                            texts.add(node.textOrNull());
                        }
                    }
                    // Nothing joins to the empty text: so the tests of SQL on FHIR have it.
                    return of(String.join(separator == null ? "" : separator, texts));
                });
    }

    private Compiled convert(Category category) {
        arguments(0, 0);
        Evaluation nodes = source.evaluation();
        return Compiled.open(
                (input, scope) -> {
                    List<PathNode> list = nodes.on(input, scope);
                    String text = PathFunctions.string(list, call.function() + "()");
                    PathNode converted = text == null ? null : converted(text, category);
                    return converted == null ? List.of() : List.of(converted);
                });
    }

    private Compiled converts(Category category) {
        arguments(0, 0);
        Evaluation nodes = source.evaluation();
        return Compiled.of(
                (input, scope) -> {
                    List<PathNode> list = nodes.on(input, scope);
                    if (list.isEmpty()) {
                        return list;
                    }
                    String text = PathFunctions.string(list, call.function() + "()");
                    return PathFunctions.bool(text != null && converted(text, category) != null);
                },
                PathType.SYSTEM_BOOLEAN);
    }

    /** Null when the text is none of the kind. */
    private static PathNode converted(String text, Category category) {
        return switch (category) {
            case INTEGER ->
                    switch (text) {
                        case "true" -> PathNode.of(1);
                        case "false" -> PathNode.of(0);
                        default ->
                                text.matches("[+-]?\\d{1,10}")
                                        ? PathNode.of(Long.parseLong(text))
                                        : null;
                    };
            case DECIMAL ->
                    switch (text) {
                        case "true" -> decimal("1.0");
                        case "false" -> decimal("0.0");
                        default ->
                                text.matches("[+-]?\\d{1,100}(\\.\\d{1,100})?")
                                        ? decimal(new BigDecimal(text).toPlainString())
                                        : null;
                    };
            case BOOLEAN ->
                    switch (text.toLowerCase(Locale.ROOT)) {
                        case "true", "t", "yes", "y", "1", "1.0" -> truth(true);
                        case "false", "f", "no", "n", "0", "0.0" -> truth(false);
                        default -> null;
                    };
            case STRING -> PathNode.of(text);
            case DATE, DATE_TIME, TIME, QUANTITY, COMPLEX -> null;
        };
    }

    private static PathNode decimal(String text) {
        return PathNode.computed(PathType.SYSTEM_DECIMAL, JsonNumber.of(text));
    }

    private static PathNode truth(boolean value) {
        return PathNode.computed(PathType.SYSTEM_BOOLEAN, JsonBoolean.of(value));
    }

    private static Pattern pattern(String regex) {
        try {
            return Pattern.compile(regex, Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            throw new PathException("'" + regex + "' is no regular expression", e);
        }
    }

    private static List<PathNode> of(String text) {
        return List.of(PathNode.of(text));
    }

    private static List<PathNode> bool(boolean value) {
        return PathFunctions.bool(value);
    }
}
