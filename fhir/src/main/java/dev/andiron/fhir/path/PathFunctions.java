package dev.andiron.fhir.path;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.path.PathType.Category;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The functions on collections; those on single texts and numbers stand in their own class. */
final class PathFunctions {
    private static final List<PathNode> TRUE = List.of(PathNode.of(true));
    private static final List<PathNode> FALSE = List.of(PathNode.of(false));

    /** A repeat() that goes on longer has met a loop of new values. */
    private static final int MAX_REPEATED = 1_000_000;

    private final Expression.Call call;
    private final PathCompiler compiler;
    private final Compiled focus;
    private final Compiled source;

    private PathFunctions(Expression.Call call, PathCompiler compiler, Compiled focus) {
        this.call = call;
        this.compiler = compiler;
        this.focus = focus;
        this.source = compiler.compile(call.source(), focus);
    }

    static Compiled compile(Expression.Call call, PathCompiler compiler, Compiled focus) {
        return new PathFunctions(call, compiler, focus).compile();
    }

    private Compiled compile() {
        if (source.resolved() && !Set.of("exists", "empty", "where").contains(call.function())) {
            throw new PathException("'" + call.function() + "' behind resolve() is not supported");
        }
        return switch (call.function()) {
            case "empty" -> truth(0, (nodes, scope) -> nodes.isEmpty());
            case "exists" -> exists();
            case "all" -> all();
            case "not" ->
                    truth(
                            0,
                            (nodes, scope) -> {
                                Boolean truth = PathValues.truth(nodes, "not()");
                                return truth == null ? null : (Boolean) !truth;
                            });
            case "allTrue" -> truth(0, (nodes, scope) -> count(nodes, true) == nodes.size());
            case "anyTrue" -> truth(0, (nodes, scope) -> count(nodes, true) > 0);
            case "allFalse" -> truth(0, (nodes, scope) -> count(nodes, false) == nodes.size());
            case "anyFalse" -> truth(0, (nodes, scope) -> count(nodes, false) > 0);
            case "hasValue" ->
                    truth(
                            0,
                            (nodes, scope) ->
                                    nodes.size() == 1
                                            && nodes.getFirst().type().isPrimitive()
                                            && nodes.getFirst().valueOrNull() != null);
            case "isDistinct" ->
                    truth(0, (nodes, scope) -> PathValues.distinct(nodes).size() == nodes.size());
            case "subsetOf" -> with((nodes, other) -> bool(containsAll(other, nodes)));
            case "supersetOf" -> with((nodes, other) -> bool(containsAll(nodes, other)));
            case "count" -> {
                arguments(0);
                Evaluation nodes = source.evaluation();
                yield Compiled.of(
                        (input, scope) -> List.of(PathNode.of(nodes.on(input, scope).size())),
                        PathType.SYSTEM_INTEGER);
            }
            case "distinct" -> list(0, (nodes, scope) -> PathValues.distinct(nodes));
            case "where" -> where();
            case "select" -> select();
            case "repeat" -> repeat();
            case "iif" -> iif();
            case "single" ->
                    list(
                            0,
                            (nodes, scope) -> {
                                if (nodes.size() > 1) {
                                    throw new PathException(
                                            "single() got " + nodes.size() + " values");
                                }
                                return nodes;
                            });
            case "first" -> list(0, (nodes, scope) -> slice(nodes, 0, 1));
            case "last" -> list(0, (nodes, scope) -> slice(nodes, nodes.size() - 1, nodes.size()));
            case "tail" -> list(0, (nodes, scope) -> slice(nodes, 1, nodes.size()));
            case "skip" -> sized((nodes, n) -> slice(nodes, n, nodes.size()));
            case "take" -> sized((nodes, n) -> slice(nodes, 0, n));
            case "union" -> PathOperators.union(source, argument(0, 1));
            case "combine" ->
                    with(
                            (nodes, other) -> {
                                var all = new ArrayList<>(nodes);
                                all.addAll(other);
                                return all;
                            });
            case "intersect" ->
                    with(
                            (nodes, other) ->
                                    PathValues.distinct(
                                            nodes.stream()
                                                    .filter(n -> PathValues.contains(other, n))
                                                    .toList()));
            case "exclude" ->
                    with(
                            (nodes, other) ->
                                    nodes.stream()
                                            .filter(n -> !PathValues.contains(other, n))
                                            .toList());
            case "children" -> {
                arguments(0);
                yield Compiled.open(list(0, (nodes, scope) -> children(nodes)).evaluation());
            }
            case "descendants" -> {
                arguments(0);
                yield Compiled.open(list(0, (nodes, scope) -> descendants(nodes)).evaluation());
            }
            case "extension" -> extension();
            case "getValue" -> list(0, (nodes, scope) -> nodes);
            case "trace" -> source;
            case "resolve" -> {
                arguments(0);
                Evaluation nodes = source.evaluation();
                PathModel model = compiler.model();
                yield new Compiled(
                        (input, scope) -> References.resolve(nodes.on(input, scope), scope, model),
                        null,
                        true);
            }
            case "getResourceKey" -> KeyFunctions.resourceKey(site());
            case "getReferenceKey" -> KeyFunctions.referenceKey(site());
            case "lowBoundary" -> Boundaries.compile(site(), false);
            case "highBoundary" -> Boundaries.compile(site(), true);
            default -> PathScalars.compile(call, source, compiler, focus);
        };
    }

