package dev.andiron.tck;

import static dev.andiron.spi.search.ValueTest.TextOperator.CONTAINS;
import static dev.andiron.spi.search.ValueTest.TextOperator.ENDS_WITH;
import static dev.andiron.spi.search.ValueTest.TextOperator.EQUALS;
import static dev.andiron.spi.search.ValueTest.TextOperator.STARTS_WITH;

import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.SearchTable;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Promises of the {@link ValueTest}s for texts, codes, references and URIs. */
@Needs(Facet.SEARCH)
abstract class SearchValueContract extends Contract {
    private static final Optional<String> ANY = Optional.empty();

    SearchValueContract(BackendContract contract) {
        super(contract);
    }

    private SearchTable table() {
        return new SearchTable(newTenant(), capabilities().search());
    }

    /** {@link ValueTest.Text}. */
    @TestFactory
    @Promise("texts are found by equality, prefix and content, in either form, sign by sign")
    @Needs(search = SearchFeature.TEXT)
    final Stream<DynamicTest> required_SV01_texts() {
        return table().patient("anna", text("anna", "Anna"))
                .patient("annabel", text("annabel", "Annabel"))
                .patient("joanna", text("joanna maria", "Joanna  Maria"), text("lee", "Lee"))
                .patient("muller", text("muller", "Müller"))
                .patient("like", text("100%_x", "100%_X"))
                .patient("like-not", text("100yyx", "100yyX"))
                .patient("glob", text("a*b?[c]", "A*b?[c]"))
                .patient("quote", text("o'neil \\ \"x\"", "O'Neil \\ \"x\""))
                .patient("high", text("anna\uDBFF\uDFFFz", "Anna\uDBFF\uDFFFz"))
                .patient("cjk", text("王小明", "王小明"))
                .patient("other", new SearchValue.Text("address", "anna", "Anna"))
                .patient("none")
                .finds("name", new ValueTest.Text(EQUALS, "anna", false), "anna")
                .finds("name", new ValueTest.Text(EQUALS, "Anna", false))
                .finds("name", new ValueTest.Text(EQUALS, "Anna", true), "anna")
                .finds("name", new ValueTest.Text(EQUALS, "anna", true))
                .finds(
                        "name",
                        new ValueTest.Text(STARTS_WITH, "anna", false),
                        "anna",
                        "annabel",
                        "high")
                .finds("name", new ValueTest.Text(STARTS_WITH, "ANNA", false))
                .finds(
                        "name",
                        new ValueTest.Text(CONTAINS, "anna", false),
                        "anna",
                        "annabel",
                        "joanna",
                        "high")
                .finds("name", new ValueTest.Text(CONTAINS, "ANNA", false))
                .finds("name", new ValueTest.Text(ENDS_WITH, "nna", false), "anna")
                .finds("name", new ValueTest.Text(ENDS_WITH, " Maria", true), "joanna")
                .finds("name", new ValueTest.Text(ENDS_WITH, "annaannaannaannaanna", false))
                .finds("name", new ValueTest.Text(ENDS_WITH, "NNA", false))
                .finds(
                        "name",
                        new ValueTest.Text(STARTS_WITH, "Anna", true),
                        "anna",
                        "annabel",
                        "high")
                .finds("name", new ValueTest.Text(CONTAINS, "  M", true), "joanna")
                .finds("name", new ValueTest.Text(EQUALS, "lee", false), "joanna")
                .finds("name", new ValueTest.Text(EQUALS, "Müller", true), "muller")
                .finds("name", new ValueTest.Text(STARTS_WITH, "100%_", false), "like")
                .finds("name", new ValueTest.Text(CONTAINS, "%", false), "like")
                .finds("name", new ValueTest.Text(CONTAINS, "_", false), "like")
                .finds("name", new ValueTest.Text(EQUALS, "100%_x", false), "like")
                .finds("name", new ValueTest.Text(STARTS_WITH, "a*", false), "glob")
                .finds("name", new ValueTest.Text(CONTAINS, "?[c]", false), "glob")
                .finds("name", new ValueTest.Text(CONTAINS, "[abc]", false))
                .finds("name", new ValueTest.Text(CONTAINS, "'", false), "quote")
                .finds("name", new ValueTest.Text(CONTAINS, " \\ \"", false), "quote")
                .finds("name", new ValueTest.Text(STARTS_WITH, "王小", false), "cjk")
                .finds("name", new ValueTest.Text(CONTAINS, "小", false), "cjk")
                .finds("name", new ValueTest.Text(EQUALS, "' OR 1=1 --", false))
                .finds("address", new ValueTest.Text(EQUALS, "anna", false), "other")
                .finds("unknown", new ValueTest.Text(EQUALS, "anna", false))
                .tests();
    }

