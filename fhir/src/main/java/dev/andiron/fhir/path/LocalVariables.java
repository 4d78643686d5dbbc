package dev.andiron.fhir.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The variables of {@code defineVariable()}: each is visible in the arguments of the calls that
 * follow in its chain, and nowhere else. A name that is no literal is known only when it is
 * evaluated, so any name may be meant as long as such a variable is visible.
 */
final class LocalVariables {

    /** A variable, and how its name and value are found from what its chain is evaluated on. */
    static final class Local {
        private final String literal;
        private final Evaluation name;
        private final Set<String> taken;
        private final List<Local> before;
        private final Evaluation value;

        /**
         * @param literal the name; null when it is computed
         * @param taken names that it cannot have
         * @param before those whose names are compared when they are known
         */
        private Local(
                String literal,
                Evaluation name,
                Set<String> taken,
                List<Local> before,
                Evaluation value) {
            this.literal = literal;
            this.name = name;
            this.taken = taken;
            this.before = before;
            this.value = value;
        }

        private boolean isComputed() {
            return literal == null;
        }

        private Scope bind(List<PathNode> input, Scope scope) {
            String known = isComputed() ? name(input, scope) : literal;
            for (Local other : before) {
                if (known.equals(scope.names().get(other))) {
                    throw defined(known);
                }
            }
            var values = new HashMap<>(scope.variables());
            values.put(known, value.on(input, scope));
            var names = new HashMap<>(scope.names());
            names.put(this, known);
            return scope.with(values, names);
        }

        private String name(List<PathNode> input, Scope scope) {
            String computed = PathFunctions.string(name.on(input, scope), "defineVariable()");
            if (computed == null || computed.isEmpty()) {
                throw new PathException("defineVariable() needs a name");
            }
            if (taken.contains(computed)) {
                throw defined(computed);
            }
            return computed;
        }
    }

    /** What is visible behind an expression. */
    private final Map<Expression, List<Local>> behind = new IdentityHashMap<>();

    private final List<Local> visible = new ArrayList<>();

    static PathException defined(String name) {
        return new PathException("there is a variable %" + name + " already");
    }

    boolean isVisible(String name) {
        return visible.stream().anyMatch(local -> name.equals(local.literal));
    }

    /** Whether a variable is visible whose name is not known yet. */
    boolean isOpen() {
        return visible.stream().anyMatch(Local::isComputed);
    }

    /** Makes what the source of a call defines visible in its arguments. */
    List<Local> enter(Expression source) {
        List<Local> locals = behind.getOrDefault(source, List.of());
        visible.addAll(locals);
        return locals;
    }

    void leave(List<Local> locals) {
        visible.removeAll(locals);
    }

    void define(Expression.Call call, String name, Evaluation value) {
        List<Local> computed = visible.stream().filter(Local::isComputed).toList();
        add(call, new Local(name, null, Set.of(), computed, value));
    }

    /** Defines a variable whose name is computed. */
    void define(Expression.Call call, Evaluation name, Set<String> taken, Evaluation value) {
        add(call, new Local(null, name, taken, List.copyOf(visible), value));
    }

    private void add(Expression.Call call, Local local) {
        var all = new ArrayList<>(behind.getOrDefault(call.source(), List.of()));
        all.add(local);
        behind.put(call, List.copyOf(all));
    }

    /** What is visible behind a source is visible behind its steps. */
    void pass(Expression expression) {
        Expression source =
                switch (expression) {
                    case Expression.Member(Expression from, String name) -> from;
                    case Expression.Indexer(Expression from, Expression index) -> from;
                    case Expression.Call(
                                    Expression from,
                                    String function,
                                    List<Expression> arguments) ->
                            from;
                    case Expression.As(Expression operand, String type) -> operand;
                    case Expression.OfType(Expression operand, String type) -> operand;
                    default -> null;
                };
        List<Local> locals = source == null ? null : behind.get(source);
        if (locals != null) {
            behind.putIfAbsent(expression, locals);
        }
    }

    /** An evaluation that gives the variables their values first. */
    static Compiled bound(Compiled compiled, List<Local> locals) {
        if (locals.isEmpty()) {
            return compiled;
        }
        Evaluation evaluation = compiled.evaluation();
        return compiled.with((input, scope) -> evaluation.on(input, bound(locals, input, scope)));
    }

    private static Scope bound(List<Local> locals, List<PathNode> input, Scope scope) {
        Scope here = scope;
        for (Local local : locals) {
            if (!here.names().containsKey(local)) {
                here = local.bind(input, here);
            }
        }
        return here;
    }
}
