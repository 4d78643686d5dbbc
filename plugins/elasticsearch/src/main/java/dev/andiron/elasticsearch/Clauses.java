package dev.andiron.elasticsearch;

import co.elastic.clients.elasticsearch._types.FieldValue;
import co.elastic.clients.elasticsearch._types.query_dsl.ChildScoreMode;
import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import co.elastic.clients.json.JsonData;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Clauses of Elasticsearch's query language, none of which scores. */
final class Clauses {
    private Clauses() {}

    static Query always() {
        return Query.of(q -> q.matchAll(all -> all));
    }

    static Query never() {
        return Query.of(q -> q.matchNone(none -> none));
    }

    static Query term(String field, String value) {
        return Query.of(q -> q.term(t -> t.field(field).value(value)));
    }

    /** The field has at least one of these. */
    static Query terms(String field, Collection<String> values) {
        return switch (values.size()) {
            case 0 -> never();
            case 1 -> term(field, values.iterator().next());
            default -> {
                var list = values.stream().map(FieldValue::of).toList();
                yield Query.of(q -> q.terms(t -> t.field(field).terms(v -> v.value(list))));
            }
        };
    }

    static Query prefix(String field, String prefix) {
        return Query.of(q -> q.prefix(p -> p.field(field).value(prefix)));
    }

    /** The field has a keyword of this prefix that contains a text behind it. */
    static Query contains(String field, String prefix, String text) {
        return wildcard(field, literally(prefix) + "*" + literally(text) + "*");
    }

    /** The field has a keyword of this prefix that ends with a text behind it. */
    static Query endsWith(String field, String prefix, String text) {
        return wildcard(field, literally(prefix) + "*" + literally(text));
    }

    private static Query wildcard(String field, String pattern) {
        return Query.of(q -> q.wildcard(w -> w.field(field).value(pattern)));
    }

    private static String literally(String text) {
        var pattern = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '*' || c == '?' || c == '\\') {
                pattern.append('\\');
            }
            pattern.append(c);
        }
        return pattern.toString();
    }

    /** A bound of a range of keywords. */
    record Bound(String value, boolean inclusive) {}

    static Query between(String field, Bound from, Bound to) {
        return Query.of(
                q ->
                        q.range(
                                range ->
                                        range.term(
                                                t -> {
                                                    t.field(field);
                                                    if (from.inclusive()) {
                                                        t.gte(from.value());
                                                    } else {
                                                        t.gt(from.value());
                                                    }
                                                    if (to.inclusive()) {
                                                        t.lte(to.value());
                                                    } else {
                                                        t.lt(to.value());
                                                    }
                                                    return t;
                                                })));
    }

    /** The field's number is from one to another, both included. */
    static Query between(String field, long from, long to) {
        return Query.of(
                q ->
                        q.range(
                                range ->
                                        range.untyped(
                                                u ->
                                                        u.field(field)
                                                                .gte(JsonData.of(from))
                                                                .lte(JsonData.of(to)))));
    }

    static Query all(List<Query> clauses) {
        return switch (clauses.size()) {
            case 0 -> always();
            case 1 -> clauses.getFirst();
            default -> Query.of(q -> q.bool(b -> b.filter(clauses)));
        };
    }

    /** At least one holds; those that ask for terms of the same field become one. */
    static Query any(List<Query> clauses) {
        Map<String, Set<String>> terms = new LinkedHashMap<>();
        var all = new ArrayList<Query>();
        for (Query clause : clauses) {
            if (clause.isTerm() && clause.term().value().isString()) {
                terms.computeIfAbsent(clause.term().field(), field -> new LinkedHashSet<>())
                        .add(clause.term().value().stringValue());
            } else if (!clause.isMatchNone()) {
                all.add(clause);
            }
        }
        terms.forEach((field, values) -> all.add(terms(field, values)));
        return switch (all.size()) {
            case 0 -> never();
            case 1 -> all.getFirst();
            default -> Query.of(q -> q.bool(b -> b.should(all).minimumShouldMatch("1")));
        };
    }

    static Query not(Query clause) {
        return Query.of(q -> q.bool(b -> b.mustNot(clause)));
    }

    /** There is an object under a path of which this holds. */
    static Query nested(String path, Query clause) {
        return Query.of(
                q -> q.nested(n -> n.path(path).query(clause).scoreMode(ChildScoreMode.None)));
    }
}
