package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonNames;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Iteration;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.View;

import java.util.ArrayList;
import java.util.List;

/** Which members of a resource a view looks at, so that the others need not be read. */
final class WantedNames {
    private final JsonNames root = new JsonNames();

    private WantedNames() {}

    static JsonNames of(View view) {
        var wanted = new WantedNames();
        wanted.root.member("resourceType");
        wanted.root.member("id");
        List<JsonNames> focus = List.of(wanted.root);
        view.where().forEach(condition -> wanted.look(condition, focus));
        wanted.look(view.root(), focus);
        return wanted.root;
    }

    private void look(Selection selection, List<JsonNames> focus) {
        List<JsonNames> inner =
                selection.iteration().map(iteration -> look(iteration, focus)).orElse(focus);
        for (Column column : selection.columns()) {
            List<JsonNames> values = look(column.path(), inner);
            if (!column.path().type().isPrimitive()) {
                values.forEach(JsonNames::all);
            }
        }
        selection.selections().forEach(nested -> look(nested, inner));
        selection.union().forEach(branch -> look(branch, inner));
    }

    private List<JsonNames> look(Iteration iteration, List<JsonNames> focus) {
        return switch (iteration) {
            case Iteration.ForEach(Expression path, boolean keepsEmpty) -> look(path, focus);
            case Iteration.Repeat(List<Expression> paths) -> {
                // How deep it goes is not known.
                var elements = new ArrayList<JsonNames>();
                paths.forEach(path -> elements.addAll(look(path, focus)));
                elements.forEach(JsonNames::all);
                yield elements;
            }
        };
    }

    /** Wants what an expression looks at; gives where its values stand, none for computed ones. */
    private List<JsonNames> look(Expression expression, List<JsonNames> focus) {
        return switch (expression) {
            case Expression.Focus here -> focus;
            case Expression.Resource resource -> List.of(root);
            case Expression.RowIndex index -> List.of();
            case Expression.Literal literal -> List.of();
            case Expression.Nothing nothing -> List.of();
            case Expression.ResourceKey key -> List.of();
            case Expression.Member member -> member(member, focus);
            case Expression.Where(Expression source, Expression criterion) -> {
                List<JsonNames> values = look(source, focus);
                look(criterion, values);
                yield values;
            }
            case Expression.Select(Expression source, Expression projection) ->
                    look(projection, look(source, focus));
            case Expression.Slice slice -> look(slice.source(), focus);
            case Expression.Last(Expression source) -> look(source, focus);
            case Expression.Single(Expression source) -> look(source, focus);
            case Expression.Union(List<Expression> operands, boolean distinct) ->
                    all(operands, focus);
            case Expression.Conditional(
                            Expression condition,
                            Expression then,
                            Expression otherwise) -> {
                look(condition, focus);
                yield all(List.of(then, otherwise), focus);
            }
            case Expression.All(Expression source, Expression criterion) -> {
                look(criterion, look(source, focus));
                yield List.of();
            }
            case Expression.Exists(Expression source) -> computed(focus, source);
            case Expression.Not(Expression operand) -> computed(focus, operand);
            case Expression.Logic logic -> computed(focus, logic.left(), logic.right());
            case Expression.Comparison comparison ->
                    computed(focus, comparison.left(), comparison.right());
            case Expression.Membership(Expression element, Expression collection) ->
                    computed(focus, element, collection);
            case Expression.Count(Expression source) -> computed(focus, source);
            case Expression.Join(Expression source, String separator) -> computed(focus, source);
            case Expression.Arithmetic arithmetic ->
                    computed(focus, arithmetic.left(), arithmetic.right());
            case Expression.Negation(Expression operand) -> computed(focus, operand);
            case Expression.Concatenation text -> computed(focus, text.left(), text.right());
            case Expression.TextFunction function -> {
                all(function.arguments(), focus);
                yield computed(focus, function.source());
            }
            case Expression.Boundary boundary -> computed(focus, boundary.source());
            case Expression.ReferenceKey key -> {
                for (JsonNames reference : look(key.source(), focus)) {
                    reference.member("reference");
                    reference.member("type");
                }
                yield List.of();
            }
        };
    }

    /** A primitive's own member and that of its id and extensions. */
    private List<JsonNames> member(Expression.Member member, List<JsonNames> focus) {
        var values = new ArrayList<JsonNames>();
        for (JsonNames source : look(member.source(), focus)) {
            for (String name : member.names()) {
                values.add(source.member(name));
                if (member.type().isPrimitive() || member.names().size() > 1) {
                    source.member("_" + name).all();
                }
            }
        }
        return values;
    }

    private List<JsonNames> all(List<Expression> expressions, List<JsonNames> focus) {
        var values = new ArrayList<JsonNames>();
        expressions.forEach(each -> values.addAll(look(each, focus)));
        return values;
    }

    private List<JsonNames> computed(List<JsonNames> focus, Expression... expressions) {
        all(List.of(expressions), focus);
        return List.of();
    }
}
