package dev.andiron.tck;

import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.spi.search.ValueTest.RangeOperator;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.SearchTable;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Promises of the {@link Criterion} tree. */
@Needs(Facet.SEARCH)
abstract class SearchTreeContract extends Contract {
    private static final Criterion NOTHING = new Criterion.Any(List.of());

    SearchTreeContract(BackendContract contract) {
        super(contract);
    }

    private SearchTable table() {
        return new SearchTable(newTenant(), capabilities().search());
    }

    /** {@link SearchFeature}: what belongs to every engine. */
    @TestFactory
    @Promise("everything, ids, types and their combinations are searched by every engine")
    final Stream<DynamicTest> required_ST01_basics() {
        return table().patient("a")
                .patient("b")
                .patient("A")
                .patient("a.b")
                .resource("Observation", "o")
                .resource("Observation", "x-a")
                .finds(Criterion.everything(), "a", "b", "A", "a.b")
                .finds(NOTHING)
                .finds(id("a"), "a")
                .finds(id("a", "b", "o", "none"), "a", "b")
                .finds(new Criterion.Id(Set.of()))
                .finds(all(id("a", "b"), id("b", "A")), "b")
                .finds(any(id("a"), id("A"), id("a")), "a", "A")
                .finds(all(any(id("a"), id("b")), any(id("b"), id("A"))), "b")
                .finds(all(id("a"), NOTHING))
                .finds(any(id("a"), Criterion.everything()), "a", "b", "A", "a.b")
                .among(Set.of(), Criterion.everything(), "a", "b", "A", "a.b", "o", "x-a")
                .among(Set.of("Observation"), Criterion.everything(), "o", "x-a")
                .among(Set.of("Observation", "Practitioner"), id("o", "a"), "o")
                .among(Set.of("Observation", "Patient"), id("o", "a"), "o", "a")
                .among(Set.of("Practitioner"), Criterion.everything())
                .among(Set.of(), new Criterion.Type(Set.of("Observation")), "o", "x-a")
                .among(Set.of("Patient"), new Criterion.Type(Set.of("Observation")))
                .among(
                        Set.of(),
                        any(new Criterion.Type(Set.of("Observation")), id("b")),
                        "o",
                        "x-a",
                        "b")
                .tests();
    }

    private static Criterion id(String... ids) {
        return new Criterion.Id(Set.of(ids));
    }

    private static Criterion all(Criterion... criteria) {
        return new Criterion.All(List.of(criteria));
    }

    private static Criterion any(Criterion... criteria) {
        return new Criterion.Any(List.of(criteria));
    }

    /** {@link Criterion.LastUpdated}: the value is a single millisecond. */
    @TestFactory
    @Promise("the last update is compared as a range of one millisecond by every operator")
    final Stream<DynamicTest> required_ST02_lastUpdated() {
        Tenant tenant = newTenant();
        Instant first = Instant.parse("2024-02-29T23:59:59.998Z");
        for (int i = 0; i < 4; i++) {
            tenant.commit(Resources.putAt(Resources.patient("m" + i), 1, first.plusMillis(i)));
        }
        Instant low = first.plusMillis(1);
        Instant high = first.plusMillis(2);
        return new SearchTable(tenant, capabilities().search())
                .known("m0", "m1", "m2", "m3")
                .finds(updated(RangeOperator.EQ, low, high), "m1")
                .finds(updated(RangeOperator.EQ, low, high.plusMillis(1)), "m1", "m2")
                .finds(updated(RangeOperator.NE, low, high), "m0", "m2", "m3")
                .finds(updated(RangeOperator.GT, low, high), "m2", "m3")
                .finds(updated(RangeOperator.LT, low, high), "m0")
                .finds(updated(RangeOperator.GE, low, high), "m1", "m2", "m3")
                .finds(updated(RangeOperator.LE, low, high), "m0", "m1")
                .finds(updated(RangeOperator.SA, low, high), "m2", "m3")
                .finds(updated(RangeOperator.EB, low, high), "m0")
                .finds(updated(RangeOperator.AP, low, high), "m1")
                .tests();
    }

