package dev.andiron.fhir.search;

import static dev.andiron.spi.search.ValueTest.RangeOperator.AP;
import static dev.andiron.spi.search.ValueTest.RangeOperator.EB;
import static dev.andiron.spi.search.ValueTest.RangeOperator.EQ;
import static dev.andiron.spi.search.ValueTest.RangeOperator.GE;
import static dev.andiron.spi.search.ValueTest.RangeOperator.GT;
import static dev.andiron.spi.search.ValueTest.RangeOperator.LE;
import static dev.andiron.spi.search.ValueTest.RangeOperator.LT;
import static dev.andiron.spi.search.ValueTest.RangeOperator.NE;
import static dev.andiron.spi.search.ValueTest.RangeOperator.SA;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.Sort;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;
import dev.andiron.spi.search.ValueTest.TextOperator;

import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

class CriterionEvaluatorTest {
    private static final Instant T0 = Instant.parse("2024-01-01T00:00:00Z");

    private static final SearchFacts ANNA =
            facts(
                    "Patient/a",
                    new SearchValue.Text("name", "anna", "Anna"),
                    new SearchValue.Token("gender", "", "female", ""),
                    new SearchValue.Token("identifier", "urn:mrn", "7", ""),
                    new SearchValue.TypedIdentifier("identifier", "urn:types", "MR", "7"),
                    new SearchValue.LocalReference("organization", "Organization", "o", ""));
    private static final SearchFacts CLINIC =
            facts("Organization/o", new SearchValue.Text("name", "old clinic", "Old Clinic"));
    private static final SearchFacts PULSE =
            facts(
                    "Observation/p",
                    new SearchValue.LocalReference("subject", "Patient", "a", "2"),
                    new SearchValue.ExternalReference("subject", "http://elsewhere.org/Patient/9"),
                    new SearchValue.Token("code", "http://loinc.org", "8867-4", "heart rate"),
                    new SearchValue.Position("near", 52.52, 13.405),
                    new SearchValue.Composite(
                            "pair",
                            List.of(
                                    List.of(new SearchValue.Token("code", "s", "1", "")),
                                    List.of(new SearchValue.Token("value", "s", "2", "")))));

    private final CriterionEvaluator evaluator = new CriterionEvaluator(new Links());

    private static SearchFacts facts(String reference, SearchValue... values) {
        String[] parts = reference.split("/", 2);
        return new SearchFacts(new ResourceKey(parts[0], parts[1]), T0, List.of(values));
    }

    private static final class Links implements SearchLinks {
        private final Map<ResourceKey, SearchFacts> all =
                Map.of(ANNA.key(), ANNA, CLINIC.key(), CLINIC, PULSE.key(), PULSE);

        @Override
        public Optional<SearchFacts> find(ResourceKey key) {
            return Optional.ofNullable(all.get(key));
        }

        @Override
        public Iterable<SearchFacts> referringTo(
                ResourceKey target, String sourceType, String parameter) {
            return all.values();
        }
    }

    private void holds(SearchFacts facts, Criterion criterion) {
        assertTrue(evaluator.matches(criterion, facts), criterion::toString);
        assertFalse(evaluator.matches(new Criterion.Not(criterion), facts), criterion::toString);
    }

    private void fails(SearchFacts facts, Criterion criterion) {
        assertFalse(evaluator.matches(criterion, facts), criterion::toString);
    }

    private static Criterion value(String parameter, ValueTest test) {
        return new Criterion.Value(parameter, test);
    }

    private static Criterion text(String parameter, TextOperator operator, String text) {
        return value(parameter, new ValueTest.Text(operator, text, false));
    }

    private static ValueTest.Token token(String system, String code) {
        return new ValueTest.Token(Optional.ofNullable(system), Optional.ofNullable(code));
    }

