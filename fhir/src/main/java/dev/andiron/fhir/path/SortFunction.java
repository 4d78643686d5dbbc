package dev.andiron.fhir.path;

import java.util.ArrayList;
import java.util.List;

/** {@code sort(key, -key, ...)}: stable; an item without a key comes behind, descending before. */
final class SortFunction {

    private SortFunction() {}

    private record Key(Evaluation evaluation, boolean isDescending) {}

    private record Item(PathNode node, List<List<PathNode>> keys) {}

    static Compiled compile(CallSite site) {
        Evaluation nodes = site.input();
        var keys = new ArrayList<Key>();
        for (int i = 0; i < site.size(); i++) {
            boolean descending = site.written(i) instanceof Expression.Negation;
            Expression written =
                    site.written(i) instanceof Expression.Negation(Expression operand)
                            ? operand
                            : site.written(i);
            Evaluation key =
                    site.compiler().compile(written, PathCompiler.each(site.source())).evaluation();
            keys.add(new Key(key, descending));
        }
        if (keys.isEmpty()) {
            keys.add(new Key((input, scope) -> input, false));
        }
        return site.source().with((input, scope) -> sorted(nodes.on(input, scope), scope, keys));
    }

    private static List<PathNode> sorted(List<PathNode> nodes, Scope scope, List<Key> keys) {
        var items = new ArrayList<Item>(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            List<PathNode> one = List.of(nodes.get(i));
            Scope here = scope.at(i);
            items.add(
                    new Item(
                            nodes.get(i),
                            keys.stream().map(key -> key.evaluation().on(one, here)).toList()));
        }
        items.sort((left, right) -> compare(left, right, keys));
        return items.stream().map(Item::node).toList();
    }

    private static int compare(Item left, Item right, List<Key> keys) {
        for (int i = 0; i < keys.size(); i++) {
            int order = compare(left.keys().get(i), right.keys().get(i));
            if (order != 0) {
                return keys.get(i).isDescending() ? -order : order;
            }
        }
        return 0;
    }

    private static int compare(List<PathNode> left, List<PathNode> right) {
        if (left.isEmpty() || right.isEmpty()) {
            return Boolean.compare(left.isEmpty(), right.isEmpty());
        }
        Integer order = PathValues.compare(left, right, "sort()");
        return order == null ? 0 : order;
    }
}