    private static Criterion updated(RangeOperator operator, Instant low, Instant high) {
        return new Criterion.LastUpdated(operator, low, high);
    }

    /** {@link Criterion.All} over several parameters and {@link Criterion.Any} within them. */
    @TestFactory
    @Promise("criteria over several parameters and values are combined as the tree says")
    @Needs(search = {SearchFeature.TOKEN, SearchFeature.TEXT})
    final Stream<DynamicTest> required_ST03_combinations() {
        return table().patient("a", token("x"), name("anna"))
                .patient("b", token("x"), token("y"), name("bob"))
                .patient("c", token("y"), name("anna"))
                .patient("d")
                .resource("Observation", "o", token("x"), name("anna"))
                .finds(all(is("x"), named("anna")), "a")
                .finds(all(is("x"), is("y")), "b")
                .finds(any(is("y"), named("anna")), "a", "b", "c")
                .finds(all(any(is("x"), is("y")), any(named("bob"), named("anna"))), "a", "b", "c")
                .finds(any(all(is("x"), named("bob")), all(is("y"), named("anna"))), "b", "c")
                .finds(all(is("x"), id("b", "c")), "b")
                .among(Set.of(), all(is("x"), named("anna")), "a", "o")
                .among(Set.of(), all(is("x"), new Criterion.Type(Set.of("Observation"))), "o")
                .tests();
    }

    /** {@link SearchValue#parameter()}: within the resource's type. */
    @TestFactory
    @Promise("parameters of one code in several types, of several kinds, do not meet")
    @Needs(search = {SearchFeature.TOKEN, SearchFeature.TEXT})
    final Stream<DynamicTest> required_ST04_parametersOfSeveralTypes() {
        return table().patient("p", new SearchValue.Token("value", "urn:s", "x", ""))
                .resource("Observation", "o", new SearchValue.Text("value", "x", "x"))
                .resource("Goal", "g", new SearchValue.Token("value", "urn:s", "x", ""))
                .among(Set.of(), new Criterion.Value("value", tokenTest("x")), "p", "g")
                .among(Set.of("Observation"), new Criterion.Value("value", tokenTest("x")))
                .among(
                        Set.of(),
                        new Criterion.Value(
                                "value",
                                new ValueTest.Text(ValueTest.TextOperator.EQUALS, "x", false)),
                        "o")
                .tests();
    }

    /** {@link Criterion.Not}. */
    @TestFactory
    @Promise("Not finds the live resources that do not match, those without any value included")
    @Needs(search = {SearchFeature.NOT, SearchFeature.TOKEN})
    final Stream<DynamicTest> required_ST05_not() {
        return table().patient("x", token("x"))
                .patient("xy", token("x"), token("y"))
                .patient("y", token("y"))
                .patient("none")
                .resource("Observation", "o")
                .finds(not(is("x")), "y", "none")
                .finds(not(all(is("x"), is("y"))), "x", "y", "none")
                .finds(not(any(is("x"), is("y"))), "none")
                .finds(all(is("y"), not(is("x"))), "y")
                .finds(not(not(is("x"))), "x", "xy")
                .finds(not(Criterion.everything()))
                .among(Set.of(), not(is("x")), "y", "none", "o")
                .tests();
    }

    private static Criterion not(Criterion criterion) {
        return new Criterion.Not(criterion);
    }

