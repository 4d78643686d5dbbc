package dev.andiron.fhir.path;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Parts of a collection by place, and what becomes of two collections. */
final class SubsetFunctions {

    private SubsetFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put(
                "single",
                site ->
                        site.takes(0)
                                .list(
                                        nodes -> {
                                            CallSite.one(nodes, "single()");
                                            return nodes;
                                        }));
        functions.put("first", site -> site.takes(0).list(nodes -> slice(nodes, 0, 1)));
        functions.put(
                "last", site -> site.takes(0).list(all -> slice(all, all.size() - 1, all.size())));
        functions.put("tail", site -> site.takes(0).list(all -> slice(all, 1, all.size())));
        functions.put("skip", site -> sized(site, (all, n) -> slice(all, n, all.size())));
        functions.put("take", site -> sized(site, (all, n) -> slice(all, 0, n)));
        functions.put("distinct", site -> site.takes(0).list(PathValues::distinct));
        functions.put(
                "union", site -> PathOperators.union(site.source(), site.takes(1).argument(0)));
        functions.put("combine", SubsetFunctions::combine);
        functions.put("intersect", site -> site.with(SubsetFunctions::intersect));
        functions.put("exclude", site -> site.with(SubsetFunctions::exclude));
    }

    private interface Sized {
        List<PathNode> of(List<PathNode> nodes, int number);
    }

    private static Compiled sized(CallSite site, Sized function) {
        Evaluation nodes = site.takes(1).input();
        Evaluation number = site.argument(0).evaluation();
        String where = site.shown();
        return site.source()
                .with(
                        (input, scope) -> {
                            Integer n = PathFunctions.integer(number.on(input, scope), where);
                            List<PathNode> all = nodes.on(input, scope);
                            return n == null ? List.of() : function.of(all, Math.max(n, 0));
                        });
    }

    static List<PathNode> slice(List<PathNode> nodes, int from, int to) {
        int low = Math.max(from, 0);
        int high = Math.min(to, nodes.size());
        return low >= high ? List.of() : nodes.subList(low, high);
    }

    /** A second argument tells whether the order is kept, which it always is. */
    private static Compiled combine(CallSite site) {
        Evaluation nodes = site.takes(1, 2).input();
        Evaluation other = site.argument(0).evaluation();
        return Compiled.open(
                (input, scope) -> {
                    var all = new ArrayList<>(nodes.on(input, scope));
                    all.addAll(other.on(input, scope));
                    PathFunctions.checkSize(all, "combine()");
                    return all;
                });
    }

    private static List<PathNode> intersect(List<PathNode> nodes, List<PathNode> other) {
        PathValues.checkComparisons((long) nodes.size() * other.size());
        return PathValues.distinct(
                nodes.stream().filter(node -> PathValues.contains(other, node)).toList());
    }

    private static List<PathNode> exclude(List<PathNode> nodes, List<PathNode> other) {
        PathValues.checkComparisons((long) nodes.size() * other.size());
        return nodes.stream().filter(node -> !PathValues.contains(other, node)).toList();
    }
}
