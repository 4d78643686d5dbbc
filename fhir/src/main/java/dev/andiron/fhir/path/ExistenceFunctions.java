package dev.andiron.fhir.path;

import dev.andiron.fhir.path.PathType.Category;

import java.util.List;
import java.util.Map;

/** Whether there is something, how much, and whether it is true. */
final class ExistenceFunctions {

    private ExistenceFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("empty", site -> site.takes(0).truth(List::isEmpty));
        functions.put("exists", ExistenceFunctions::exists);
        functions.put("all", ExistenceFunctions::all);
        functions.put(
                "not",
                site ->
                        site.takes(0)
                                .truth(
                                        nodes -> {
                                            Boolean truth = PathValues.truth(nodes, "not()");
                                            return truth == null ? null : (Boolean) !truth;
                                        }));
        functions.put("allTrue", site -> all(site, true));
        functions.put("allFalse", site -> all(site, false));
        functions.put("anyTrue", site -> any(site, true));
        functions.put("anyFalse", site -> any(site, false));
        functions.put("hasValue", site -> site.takes(0).truth(ExistenceFunctions::hasValue));
        functions.put(
                "isDistinct",
                site ->
                        site.takes(0)
                                .truth(nodes -> PathValues.distinct(nodes).size() == nodes.size()));
        functions.put(
                "subsetOf",
                site -> site.with((nodes, other) -> PathFunctions.bool(containsAll(other, nodes))));
        functions.put(
                "supersetOf",
                site -> site.with((nodes, other) -> PathFunctions.bool(containsAll(nodes, other))));
        functions.put("count", ExistenceFunctions::count);
    }

    private static Compiled exists(CallSite site) {
        if (site.takes(0, 1).size() == 0) {
            return site.truth(nodes -> !nodes.isEmpty());
        }
        Evaluation where = FilterFunctions.where(site).evaluation();
        return Compiled.of(
                (input, scope) -> PathFunctions.bool(!where.on(input, scope).isEmpty()),
                PathType.SYSTEM_BOOLEAN);
    }

    private static Compiled all(CallSite site) {
        Evaluation nodes = site.takes(1).input();
        Evaluation criterion = site.lambda(0).evaluation();
        return Compiled.of(
                (input, scope) -> {
                    List<PathNode> all = nodes.on(input, scope);
                    for (int i = 0; i < all.size(); i++) {
                        List<PathNode> one = List.of(all.get(i));
                        if (!PathValues.isTrue(criterion.on(one, scope.at(i)), "all()")) {
                            return PathFunctions.bool(false);
                        }
                    }
                    return PathFunctions.bool(true);
                },
                PathType.SYSTEM_BOOLEAN);
    }

    private static Compiled all(CallSite site, boolean wanted) {
        String where = site.takes(0).shown();
        return site.truth(nodes -> times(nodes, wanted, where) == nodes.size());
    }

    private static Compiled any(CallSite site, boolean wanted) {
        String where = site.takes(0).shown();
        return site.truth(nodes -> times(nodes, wanted, where) > 0);
    }

    private static int times(List<PathNode> nodes, boolean wanted, String where) {
        int count = 0;
        for (PathNode node : nodes) {
            if (node.type().category() != Category.BOOLEAN) {
                throw new PathException(where + " needs truth values, got a " + node.type());
            }
            count += String.valueOf(wanted).equals(node.textOrNull()) ? 1 : 0;
        }
        return count;
    }

    private static Boolean hasValue(List<PathNode> nodes) {
        return nodes.size() == 1
                && nodes.getFirst().type().isPrimitive()
                && nodes.getFirst().valueOrNull() != null;
    }

    private static boolean containsAll(List<PathNode> all, List<PathNode> wanted) {
        PathValues.checkComparisons((long) all.size() * wanted.size());
        for (PathNode node : wanted) {
            if (!PathValues.contains(all, node)) {
                return false;
            }
        }
        return true;
    }

    private static Compiled count(CallSite site) {
        Evaluation nodes = site.takes(0).input();
        return Compiled.of(
                (input, scope) -> List.of(PathNode.of(nodes.on(input, scope).size())),
                PathType.SYSTEM_INTEGER);
    }
}