    private static SearchValue text(String normalized, String exact) {
        return new SearchValue.Text("name", normalized, exact);
    }

    /** {@link ValueTest.Token}, {@link ValueTest.TokenIn}. */
    @TestFactory
    @Promise("tokens are found by system and code of one value, either of them open; case matters")
    @Needs(search = SearchFeature.TOKEN)
    final Stream<DynamicTest> required_SV02_tokens() {
        var many = new ArrayList<ValueTest.Token>();
        for (int i = 0; i < 3_000; i++) {
            many.add(new ValueTest.Token(Optional.of("urn:s"), Optional.of("many" + i)));
        }
        many.add(new ValueTest.Token(Optional.of("urn:t"), Optional.of("3")));
        return table().patient("s1", token("urn:s", "1"))
                .patient("t1", token("urn:t", "1"))
                .patient("1", token("", "1"))
                .patient("upper", token("urn:s", "A"))
                .patient("lower", token("urn:s", "a"))
                .patient("two", token("urn:s", "2"), token("urn:t", "3"))
                .patient("blank", token("urn:s", "a b|c,d$e\\f"))
                .patient("other", new SearchValue.Token("status", "urn:s", "1", ""))
                .finds("identifier", new ValueTest.Token(ANY, Optional.of("1")), "s1", "t1", "1")
                .finds("identifier", token(Optional.of("urn:s"), "1"), "s1")
                .finds("identifier", token(Optional.of(""), "1"), "1")
                .finds(
                        "identifier",
                        new ValueTest.Token(Optional.of("urn:s"), ANY),
                        "s1",
                        "upper",
                        "lower",
                        "two",
                        "blank")
                .finds("identifier", new ValueTest.Token(Optional.of(""), ANY), "1")
                .finds("identifier", token(Optional.of("urn:s"), "A"), "upper")
                .finds("identifier", token(ANY, "a"), "lower")
                .finds("identifier", token(Optional.of("urn:s"), "3"))
                .finds("identifier", token(Optional.of("urn:"), "1"))
                .finds("identifier", token(Optional.of("URN:S"), "1"))
                .finds("identifier", token(ANY, "a b|c,d$e\\f"), "blank")
                .finds("status", token(ANY, "1"), "other")
                .finds(
                        "identifier",
                        new ValueTest.TokenIn(
                                List.of(
                                        token(Optional.of("urn:s"), "1"),
                                        token(Optional.of("urn:t"), "3"),
                                        token(Optional.of("urn:s"), "3"))),
                        "s1",
                        "two")
                .finds("identifier", new ValueTest.TokenIn(List.of()))
                .finds("identifier", new ValueTest.TokenIn(List.of(token(ANY, "2"))), "two")
                .finds("identifier", new ValueTest.TokenIn(many), "two")
                .tests();
    }

    private static SearchValue token(String system, String code) {
        return new SearchValue.Token("identifier", system, code, "");
    }

    private static ValueTest.Token token(Optional<String> system, String code) {
        return new ValueTest.Token(system, Optional.of(code));
    }

