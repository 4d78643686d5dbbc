package dev.andiron.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.ValueTest;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** The shape of compiled criteria, as far as a database's time to plan them depends on it. */
class CriterionCompilerTest {
    private static final List<Kind> PATIENTS = List.of(new Kind(1, "Patient"));

    @Test
    void alternativesAboutTheSameRowsShareOneSubquery() {
        var names =
                Stream.iterate(0, i -> i + 1)
                        .limit(2000)
                        .map(i -> (Criterion) text("family", "n" + i, false))
                        .toList();
        SqlStatement alike = compile(names);
        assertEquals(1, subqueries(alike), alike.text());
        SqlStatement different =
                compile(
                        List.of(
                                text("family", "a", false),
                                text("given", "b", false),
                                text("family", "c", true),
                                text("given", "d", false)));
        assertEquals(3, subqueries(different), different.text());
    }

    @Test
    void alternativesBehindTheSameReferencesShareOneSubquery() {
        var chains =
                Stream.iterate(0, i -> i + 1)
                        .limit(500)
                        .map(
                                i ->
                                        (Criterion)
                                                new Criterion.Chain(
                                                        "link",
                                                        Set.of("Patient"),
                                                        text("family", "n" + i, false)))
                        .toList();
        Criterion merged = MergedAlternatives.of(new Criterion.Any(chains));
        assertEquals(3, subqueries(compile(List.of(merged))), merged::toString);
        var has =
                List.<Criterion>of(
                        new Criterion.ReverseChain("Patient", "link", text("family", "a", false)),
                        new Criterion.ReverseChain("Patient", "link", text("family", "b", false)),
                        new Criterion.ReverseChain("Patient", "other", text("family", "c", false)));
        assertEquals(
                2,
                ((Criterion.Any) MergedAlternatives.of(new Criterion.Any(has))).criteria().size());
    }

    /** What a compartment asks for: each type by parameters of its own. */
    @Test
    void alternativesForSomeTypesEachAreLooksIntoTheirIndicesAndNothingElse() {
        var types =
                List.of(new Kind(1, "Patient"), new Kind(2, "Observation"), new Kind(3, "List"));
        Criterion compartment =
                new Criterion.Any(
                        List.of(
                                ofTypes(Set.of("Patient"), new Criterion.Id(Set.of("1"))),
                                ofTypes(Set.of("Observation", "List"), text("subject", "1", true)),
                                ofTypes(Set.of("Observation"), text("performer", "1", true))));
        var compiler =
                new SearchCompiler(
                        new PlainDialect(),
                        new NumberedCatalog(types),
                        count -> {
                            throw new AssertionError("no need to count " + count.text());
                        });
        var query =
                new Query(
                        Set.of("Patient", "Observation", "List"),
                        new Criterion.All(List.of(compartment)),
                        List.of(),
                        10,
                        Optional.empty(),
                        Query.Total.NONE);
        assertEquals(0, compiler.count(query).text().split("EXISTS", -1).length - 1);
    }

    @Test
    void alternativesOfWhichOneIsAConjunctionBeginWithItsIndices() {
        var code = new ValueTest.Token(Optional.empty(), Optional.of("c"));
        Criterion both =
                new Criterion.All(
                        List.of(
                                new Criterion.Type(Set.of("Patient")),
                                text("family", "a", true),
                                new Criterion.Value("code", code),
                                new Criterion.Not(text("given", "b", true))));
        var counted = new ArrayList<String>();
        var compiler =
                new SearchCompiler(
                        new PlainDialect(),
                        new NumberedCatalog(PATIENTS),
                        count -> {
                            counted.add(count.text());
                            return 1;
                        });
        String found =
                compiler.count(
                                Query.of(
                                        "Patient",
                                        new Criterion.All(
                                                List.of(
                                                        new Criterion.Any(
                                                                List.of(
                                                                        both,
                                                                        text("other", "c", true))),
                                                        text("family", "d", true))),
                                        10))
                        .text();
        assertEquals(2, counted.size(), counted::toString);
        assertFalse(counted.getFirst().contains("EXISTS"), "an estimate tests nothing");
        String begin = found.substring(0, found.indexOf("EXISTS"));
        assertTrue(begin.contains("FROM token_index"), "equality is begun with: " + found);
        assertFalse(found.contains("FROM resources"), "no walk through the type: " + found);
        String arm = found.substring(0, found.indexOf(" UNION "));
        assertEquals(3, arm.split("EXISTS", -1).length - 1, "each other criterion is tested");
    }

    @Test
    void conjunctionsAboutTheSameRowsShareOneLook() {
        var pairs =
                Stream.iterate(0, i -> i + 1)
                        .limit(500)
                        .map(
                                i ->
                                        (Criterion)
                                                new Criterion.All(
                                                        List.of(
                                                                text("family", "f" + i, false),
                                                                text("given", "g" + i, false),
                                                                new Criterion.Not(
                                                                        text("x", "x", true)))))
                        .toList();
        SqlStatement alike = compile(pairs);
        assertEquals(3, subqueries(alike), alike.text());
        var others = new ArrayList<>(pairs);
        others.add(new Criterion.All(List.of(text("family", "a", false), text("x", "b", false))));
        assertEquals(5, subqueries(compile(others)), "another one is tested by itself");
    }

    private static Criterion ofTypes(Set<String> types, Criterion criterion) {
        return new Criterion.All(List.of(new Criterion.Type(types), criterion));
    }

    private static Criterion.Value text(String parameter, String text, boolean exact) {
        return new Criterion.Value(
                parameter, new ValueTest.Text(ValueTest.TextOperator.STARTS_WITH, text, exact));
    }

    private static SqlStatement compile(List<Criterion> alternatives) {
        return new CriterionCompiler(new PlainDialect(), new NumberedCatalog(PATIENTS))
                .test(new Criterion.Any(alternatives), PATIENTS, "r.id")
                .statement();
    }

    private static int subqueries(SqlStatement statement) {
        return statement.text().split("SELECT", -1).length - 1;
    }

    private static final class PlainDialect implements Dialect {

        @Override
        public String contains(String column) {
            return "instr(" + column + ", ?)";
        }

        @Override
        public Object decimal(BigDecimal value) {
            return value;
        }

        @Override
        public String withoutIndex(String column) {
            return column;
        }

        @Override
        public String meters(String row) {
            return "meters(?, ?, " + row + ")";
        }

        @Override
        public String components(String content, int component, Facet facet) {
            return "components(" + content + ")";
        }

        @Override
        public Sql fullText(String row, List<Long> parameters, List<String> words, boolean phrase) {
            return Sql.of(row + ".words MATCH ").bind(String.join(" ", words));
        }

        @Override
        public int bindLimit() {
            return 10_000;
        }
    }

    private record NumberedCatalog(List<Kind> all) implements Catalog {

        @Override
        public List<Kind> kinds(Set<String> types) {
            return all;
        }

        @Override
        public OptionalLong parameter(Kind kind, String code, Facet facet) {
            return OptionalLong.of(kind.number() * 10_000 + code.length() * 100L + facet.ordinal());
        }

        @Override
        public OptionalLong name(String name) {
            return OptionalLong.empty();
        }
    }
}
