package dev.andiron.sql.view;

import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.Member;
import dev.andiron.spi.view.Iteration;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.View;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out which members of a resource a view looks at, so that the others need not be parsed.
 * Used by one thread.
 */
public final class RootMembers {
    private final Set<String> names = new HashSet<>(Set.of("resourceType", "id"));
    private boolean all;

    private RootMembers() {}

    /** The names of the members, those of ids and extensions included; empty for all members. */
    public static Optional<Set<String>> of(View view) {
        var members = new RootMembers();
        view.where().forEach(condition -> members.visit(condition, true));
        members.visit(view.root(), true);
        return members.all ? Optional.empty() : Optional.of(Set.copyOf(members.names));
    }

    /**
     * @param atRoot whether the focus is the resource
     */
    private void visit(Selection selection, boolean atRoot) {
        selection
                .iteration()
                .ifPresent(
                        iteration -> {
                            switch (iteration) {
                                case Iteration.ForEach each -> visit(each.path(), atRoot);
                                case Iteration.Repeat repeat -> visit(repeat.paths(), atRoot);
                            }
                        });
        boolean inner = atRoot && selection.iteration().isEmpty();
        for (Column column : selection.columns()) {
            visit(column.path(), inner);
        }
        selection.selections().forEach(nested -> visit(nested, inner));
        selection.union().forEach(branch -> visit(branch, inner));
    }

    private void visit(List<? extends Expression> expressions, boolean atRoot) {
        expressions.forEach(expression -> visit(expression, atRoot));
    }

    private void visit(Expression expression, boolean atRoot) {
        switch (expression) {
            case Expression.Focus _ -> all |= atRoot;
            case Expression.Resource _ -> all = true;
            case Expression.RowIndex _,
                    Expression.Literal _,
                    Expression.Nothing _,
                    Expression.ResourceKey _ -> {}
            case Member member -> member(member, atRoot);
            case Expression.Where where -> {
                visit(where.source(), atRoot);
                visit(where.criterion(), isRoot(where.source(), atRoot));
            }
            case Expression.Select select -> {
                visit(select.source(), atRoot);
                visit(select.projection(), isRoot(select.source(), atRoot));
            }
            case Expression.Slice slice -> visit(slice.source(), atRoot);
            case Expression.Last last -> visit(last.source(), atRoot);
            case Expression.Single single -> visit(single.source(), atRoot);
            case Expression.Union union -> visit(union.operands(), atRoot);
            case Expression.Exists exists -> visit(exists.source(), atRoot);
            case Expression.All every -> {
                visit(every.source(), atRoot);
                visit(every.criterion(), isRoot(every.source(), atRoot));
            }
            case Expression.Not not -> visit(not.operand(), atRoot);
            case Expression.Logic logic -> visit(List.of(logic.left(), logic.right()), atRoot);
            case Expression.Comparison comparison ->
                    visit(List.of(comparison.left(), comparison.right()), atRoot);
            case Expression.Membership membership ->
                    visit(List.of(membership.element(), membership.collection()), atRoot);
            case Expression.Count count -> visit(count.source(), atRoot);
            case Expression.Join join -> visit(join.source(), atRoot);
            case Expression.Arithmetic arithmetic ->
                    visit(List.of(arithmetic.left(), arithmetic.right()), atRoot);
            case Expression.Negation negation -> visit(negation.operand(), atRoot);
            case Expression.Concatenation texts ->
                    visit(List.of(texts.left(), texts.right()), atRoot);
            case Expression.TextFunction function -> {
                visit(function.source(), atRoot);
                visit(function.arguments(), atRoot);
            }
            case Expression.Conditional choice ->
                    visit(List.of(choice.condition(), choice.then(), choice.otherwise()), atRoot);
            case Expression.Boundary boundary -> visit(boundary.source(), atRoot);
            case Expression.ReferenceKey key -> visit(key.source(), atRoot);
        }
    }

    private void member(Member member, boolean atRoot) {
        if (isRoot(member.source(), atRoot)) {
            for (String name : member.names()) {
                names.add(name);
                names.add("_" + name);
            }
        } else {
            visit(member.source(), atRoot);
        }
    }

    private static boolean isRoot(Expression expression, boolean atRoot) {
        return expression instanceof Expression.Resource
                || atRoot && expression instanceof Expression.Focus;
    }
}
