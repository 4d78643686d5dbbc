package dev.andiron.fhir.path;

import java.util.List;
import java.util.Set;

/** A call that is being compiled: its source, its arguments, and what they are evaluated on. */
final class CallSite {
    private final Expression.Call call;
    private final PathCompiler compiler;
    private final Compiled focus;
    private final Compiled source;

    CallSite(Expression.Call call, PathCompiler compiler, Compiled focus, Compiled source) {
        this.call = call;
        this.compiler = compiler;
        this.focus = focus;
        this.source = source;
    }

    String name() {
        return call.function();
    }

    /** The function as messages name it. */
    String shown() {
        return call.function() + "()";
    }

    Compiled source() {
        return source;
    }

    /** What the function is called on. */
    Evaluation input() {
        return source.evaluation();
    }

    PathModel model() {
        return compiler.model();
    }

    PathCompiler compiler() {
        return compiler;
    }

    int size() {
        return call.arguments().size();
    }

    /** Refuses any other number of arguments. */
    CallSite takes(int least, int most) {
        int got = size();
        if (got < least || got > most) {
            String wanted = least == most ? "" + least : least + " to " + most;
            throw new PathException(
                    shown()
                            + " takes "
                            + wanted
                            + (most == 1 ? " argument" : " arguments")
                            + ", got "
                            + got);
        }
        return this;
    }

    CallSite takes(int arguments) {
        return takes(arguments, arguments);
    }

    /** An argument as it was written. */
    Expression written(int index) {
        return call.arguments().get(index);
    }

    /** An argument that is evaluated on the same focus as the whole call. */
    Compiled argument(int index) {
        return compiler.compile(written(index), focus);
    }

    /** {@link #argument}, one that gives nothing when it is left out. */
    Evaluation optional(int index) {
        return index < size() ? argument(index).evaluation() : (input, scope) -> List.of();
    }

    /** An argument that is evaluated on each node of the source. */
    Compiled lambda(int index) {
        return compiler.compile(written(index), PathCompiler.each(source));
    }

    /** A computed list whose items keep the types of the source. */
    Compiled list(ListFunction function) {
        Evaluation nodes = input();
        return source.with((input, scope) -> function.of(nodes.on(input, scope)));
    }

    /** A truth value of the whole source; null gives nothing. */
    Compiled truth(Test test) {
        Evaluation nodes = input();
        return Compiled.of(
                (input, scope) -> PathFunctions.bool(test.of(nodes.on(input, scope))),
                PathType.SYSTEM_BOOLEAN);
    }

    /** A function of the source and of one argument. */
    Compiled with(Combination combination) {
        Evaluation nodes = input();
        Evaluation other = takes(1).argument(0).evaluation();
        return Compiled.open(
                (input, scope) -> combination.of(nodes.on(input, scope), other.on(input, scope)));
    }

    /** A function of the one node that the source is; of nothing when there is none. */
    Compiled single(PathType type, Single function) {
        Evaluation nodes = input();
        String where = shown();
        Evaluation evaluation =
                (input, scope) -> {
                    PathNode node = one(nodes.on(input, scope), where);
                    PathNode result = node == null ? null : function.of(node);
                    return result == null ? List.of() : List.of(result);
                };
        return type == null
                ? Compiled.open(evaluation)
                : new Compiled(evaluation, Set.of(type), false);
    }

    /** The only node; null when there is none. */
    static PathNode one(List<PathNode> nodes, String where) {
        if (nodes.isEmpty()) {
            return null;
        }
        if (nodes.size() > 1) {
            throw new PathException(where + " needs a single value, got " + nodes.size());
        }
        return nodes.getFirst();
    }

    @FunctionalInterface
    interface ListFunction {
        List<PathNode> of(List<PathNode> nodes);
    }

    @FunctionalInterface
    interface Test {
        /** Null when it is unknown. */
        Boolean of(List<PathNode> nodes);
    }

    @FunctionalInterface
    interface Combination {
        List<PathNode> of(List<PathNode> nodes, List<PathNode> other);
    }

    @FunctionalInterface
    interface Single {
        /** Null for nothing. */
        PathNode of(PathNode node);
    }
}