    /** {@link ValueTest.TokenDisplay}. */
    @TestFactory
    @Promise("tokens are found by their display; one without a display is not")
    @Needs(search = SearchFeature.TOKEN_DISPLAY)
    final Stream<DynamicTest> required_SV03_displays() {
        return table().patient("head", new SearchValue.Token("code", "urn:s", "1", "headache"))
                .patient("ache", new SearchValue.Token("code", "urn:s", "2", "stomach ache"))
                .patient("none", new SearchValue.Token("code", "urn:s", "headache", ""))
                .finds("code", new ValueTest.TokenDisplay(STARTS_WITH, "head"), "head")
                .finds("code", new ValueTest.TokenDisplay(CONTAINS, "ache"), "head", "ache")
                .finds("code", new ValueTest.TokenDisplay(EQUALS, "stomach ache"), "ache")
                .finds("code", new ValueTest.TokenDisplay(EQUALS, "stomach"))
                .finds("code", new ValueTest.TokenDisplay(CONTAINS, "h_a"))
                .tests();
    }

    /** {@link ValueTest.TypedIdentifier}. */
    @TestFactory
    @Promise("typed identifiers are found when all three parts of one value are equal")
    @Needs(search = SearchFeature.TYPED_IDENTIFIER)
    final Stream<DynamicTest> required_SV04_typedIdentifiers() {
        return table().patient("mr", typed("urn:types", "MR", "1"))
                .patient("two", typed("urn:types", "MR", "2"), typed("urn:types", "SS", "1"))
                .patient("token", new SearchValue.Token("identifier", "urn:types", "1", ""))
                .finds("identifier", new ValueTest.TypedIdentifier("urn:types", "MR", "1"), "mr")
                .finds("identifier", new ValueTest.TypedIdentifier("urn:types", "SS", "1"), "two")
                .finds("identifier", new ValueTest.TypedIdentifier("urn:types", "SS", "2"))
                .finds("identifier", new ValueTest.TypedIdentifier("urn:type", "sMR", "1"))
                .tests();
    }

    private static SearchValue typed(String system, String code, String value) {
        return new SearchValue.TypedIdentifier("identifier", system, code, value);
    }

    /** {@link ValueTest.LocalReference}, {@link ValueTest.ExternalReference}. */
    @TestFactory
    @Promise("references are found by type, id and version, or by their URI")
    @Needs(search = SearchFeature.REFERENCE)
    final Stream<DynamicTest> required_SV05_references() {
        return table().patient("p1", local("Practitioner", "1", ""))
                .patient("o1", local("Organization", "1", ""))
                .patient("v2", local("Practitioner", "1", "2"))
                .patient("two", local("Practitioner", "2", ""), local("Organization", "3", ""))
                .patient("upper", local("Practitioner", "A", ""))
                .patient("url", external("http://example.org/fhir/Practitioner/1"))
                .patient("urn", external("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"))
                .finds("ref", localTest(Optional.of("Practitioner"), "1"), "p1", "v2")
                .finds("ref", localTest(ANY, "1"), "p1", "o1", "v2")
                .finds("ref", localTest(Optional.of("Practitioner"), "3"))
                .finds("ref", localTest(Optional.of("Organization"), "3"), "two")
                .finds("ref", localTest(ANY, "a"))
                .finds("ref", localTest(ANY, "A"), "upper")
                .finds("ref", localTest(ANY, "Practitioner/1"))
                .finds(
                        "ref",
                        new ValueTest.LocalReference(
                                Optional.of("Practitioner"), "1", Optional.of("2")),
                        "v2")
                .finds(
                        "ref",
                        new ValueTest.ExternalReference(
                                EQUALS, "http://example.org/fhir/Practitioner/1"),
                        "url")
                .finds("ref", new ValueTest.ExternalReference(EQUALS, "http://example.org/"))
                .finds("ref", new ValueTest.ExternalReference(EQUALS, "Practitioner/1"))
                .finds(
                        "ref",
                        new ValueTest.ExternalReference(STARTS_WITH, "http://example.org/"),
                        "url")
                .finds("ref", new ValueTest.ExternalReference(CONTAINS, "-1cbf-"), "urn")
                .tests();
    }

    private static SearchValue local(String type, String id, String version) {
        return new SearchValue.LocalReference("ref", type, id, version);
    }