    private CallSite site() {
        return new CallSite(call, compiler, focus, source);
    }

    private interface ListFunction {
        List<PathNode> of(List<PathNode> nodes, Scope scope);
    }

    private interface Test {
        Boolean of(List<PathNode> nodes, Scope scope);
    }

    private interface Combination {
        List<PathNode> of(List<PathNode> nodes, List<PathNode> other);
    }

    private interface Sized {
        List<PathNode> of(List<PathNode> nodes, int number);
    }

    private Compiled list(int arguments, ListFunction function) {
        arguments(arguments);
        Evaluation nodes = source.evaluation();
        return source.with((input, scope) -> function.of(nodes.on(input, scope), scope));
    }

    private Compiled truth(int arguments, Test test) {
        arguments(arguments);
        Evaluation nodes = source.evaluation();
        return Compiled.of(
                (input, scope) -> bool(test.of(nodes.on(input, scope), scope)),
                PathType.SYSTEM_BOOLEAN);
    }

    private Compiled with(Combination combination) {
        Evaluation nodes = source.evaluation();
        Evaluation other = argument(0, 1).evaluation();
        return Compiled.open(
                (input, scope) -> combination.of(nodes.on(input, scope), other.on(input, scope)));
    }

    private Compiled sized(Sized function) {
        Evaluation nodes = source.evaluation();
        Evaluation number = argument(0, 1).evaluation();
        return source.with(
                (input, scope) -> {
                    Integer n = integer(number.on(input, scope), call.function() + "()");
                    return function.of(nodes.on(input, scope), n == null ? 0 : Math.max(n, 0));
                });
    }

    /** An argument that is evaluated on the same focus as the whole call. */
    private Compiled argument(int index, int of) {
        arguments(of);
        return compiler.compile(call.arguments().get(index), focus);
    }

    /** An argument that is evaluated on each node of the source. */
    private Compiled lambda(int index) {
        return compiler.compile(call.arguments().get(index), PathCompiler.each(source));
    }

    private void arguments(int wanted) {
        int got = call.arguments().size();
        if (got != wanted) {
            throw new PathException(
                    call.function() + "() takes " + wanted + " arguments, got " + got);
        }
    }

    private Compiled exists() {
        return call.arguments().isEmpty()
                ? truth(0, (nodes, scope) -> !nodes.isEmpty())
                : exists(where().evaluation());
    }

    private static Compiled exists(Evaluation where) {
        return Compiled.of(
                (input, scope) -> bool(!where.on(input, scope).isEmpty()), PathType.SYSTEM_BOOLEAN);
    }

    private Compiled where() {
        arguments(1);
        Evaluation nodes = source.evaluation();
        Evaluation criterion = lambda(0).evaluation();
        return source.with(
                (input, scope) -> {
                    List<PathNode> all = nodes.on(input, scope);
                    int size = all.size();
                    if (size == 0) {
                        return all;
                    }
                    var out = new ArrayList<PathNode>(size);
                    for (int i = 0; i < size; i++) {
                        List<PathNode> one = size == 1 ? all : List.of(all.get(i));
                        Scope here = i == scope.index() ? scope : scope.at(i);
                        if (PathValues.isTrue(criterion.on(one, here), "where()")) {
                            out.add(all.get(i));
                        }
                    }
                    return out;
                });
    }