    @Test
    void textsAndTokens() {
        holds(ANNA, text("name", TextOperator.STARTS_WITH, "an"));
        holds(ANNA, text("name", TextOperator.CONTAINS, "nn"));
        holds(ANNA, value("name", new ValueTest.Text(TextOperator.EQUALS, "Anna", true)));
        fails(ANNA, value("name", new ValueTest.Text(TextOperator.EQUALS, "anna", true)));
        fails(ANNA, text("name", TextOperator.STARTS_WITH, "nn"));
        fails(ANNA, text("family", TextOperator.STARTS_WITH, "an"));
        holds(ANNA, value("gender", token(null, "female")));
        holds(ANNA, value("gender", token("", "female")));
        fails(ANNA, value("gender", token("urn:x", "female")));
        holds(ANNA, value("identifier", token("urn:mrn", "7")));
        holds(ANNA, value("identifier", token("urn:mrn", null)));
        fails(ANNA, value("identifier", token("", "7")));
        holds(
                ANNA,
                value(
                        "identifier",
                        new ValueTest.TokenIn(List.of(token("a", "7"), token("urn:mrn", "7")))));
        holds(ANNA, value("identifier", new ValueTest.TypedIdentifier("urn:types", "MR", "7")));
        fails(ANNA, value("identifier", new ValueTest.TypedIdentifier("urn:types", "MR", "8")));
        holds(PULSE, value("code", new ValueTest.TokenDisplay(TextOperator.CONTAINS, "rate")));
        fails(ANNA, value("gender", new ValueTest.TokenDisplay(TextOperator.CONTAINS, "")));
    }

    @Test
    void factsAndLogic() {
        holds(ANNA, Criterion.everything());
        fails(ANNA, new Criterion.Any(List.of()));
        holds(ANNA, new Criterion.Id(Set.of("a", "b")));
        fails(ANNA, new Criterion.Id(Set.of("b")));
        holds(ANNA, new Criterion.Type(Set.of("Patient")));
        fails(ANNA, new Criterion.Type(Set.of("Group")));
        holds(ANNA, new Criterion.Present("name"));
        fails(ANNA, new Criterion.Present("birthdate"));
        Instant day = T0.plusSeconds(86_400);
        holds(ANNA, new Criterion.LastUpdated(EQ, T0, day));
        fails(ANNA, new Criterion.LastUpdated(GT, T0, day));
        holds(ANNA, new Criterion.LastUpdated(SA, T0.minusSeconds(1), T0));
        holds(
                ANNA,
                new Criterion.All(
                        List.of(
                                new Criterion.Present("name"),
                                new Criterion.Any(
                                        List.of(
                                                new Criterion.Present("birthdate"),
                                                new Criterion.Present("gender"))))));
    }

    @Test
    void referencesAndChains() {
        ValueTest anna = new ValueTest.LocalReference(Optional.empty(), "a", Optional.empty());
        holds(PULSE, value("subject", anna));
        holds(
                PULSE,
                value(
                        "subject",
                        new ValueTest.LocalReference(
                                Optional.of("Patient"), "a", Optional.of("2"))));
        fails(
                PULSE,
                value(
                        "subject",
                        new ValueTest.LocalReference(
                                Optional.of("Patient"), "a", Optional.of("3"))));
        fails(
                PULSE,
                value(
                        "subject",
                        new ValueTest.LocalReference(Optional.of("Group"), "a", Optional.empty())));
        holds(
                PULSE,
                value(
                        "subject",
                        new ValueTest.ExternalReference(
                                TextOperator.EQUALS, "http://elsewhere.org/Patient/9")));

        Criterion old = text("name", TextOperator.STARTS_WITH, "old");
        Criterion atOldClinic = new Criterion.Chain("organization", Set.of("Organization"), old);
        holds(ANNA, atOldClinic);
        holds(PULSE, new Criterion.Chain("subject", Set.of("Patient", "Group"), atOldClinic));
        fails(PULSE, new Criterion.Chain("subject", Set.of("Group"), atOldClinic));
        fails(PULSE, new Criterion.Chain("subject", Set.of("Patient"), old));

        Criterion pulse = value("code", token(null, "8867-4"));
        Criterion hasPulse = new Criterion.ReverseChain("Observation", "subject", pulse);
        holds(ANNA, hasPulse);
        fails(CLINIC, hasPulse);
        fails(ANNA, new Criterion.ReverseChain("Observation", "performer", pulse));
        holds(CLINIC, new Criterion.ReverseChain("Patient", "organization", hasPulse));
    }

    @Test
    void placesAndComposites() {
        holds(PULSE, value("near", new ValueTest.Near(52.52, 13.405, 1)));
        holds(PULSE, value("near", new ValueTest.Near(48.1372, 11.5756, 505_000)));
        fails(PULSE, value("near", new ValueTest.Near(48.1372, 11.5756, 500_000)));
        holds(
                PULSE,
                value("pair", new ValueTest.Composite(List.of(token("s", "1"), token("s", "2")))));
        fails(
                PULSE,
                value("pair", new ValueTest.Composite(List.of(token("s", "2"), token("s", "1")))));
    }