    /** {@link Criterion.Present}. */
    @TestFactory
    @Promise("Present finds what has any value of the parameter, of whatever kind")
    @Needs(search = SearchFeature.PRESENT)
    final Stream<DynamicTest> required_ST06_present() {
        return table().patient("token", new SearchValue.Token("p", "", "x", ""))
                .patient("text", new SearchValue.Text("p", "x", "X"))
                .patient("local", new SearchValue.LocalReference("p", "Patient", "none", ""))
                .patient("external", new SearchValue.ExternalReference("p", "urn:x"))
                .patient("date", new SearchValue.Date("p", Instant.MIN, Instant.MAX))
                .patient("uri", new SearchValue.Uri("p", "urn:x"))
                .patient("other", new SearchValue.Token("q", "", "x", ""))
                .patient("none")
                .finds(
                        new Criterion.Present("p"),
                        "token",
                        "text",
                        "local",
                        "external",
                        "date",
                        "uri")
                .finds(new Criterion.Present("q"), "other")
                .finds(new Criterion.Present("unknown"))
                .tests();
    }

    /** {@link Criterion.Chain}. */
    @TestFactory
    @Promise("chains lead over local references to live resources of the types that match")
    @Needs(search = {SearchFeature.CHAIN, SearchFeature.TOKEN})
    final Stream<DynamicTest> required_ST07_chains() {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("deleted"), token("x"));
        tenant.delete(Resources.patient("deleted"));
        Criterion toX = new Criterion.Chain("subject", Set.of("Patient"), is("x"));
        Set<String> observations = Set.of("Observation");
        return new SearchTable(tenant, capabilities().search())
                .patient("x", token("x"))
                .patient("y", token("y"), reference("general", "Patient", "x"))
                .resource("Group", "x", token("x"))
                .resource("Observation", "to-x", reference("subject", "Patient", "x"))
                .resource("Observation", "to-y", reference("subject", "Patient", "y"))
                .resource(
                        "Observation",
                        "to-both",
                        reference("subject", "Patient", "x"),
                        reference("subject", "Patient", "y"))
                .resource("Observation", "to-group", reference("subject", "Group", "x"))
                .resource("Observation", "by-x", reference("performer", "Patient", "x"))
                .resource("Observation", "to-deleted", reference("subject", "Patient", "deleted"))
                .resource("Observation", "to-nobody", reference("subject", "Patient", "none"))
                .resource(
                        "Observation",
                        "to-version",
                        new SearchValue.LocalReference("subject", "Patient", "x", "1"))
                .resource(
                        "Observation",
                        "outside",
                        new SearchValue.ExternalReference("subject", "http://x/Patient/x"))
                .among(observations, toX, "to-x", "to-both", "to-version")
                .among(
                        observations,
                        new Criterion.Chain("subject", Set.of("Patient", "Group"), is("x")),
                        "to-x",
                        "to-both",
                        "to-version",
                        "to-group")
                .among(
                        observations,
                        new Criterion.Chain("subject", Set.of("Group"), Criterion.everything()),
                        "to-group")
                .among(
                        observations,
                        new Criterion.Chain("subject", Set.of("Patient"), id("y")),
                        "to-y",
                        "to-both")
                .among(
                        observations,
                        new Criterion.Chain("subject", Set.of("Patient"), all(is("x"), is("y"))))
                .among(
                        observations,
                        new Criterion.Chain(
                                "subject",
                                Set.of("Patient"),
                                new Criterion.Chain("general", Set.of("Patient"), is("x"))),
                        "to-y",
                        "to-both")
                .among(observations, all(toX, id("to-x", "to-y")), "to-x")
                .tests();
    }

    /** {@link Criterion.ReverseChain}. */
    @TestFactory
    @Promise("reverse chains find what live resources of another type that match refer to")
    @Needs(search = {SearchFeature.REVERSE_CHAIN, SearchFeature.TOKEN})
    final Stream<DynamicTest> required_ST08_reverseChains() {
        Tenant tenant = newTenant();
        tenant.create(
                Resources.observation("deleted"), token("x"), reference("subject", "Patient", "d"));
        tenant.delete(Resources.observation("deleted"));
        return new SearchTable(tenant, capabilities().search())
                .patient("a")
                .patient("b")
                .patient("c")
                .patient("d")
                .resource("Group", "a")
                .resource("Observation", "1", token("x"), reference("subject", "Patient", "a"))
                .resource("Observation", "2", token("y"), reference("subject", "Patient", "a"))
                .resource("Observation", "3", token("y"), reference("subject", "Patient", "b"))
                .resource("Observation", "4", token("x"), reference("performer", "Patient", "b"))
                .resource("Condition", "5", token("x"), reference("subject", "Patient", "c"))
                .finds(reverse("Observation", "subject", is("x")), "a")
                .finds(reverse("Observation", "subject", is("y")), "a", "b")
                .finds(reverse("Observation", "subject", Criterion.everything()), "a", "b")
                .finds(reverse("Observation", "performer", is("x")), "b")
                .finds(reverse("Condition", "subject", is("x")), "c")
                .finds(reverse("Encounter", "subject", Criterion.everything()))
                .finds(reverse("Observation", "subject", all(is("x"), is("y"))))
                .finds(
                        all(
                                reverse("Observation", "subject", is("x")),
                                reverse("Observation", "subject", is("y"))),
                        "a")
                .among(Set.of("Group"), reverse("Observation", "subject", is("x")))
                .tests();
    }

    /** {@link Criterion.Contained}. */
    @TestFactory
    @Promise("contained resources are judged by their own type, id and values")
    @Needs(search = {SearchFeature.CONTAINED, SearchFeature.TOKEN})
    final Stream<DynamicTest> required_ST09_contained() {
        return table().patient("outer", token("x"))
                .patient("plain", contained("_contained", "Organization", "o", token("x")))
                .patient(
                        "apart",
                        contained("_contained", "Organization", "o1", token("x")),
                        contained("_contained", "Organization", "o2", token("y")))
                .patient(
                        "linked",
                        contained("_contained", "Practitioner", "d", token("x"), token("y")),
                        contained("general", "Practitioner", "d", token("x"), token("y")))
                .finds(contains("_contained", Set.of(), is("x")), "plain", "apart", "linked")
                .finds(contains("_contained", Set.of("Organization"), is("x")), "plain", "apart")
                .finds(contains("_contained", Set.of(), all(is("x"), is("y"))), "linked")
                .finds(contains("general", Set.of(), is("x")), "linked")
                .finds(contains("_contained", Set.of(), id("o", "o2")), "plain", "apart")
                .finds(
                        contains(
                                "_contained",
                                Set.of(),
                                new Criterion.Type(Set.of("Practitioner", "Patient"))),
                        "linked")
                .finds(all(is("x"), contains("_contained", Set.of(), is("x"))))
                .among(Set.of("Organization"), is("x"))
                .tests();
    }

    private static Criterion contains(String parameter, Set<String> types, Criterion criterion) {
        return new Criterion.Contained(parameter, types, criterion);
    }

    private static SearchValue contained(
            String parameter, String type, String id, SearchValue... values) {
        return new SearchValue.Contained(parameter, type, id, List.of(values));
    }

    private static Criterion reverse(String type, String parameter, Criterion source) {
        return new Criterion.ReverseChain(type, parameter, source);
    }

    private static SearchValue reference(String parameter, String type, String id) {
        return new SearchValue.LocalReference(parameter, type, id, "");
    }

    private static SearchValue token(String code) {
        return new SearchValue.Token("code", "urn:s", code, "");
    }

    private static SearchValue name(String name) {
        return new SearchValue.Text("name", name, name);
    }

    private static ValueTest tokenTest(String code) {
        return new ValueTest.Token(Optional.of("urn:s"), Optional.of(code));
    }

    private static Criterion is(String code) {
        return new Criterion.Value("code", tokenTest(code));
    }

    private static Criterion named(String name) {
        return new Criterion.Value(
                "name", new ValueTest.Text(ValueTest.TextOperator.EQUALS, name, false));
    }
}
