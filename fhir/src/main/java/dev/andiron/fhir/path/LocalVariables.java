package dev.andiron.fhir.path;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The variables of {@code defineVariable()}: each is visible in the arguments of the calls that
 * follow in its chain, and nowhere else.
 */
final class LocalVariables {

    /** A variable and how its value is found from what its chain is evaluated on. */
    record Local(String name, Evaluation value) {}

    /** What is visible behind an expression. */
    private final Map<Expression, List<Local>> behind = new IdentityHashMap<>();

    private final Set<String> visible = new HashSet<>();

    boolean isVisible(String name) {
        return visible.contains(name);
    }

    /** Makes what the source of a call defines visible in its arguments. */
    List<Local> enter(Expression source) {
        List<Local> locals = behind.getOrDefault(source, List.of());
        locals.forEach(local -> visible.add(local.name()));
        return locals;
    }

    void leave(List<Local> locals) {
        locals.forEach(local -> visible.remove(local.name()));
    }

    void define(Expression.Call call, String name, Evaluation value) {
        var all = new ArrayList<>(behind.getOrDefault(call.source(), List.of()));
        all.add(new Local(name, value));
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
            if (!here.variables().containsKey(local.name())) {
                var values = new HashMap<>(here.variables());
                values.put(local.name(), local.value().on(input, here));
                here = here.with(values);
            }
        }
        return here;
    }
}