    @Test
    void rangesObeyTheLawsOfTheirOperators() {
        var random = new Random(4);
        for (int i = 0; i < 50_000; i++) {
            int low = random.nextInt(6);
            int high = low + 1 + random.nextInt(3);
            int from = random.nextInt(6);
            int to = from + 1 + random.nextInt(3);
            var is = new boolean[RangeOperator.values().length];
            for (RangeOperator operator : RangeOperator.values()) {
                is[operator.ordinal()] = Ranges.test(operator, low, high, from, to);
            }
            String at = "[" + low + "," + high + ") against [" + from + "," + to + ")";
            assertEquals(is[NE.ordinal()], !is[EQ.ordinal()], at);
            assertEquals(is[GE.ordinal()], is[GT.ordinal()] || is[EQ.ordinal()], at);
            assertEquals(is[LE.ordinal()], is[LT.ordinal()] || is[EQ.ordinal()], at);
            assertTrue(!is[EQ.ordinal()] || (!is[GT.ordinal()] && !is[LT.ordinal()]), at);
            assertTrue(is[EQ.ordinal()] || is[GT.ordinal()] || is[LT.ordinal()], at);
            assertTrue(!is[SA.ordinal()] || (is[GT.ordinal()] && !is[LT.ordinal()]), at);
            assertTrue(!is[EB.ordinal()] || (is[LT.ordinal()] && !is[GT.ordinal()]), at);
            assertEquals(is[AP.ordinal()], !is[SA.ordinal()] && !is[EB.ordinal()], at);
            assertTrue(!is[EQ.ordinal()] || is[AP.ordinal()], at);
            // A range and its mirror image swap the operators that look up and down.
            assertEquals(is[SA.ordinal()], Ranges.test(EB, -high, -low, -to, -from), at);
            assertEquals(is[GT.ordinal()], Ranges.test(LT, -high, -low, -to, -from), at);
        }
    }

    @Test
    void sortsMissingLastBothWaysAndBySmallestOrLargestValue() {
        var none = facts("Patient/none");
        var middle = facts("Patient/middle", new SearchValue.Text("name", "m", "M"));
        var both =
                facts(
                        "Patient/both",
                        new SearchValue.Text("name", "z", "Z"),
                        new SearchValue.Text("name", "a", "A"));
        assertEquals(List.of(both, middle, none), sorted(false, none, both, middle));
        assertEquals(List.of(both, middle, none), sorted(true, middle, none, both));
    }

    private static List<SearchFacts> sorted(boolean descending, SearchFacts... resources) {
        var order =
                new SearchOrder(
                        List.of(new Sort.Parameter("name", Sort.ValueKind.TEXT, descending)),
                        Criterion.everything());
        var list = new ArrayList<>(List.of(resources));
        Collections.shuffle(list, new Random(1));
        list.sort((left, right) -> order.compare(order.keys(left), order.keys(right)));
        return list;
    }

    @Test
    void sortsTextsByCodePoint() {
        var order = new SearchOrder(List.of(new Sort.Id(false)), Criterion.everything());
        List<SortKey> high = List.of(new SortKey.Text("\ud83d\ude00"));
        List<SortKey> low = List.of(new SortKey.Text("\uff21"));
        assertTrue(order.compare(low, high) < 0);
        assertTrue(order.compare(List.of(new SortKey.Text("a")), low) < 0);
        assertTrue(
                order.compare(List.of(new SortKey.Text("a")), List.of(new SortKey.Text("ab"))) < 0);
    }

    @Test
    void sortKeysSurviveEncoding() {
        for (SortKey key :
                List.of(
                        new SortKey.Missing(),
                        new SortKey.Text("a.b-"),
                        new SortKey.Text(""),
                        new SortKey.Time(Instant.MIN),
                        new SortKey.Time(Instant.MAX),
                        new SortKey.Time(T0.plusNanos(7)),
                        new SortKey.Decimal(new BigDecimal("-1.50E-7")))) {
            assertEquals(key, SortKey.decode(key.encode()));
        }
    }
}