    private static SearchValue external(String uri) {
        return new SearchValue.ExternalReference("ref", uri);
    }

    private static ValueTest localTest(Optional<String> type, String id) {
        return new ValueTest.LocalReference(type, id, ANY);
    }

    /** {@link ValueTest.ReferenceIdentifier}. */
    @TestFactory
    @Promise("logical references are found by system and value of one identifier")
    @Needs(search = SearchFeature.REFERENCE_IDENTIFIER)
    final Stream<DynamicTest> required_SV06_referenceIdentifiers() {
        return table().patient("s1", new SearchValue.ReferenceIdentifier("ref", "urn:s", "1"))
                .patient("1", new SearchValue.ReferenceIdentifier("ref", "", "1"))
                .patient(
                        "two",
                        new SearchValue.ReferenceIdentifier("ref", "urn:s", "2"),
                        new SearchValue.ReferenceIdentifier("ref", "urn:t", "3"))
                .patient("token", new SearchValue.Token("ref", "urn:s", "1", ""))
                .finds("ref", identifier(Optional.of("urn:s"), Optional.of("1")), "s1")
                .finds("ref", identifier(Optional.of(""), Optional.of("1")), "1")
                .finds("ref", identifier(ANY, Optional.of("1")), "s1", "1")
                .finds("ref", identifier(Optional.of("urn:s"), ANY), "s1", "two")
                .finds("ref", identifier(Optional.of("urn:s"), Optional.of("3")))
                .tests();
    }

    private static ValueTest identifier(Optional<String> system, Optional<String> value) {
        return new ValueTest.ReferenceIdentifier(system, value);
    }

    /** {@link ValueTest.Uri}, {@link SearchValue.Uri}: compared as it stands. */
    @TestFactory
    @Promise("URIs are found as they stand, by equality, prefix and content")
    @Needs(search = SearchFeature.URI)
    final Stream<DynamicTest> required_SV07_uris() {
        return uris(table())
                .finds("url", new ValueTest.Uri(EQUALS, "http://e.org/fhir"), "fhir")
                .finds("url", new ValueTest.Uri(EQUALS, "HTTP://e.org/fhir"), "upper")
                .finds("url", new ValueTest.Uri(EQUALS, "http://e.org/fhir/"), "slash")
                .finds(
                        "url",
                        new ValueTest.Uri(STARTS_WITH, "http://e.org/fhir/"),
                        "slash",
                        "set",
                        "deep")
                .finds("url", new ValueTest.Uri(CONTAINS, "urn:oid:"), "oid")
                .finds("url", new ValueTest.Uri(STARTS_WITH, "http://e.org/%"))
                .tests();
    }

    /** {@link ValueTest.UriAbove}. */
    @TestFactory
    @Promise("URIs are found above another on the boundaries of its path, itself included")
    @Needs(search = SearchFeature.URI_ABOVE)
    final Stream<DynamicTest> required_SV08_urisAbove() {
        return uris(table())
                .finds(
                        "url",
                        new ValueTest.UriAbove("http://e.org/fhir/ValueSet/1"),
                        "fhir",
                        "slash",
                        "set",
                        "deep")
                .finds("url", new ValueTest.UriAbove("http://e.org/fhirs/1"))
                .finds("url", new ValueTest.UriAbove("http://e.org/fhir/x"), "fhir", "slash")
                .tests();
    }

    private static SearchTable uris(SearchTable table) {
        return table.patient("fhir", new SearchValue.Uri("url", "http://e.org/fhir"))
                .patient("upper", new SearchValue.Uri("url", "HTTP://e.org/fhir"))
                .patient("slash", new SearchValue.Uri("url", "http://e.org/fhir/"))
                .patient("set", new SearchValue.Uri("url", "http://e.org/fhir/ValueSet"))
                .patient("deep", new SearchValue.Uri("url", "http://e.org/fhir/ValueSet/1"))
                .patient("oid", new SearchValue.Uri("url", "urn:oid:1.2.3"));
    }

