package dev.andiron.fhir.path;

import java.util.List;
import java.util.Map;

/**
 * What paths are evaluated on, with the values of variables; made once for many paths. Immutable.
 */
public final class PathFocus {
    private final List<PathNode> nodes;
    private final Scope scope;

    private PathFocus(List<PathNode> nodes, Scope scope) {
        this.nodes = nodes;
        this.scope = scope;
    }

    /** A node that {@link Path#root} or an evaluation gave. */
    public static PathFocus of(PathNode node, Map<String, List<PathNode>> variables) {
        return new PathFocus(List.of(node), new Scope(Path.resourceOf(node), node, variables, 0));
    }

    /** Nothing, within a resource. */
    public static PathFocus nothing(PathNode resource, Map<String, List<PathNode>> variables) {
        return new PathFocus(List.of(), new Scope(resource, null, variables, 0));
    }

    /** A computed integer, such as the value of a variable. */
    public static PathNode integer(long value) {
        return PathNode.of(value);
    }

    List<PathNode> nodes() {
        return nodes;
    }

    Scope scope() {
        return scope;
    }
}
