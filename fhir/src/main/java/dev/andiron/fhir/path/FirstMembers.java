package dev.andiron.fhir.path;

import dev.andiron.fhir.path.PathType.Element;
import dev.andiron.fhir.path.PathType.Field;

import java.util.HashSet;
import java.util.Set;

/**
 * Tells which members of a resource an expression starts from: a resource that has none of them
 * need not be evaluated on, for what starts from nothing gives nothing.
 */
final class FirstMembers {
    /** Functions that give nothing on nothing, whatever their arguments are. */
    private static final Set<String> KEEP_NOTHING =
            Set.of("where", "ofType", "as", "first", "last", "tail", "resolve", "extension");

    private final PathType root;
    private final PathModel model;

    private FirstMembers(PathType root, PathModel model) {
        this.root = root;
        this.model = model;
    }

    /**
     * The names of members, of which any value needs at least one.
     *
     * @return null when there may be values without any of them known
     */
    static Set<String> of(Expression expression, PathType root, PathModel model) {
        return root == PathType.UNKNOWN || root.isOpenResource()
                ? null
                : new FirstMembers(root, model).of(expression);
    }

    private Set<String> of(Expression expression) {
        return switch (expression) {
            case Expression.Member(Expression source, String name) -> member(source, name, null);
            case Expression.As(Expression.Member(Expression source, String name), String type) ->
                    member(source, name, type);
            case Expression.OfType(
                            Expression.Member(Expression source, String name),
                            String type) ->
                    member(source, name, type);
            case Expression.As(Expression operand, String _) -> of(operand);
            case Expression.OfType(Expression operand, String _) -> of(operand);
            case Expression.Indexer(Expression source, Expression _) -> of(source);
            case Expression.Call call ->
                    KEEP_NOTHING.contains(call.function()) ? of(call.source()) : null;
            case Expression.Binary(
                            Expression.Operator operator,
                            Expression left,
                            Expression right) ->
                    operator == Expression.Operator.UNION ? either(of(left), of(right)) : null;
            case Expression.This _,
                    Expression.Index _,
                    Expression.Total _,
                    Expression.Variable _,
                    Expression.Literal _,
                    Expression.QuantityLiteral _,
                    Expression.Empty _,
                    Expression.Is _,
                    Expression.Negation _ ->
                    null;
        };
    }

    private Set<String> member(Expression source, String name, String typeName) {
        if (source instanceof Expression.This) {
            return isType(name) ? null : fields(name, typeName);
        }
        if (source instanceof Expression.Member(Expression.This(), String type) && isType(type)) {
            // Patient.name on an Observation gives nothing.
            return root.is(type) ? fields(name, typeName) : Set.of();
        }
        return of(source);
    }

    private boolean isType(String name) {
        return Character.isUpperCase(name.charAt(0)) && model.type(name) != PathType.UNKNOWN;
    }

    private Set<String> fields(String name, String typeName) {
        Element element = root.element(name);
        if (element == null) {
            return Set.of();
        }
        // Other types, such as those of System, are left to the evaluation.
        boolean isFiltered = typeName != null && model.type(typeName) != PathType.UNKNOWN;
        var names = new HashSet<String>();
        for (Field field : element.fields()) {
            if (!isFiltered || field.type().isOpenResource() || field.type().is(typeName)) {
                names.add(field.name());
                if (field.type().isPrimitive()) {
                    names.add(field.sibling());
                }
            }
        }
        return names;
    }

    private static Set<String> either(Set<String> left, Set<String> right) {
        if (left == null || right == null) {
            return null;
        }
        var both = new HashSet<>(left);
        both.addAll(right);
        return both;
    }
}