    /** {@link ValueTest.Composite}. */
    @TestFactory
    @Promise("composites are found when one element has all the components")
    @Needs(search = {SearchFeature.COMPOSITE, SearchFeature.TOKEN, SearchFeature.TEXT})
    final Stream<DynamicTest> required_SV09_composites() {
        ValueTest code = new ValueTest.Token(ANY, Optional.of("a"));
        ValueTest value = new ValueTest.Text(EQUALS, "x", false);
        return table().patient("both", composite("a", "x"))
                .patient("apart", composite("a", "y"), composite("b", "x"))
                .patient("two", composite("b", "y"), composite("a", "x"))
                .patient("flat", new SearchValue.Token("pair", "", "a", ""), text("x", "x"))
                .finds("pair", new ValueTest.Composite(List.of(code, value)), "both", "two")
                .tests();
    }

    private static SearchValue composite(String code, String text) {
        return new SearchValue.Composite(
                "pair",
                List.of(
                        List.of(new SearchValue.Token("code", "urn:s", code, "")),
                        List.of(new SearchValue.Text("value", text, text))));
    }

    /** {@link ValueTest.Words}. */
    @TestFactory
    @Promise("free text is found when all of the words occur, in any order")
    @Needs(search = SearchFeature.FULL_TEXT)
    final Stream<DynamicTest> required_SV10_words() {
        return table().patient(
                        "one", new SearchValue.FullText("_text", "severe headache, at night"))
                .patient("two", new SearchValue.FullText("_text", "night shift"))
                .patient("other", new SearchValue.FullText("_content", "severe night"))
                .finds("_text", new ValueTest.Words(List.of("night")), "one", "two")
                .finds("_text", new ValueTest.Words(List.of("night", "severe")), "one")
                .finds("_text", new ValueTest.Words(List.of("severe", "shift")))
                .finds("_content", new ValueTest.Words(List.of("severe")), "other")
                .tests();
    }

    /** {@link ValueTest.Phrase}. */
    @TestFactory
    @Promise("a phrase is found where its words follow one another as whole words")
    @Needs(search = SearchFeature.FULL_TEXT)
    final Stream<DynamicTest> required_SV12_phrases() {
        return table().patient("both", new SearchValue.FullText("_text", "severe night shift"))
                .patient("apart", new SearchValue.FullText("_text", "shift at night"))
                .patient("parted", new SearchValue.FullText("_text", "night, (shift)"))
                .patient("longer", new SearchValue.FullText("_text", "night shifts"))
                .patient("other", new SearchValue.FullText("_content", "night shift"))
                .finds("_text", new ValueTest.Phrase(List.of("night", "shift")), "both", "parted")
                .finds("_text", new ValueTest.Phrase(List.of("shift", "at")), "apart")
                .finds("_content", new ValueTest.Phrase(List.of("night", "shift")), "other")
                .tests();
    }

    /** {@link ValueTest.Near}. */
    @TestFactory
    @Promise("positions are found within a great-circle distance, also across the 180th meridian")
    @Needs(search = SearchFeature.NEAR)
    final Stream<DynamicTest> required_SV11_positions() {
        return table().patient("berlin", new SearchValue.Position("near", 52.52, 13.405))
                .patient("potsdam", new SearchValue.Position("near", 52.39, 13.065))
                .patient("paris", new SearchValue.Position("near", 48.8566, 2.3522))
                .patient("east", new SearchValue.Position("near", -17, 179.95))
                .patient("west", new SearchValue.Position("near", -17, -179.95))
                .finds("near", new ValueTest.Near(52.52, 13.405, 1_000), "berlin")
                .finds("near", new ValueTest.Near(52.52, 13.405, 35_000), "berlin", "potsdam")
                .finds(
                        "near",
                        new ValueTest.Near(52.52, 13.405, 1_000_000),
                        "berlin",
                        "potsdam",
                        "paris")
                .finds("near", new ValueTest.Near(-17, 180, 20_000), "east", "west")
                .tests();
    }
}