    private Compiled all() {
        arguments(1);
        Evaluation nodes = source.evaluation();
        Evaluation criterion = lambda(0).evaluation();
        return Compiled.of(
                (input, scope) -> {
                    List<PathNode> all = nodes.on(input, scope);
                    for (int i = 0; i < all.size(); i++) {
                        if (!PathValues.isTrue(
                                criterion.on(List.of(all.get(i)), scope.at(i)), "all()")) {
                            return FALSE;
                        }
                    }
                    return TRUE;
                },
                PathType.SYSTEM_BOOLEAN);
    }

    private Compiled select() {
        arguments(1);
        Evaluation nodes = source.evaluation();
        Compiled projection = lambda(0);
        Evaluation project = projection.evaluation();
        return projection.with(
                (input, scope) -> {
                    List<PathNode> all = nodes.on(input, scope);
                    var out = new ArrayList<PathNode>();
                    for (int i = 0; i < all.size(); i++) {
                        out.addAll(project.on(List.of(all.get(i)), scope.at(i)));
                    }
                    return out;
                });
    }

    private Compiled repeat() {
        arguments(1);
        Evaluation nodes = source.evaluation();
        Evaluation project =
                compiler.compile(
                                call.arguments().getFirst(), Compiled.open((input, scope) -> input))
                        .evaluation();
        return Compiled.open(
                (input, scope) -> {
                    var out = new ArrayList<PathNode>();
                    List<PathNode> wave = nodes.on(input, scope);
                    while (!wave.isEmpty()) {
                        var next = new ArrayList<PathNode>();
                        for (PathNode node : wave) {
                            for (PathNode found : project.on(List.of(node), scope)) {
                                // Elements are finite; only computed values may go round.
                                if (!found.isComputed() || !PathValues.contains(out, found)) {
                                    out.add(found);
                                    next.add(found);
                                }
                            }
                        }
                        if (out.size() > MAX_REPEATED) {
                            throw new PathException("repeat() does not come to an end");
                        }
                        wave = next;
                    }
                    return out;
                });
    }

    private Compiled iif() {
        int size = call.arguments().size();
        if (size != 2 && size != 3) {
            throw new PathException("iif() takes 2 or 3 arguments, got " + size);
        }
        Evaluation nodes = source.evaluation();
        Evaluation condition = lambda(0).evaluation();
        Compiled then = lambda(1);
        Evaluation yes = then.evaluation();
        Evaluation no = size == 3 ? lambda(2).evaluation() : (input, scope) -> List.<PathNode>of();
        return Compiled.open(
                (input, scope) -> {
                    List<PathNode> on = nodes.on(input, scope);
                    return PathValues.isTrue(condition.on(on, scope), "iif()")
                            ? yes.on(on, scope)
                            : no.on(on, scope);
                });
    }

    private Compiled extension() {
        Evaluation url = argument(0, 1).evaluation();
        Evaluation all = new Step(source.evaluation(), "extension", null, compiler.model());
        return new Compiled(
                (input, scope) -> {
                    List<PathNode> found = all.on(input, scope);
                    if (found.isEmpty()) {
                        return found;
                    }
                    String wanted = string(url.on(input, scope), "extension()");
                    return found.stream()
                            .filter(
                                    node ->
                                            node.valueOrNull() instanceof JsonObject object
                                                    && object.string("url")
                                                            .filter(u -> u.equals(wanted))
                                                            .isPresent())
                            .toList();
                },
                Set.of(compiler.model().type("Extension")),
                false);
    }

    private List<PathNode> children(List<PathNode> nodes) {
        return Children.of(nodes, compiler.model());
    }

    private List<PathNode> descendants(List<PathNode> nodes) {
        var out = new ArrayList<PathNode>();
        List<PathNode> wave = children(nodes);
        while (!wave.isEmpty()) {
            out.addAll(wave);
            wave = children(wave);
        }
        return out;
    }

    private static List<PathNode> slice(List<PathNode> nodes, int from, int to) {
        int low = Math.max(from, 0);
        int high = Math.min(to, nodes.size());
        return low >= high ? List.of() : nodes.subList(low, high);
    }

    private static int count(List<PathNode> nodes, boolean wanted) {
        int count = 0;
        for (PathNode node : nodes) {
            boolean truth = PathValues.isTrue(List.of(node), "a test of truth");
            count += truth == wanted ? 1 : 0;
        }
        return count;
    }

    private static boolean containsAll(List<PathNode> all, List<PathNode> wanted) {
        for (PathNode node : wanted) {
            if (!PathValues.contains(all, node)) {
                return false;
            }
        }
        return true;
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
        return PathValues.number(nodes.getFirst()).intValue();
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
