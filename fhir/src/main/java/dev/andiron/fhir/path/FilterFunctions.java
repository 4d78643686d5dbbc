package dev.andiron.fhir.path;

import dev.andiron.fhir.path.PathType.Category;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The functions whose argument is evaluated on each item, and the choice between two. */
final class FilterFunctions {
    /** Computed values may go round for ever; elements are finite. */
    private static final int MAX_COMPUTED = 2_000;

    private FilterFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("where", FilterFunctions::where);
        functions.put("select", FilterFunctions::select);
        functions.put("repeat", site -> repeat(site, true));
        functions.put("repeatAll", site -> repeat(site, false));
        functions.put("aggregate", FilterFunctions::aggregate);
        functions.put("iif", FilterFunctions::iif);
        functions.put("coalesce", FilterFunctions::coalesce);
        functions.put("sort", SortFunction::compile);
        functions.put("trace", FilterFunctions::trace);
        functions.put("defineVariable", FilterFunctions::defineVariable);
    }

    static Compiled where(CallSite site) {
        Evaluation nodes = site.takes(1).input();
        Evaluation criterion = site.lambda(0).evaluation();
        return site.source()
                .with(
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

    private static Compiled select(CallSite site) {
        Evaluation nodes = site.takes(1).input();
        Compiled projection = site.lambda(0);
        Evaluation project = projection.evaluation();
        return projection.with(
                (input, scope) -> {
                    List<PathNode> all = nodes.on(input, scope);
                    var out = new ArrayList<PathNode>();
                    for (int i = 0; i < all.size(); i++) {
                        out.addAll(project.on(List.of(all.get(i)), scope.at(i)));
                        PathFunctions.checkSize(out, "select()");
                    }
                    return out;
                });
    }

    private static Compiled repeat(CallSite site, boolean isDistinct) {
        Evaluation nodes = site.takes(1).input();
        String where = site.shown();
        Evaluation project =
                site.compiler()
                        .compile(site.written(0), Compiled.open((input, scope) -> input))
                        .evaluation();
        return Compiled.open(
                (input, scope) -> {
                    var out = new ArrayList<PathNode>();
                    var computed = new ArrayList<PathNode>();
                    List<PathNode> wave = nodes.on(input, scope);
                    while (!wave.isEmpty()) {
                        var next = new ArrayList<PathNode>();
                        for (PathNode node : wave) {
                            for (PathNode found : project.on(List.of(node), scope)) {
                                if (found.isComputed()) {
                                    if (isDistinct && PathValues.contains(computed, found)) {
                                        continue;
                                    }
                                    computed.add(found);
                                    checkEnd(computed, where);
                                }
                                out.add(found);
                                next.add(found);
                            }
                        }
                        PathFunctions.checkSize(out, where);
                        wave = next;
                    }
                    return out;
                });
    }

    private static void checkEnd(List<PathNode> computed, String where) {
        if (computed.size() > MAX_COMPUTED) {
            throw new PathException(
                    where + " computes more than " + MAX_COMPUTED + " values, which may not end");
        }
    }

    private static Compiled aggregate(CallSite site) {
        Evaluation nodes = site.takes(1, 2).input();
        Evaluation step = site.lambda(0).evaluation();
        Evaluation start = site.optional(1);
        return Compiled.open(
                (input, scope) -> {
                    List<PathNode> total = start.on(input, scope);
                    List<PathNode> all = nodes.on(input, scope);
                    for (int i = 0; i < all.size(); i++) {
                        total = step.on(List.of(all.get(i)), scope.adding(i, total));
                        PathFunctions.checkSize(total, "aggregate()");
                    }
                    return total;
                });
    }

    private static Compiled iif(CallSite site) {
        Evaluation nodes = site.takes(2, 3).input();
        Compiled criterion = site.lambda(0);
        Set<PathType> types = criterion.types();
        if (types != null
                && !types.isEmpty()
                && types.stream().noneMatch(type -> type.category() == Category.BOOLEAN)) {
            throw new PathException("iif() needs a criterion that is true or false");
        }
        Evaluation condition = criterion.evaluation();
        Evaluation yes = site.lambda(1).evaluation();
        Evaluation no =
                site.size() == 3
                        ? site.lambda(2).evaluation()
                        : (input, scope) -> List.<PathNode>of();
        return Compiled.open(
                (input, scope) -> {
                    List<PathNode> on = nodes.on(input, scope);
                    CallSite.one(on, "iif()");
                    return PathValues.isTrue(condition.on(on, scope), "iif()")
                            ? yes.on(on, scope)
                            : no.on(on, scope);
                });
    }

    /** The first of its arguments that gives something. */
    private static Compiled coalesce(CallSite site) {
        var choices = new ArrayList<Evaluation>();
        for (int i = 0; i < site.size(); i++) {
            choices.add(site.lambda(i).evaluation());
        }
        Evaluation nodes = site.input();
        return Compiled.open(
                (input, scope) -> {
                    List<PathNode> on = nodes.on(input, scope);
                    for (Evaluation choice : choices) {
                        List<PathNode> found = choice.on(on, scope);
                        if (!found.isEmpty()) {
                            return found;
                        }
                    }
                    return List.of();
                });
    }

    /** Nothing is logged: what a caller sends must not end in a log. */
    private static Compiled trace(CallSite site) {
        return site.takes(1, 2).source();
    }

    /** The compiler has bound the name for what follows. */
    private static Compiled defineVariable(CallSite site) {
        return site.takes(1, 2).source();
    }
}
