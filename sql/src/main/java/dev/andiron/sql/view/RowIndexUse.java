package dev.andiron.sql.view;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Iteration;
import dev.andiron.spi.view.Selection;

import java.util.List;
import java.util.stream.Stream;

/** Finds out whether a selection asks for the index of its iteration. */
final class RowIndexUse {
    private RowIndexUse() {}

    /** Whether something in it does; what is below an iteration of its own asks for that one. */
    static boolean in(Selection selection) {
        return selection.columns().stream().anyMatch(column -> in(column.path()))
                || Stream.concat(selection.selections().stream(), selection.union().stream())
                        .anyMatch(RowIndexUse::inNested);
    }

    private static boolean inNested(Selection nested) {
        return nested.iteration()
                .map(
                        iteration ->
                                switch (iteration) {
                                    case Iteration.ForEach each -> in(each.path());
                                    case Iteration.Repeat repeat -> anyIn(repeat.paths());
                                })
                .orElseGet(() -> in(nested));
    }

    private static boolean anyIn(List<? extends Expression> expressions) {
        return expressions.stream().anyMatch(RowIndexUse::in);
    }

    private static boolean in(Expression expression) {
        return switch (expression) {
            case Expression.RowIndex _ -> true;
            case Expression.Focus _,
                    Expression.Resource _,
                    Expression.Literal _,
                    Expression.Nothing _,
                    Expression.ResourceKey _ ->
                    false;
            case Expression.Member member -> in(member.source());
            case Expression.Where where -> in(where.source()) || in(where.criterion());
            case Expression.Select select -> in(select.source()) || in(select.projection());
            case Expression.Slice slice -> in(slice.source());
            case Expression.Last last -> in(last.source());
            case Expression.Single single -> in(single.source());
            case Expression.Union union -> anyIn(union.operands());
            case Expression.Exists exists -> in(exists.source());
            case Expression.All all -> in(all.source()) || in(all.criterion());
            case Expression.Not not -> in(not.operand());
            case Expression.Logic logic -> in(logic.left()) || in(logic.right());
            case Expression.Comparison comparison ->
                    in(comparison.left()) || in(comparison.right());
            case Expression.Membership membership ->
                    in(membership.element()) || in(membership.collection());
            case Expression.Count count -> in(count.source());
            case Expression.Join join -> in(join.source());
            case Expression.Arithmetic arithmetic ->
                    in(arithmetic.left()) || in(arithmetic.right());
            case Expression.Negation negation -> in(negation.operand());
            case Expression.Concatenation texts -> in(texts.left()) || in(texts.right());
            case Expression.TextFunction function ->
                    in(function.source()) || anyIn(function.arguments());
            case Expression.Conditional choice ->
                    anyIn(List.of(choice.condition(), choice.then(), choice.otherwise()));
            case Expression.Boundary boundary -> in(boundary.source());
            case Expression.ReferenceKey key -> in(key.source());
        };
    }
}
