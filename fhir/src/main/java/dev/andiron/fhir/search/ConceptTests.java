package dev.andiron.fhir.search;

import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.fhir.terminology.Code;
import dev.andiron.fhir.terminology.CodeSet;
import dev.andiron.fhir.terminology.Terminology;
import dev.andiron.fhir.terminology.TerminologyException;
import dev.andiron.spi.search.ValueTest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;

/** Tests of tokens that need to know what codes mean. For one search and one thread. */
final class ConceptTests {
    private final ReferenceTarget.Reader references;
    private final Terminology terminology;

    ConceptTests(ReferenceTarget.Reader references, Terminology terminology) {
        this.references = references;
        this.terminology = terminology;
    }

    /** Is one of a value set, that is named by its canonical URL or as {@code ValueSet/id}. */
    ValueTest in(String valueSet) throws Refusal {
        try {
            if (references.read(valueSet) instanceof ReferenceTarget.Local local) {
                if (!local.type().equals("ValueSet") || !local.version().isEmpty()) {
                    throw Refusal.malformed("'" + valueSet + "' is not a ValueSet");
                }
                return test(terminology.valueSetWithId(local.id()));
            }
            if (valueSet.indexOf(':') <= 0) {
                throw Refusal.malformed(
                        "'" + valueSet + "' is neither the URL of a ValueSet nor ValueSet/id");
            }
            return test(terminology.valueSet(valueSet));
        } catch (TerminologyException lacking) {
            throw Refusal.unprocessable(lacking.getMessage());
        }
    }

    /** Is the code or one below it. */
    ValueTest below(ValueTest.Token token) throws Refusal {
        Code code = code(token);
        try {
            return test(terminology.below(code));
        } catch (TerminologyException lacking) {
            throw Refusal.unprocessable(lacking.getMessage());
        }
    }

    /** Is the code or one above it. */
    ValueTest above(ValueTest.Token token) throws Refusal {
        Code code = code(token);
        try {
            return test(terminology.above(code));
        } catch (TerminologyException lacking) {
            throw Refusal.unprocessable(lacking.getMessage());
        }
    }

    private static Code code(ValueTest.Token token) throws Refusal {
        if (token.system().filter(system -> !system.isEmpty()).isEmpty()
                || token.code().isEmpty()) {
            throw Refusal.malformed(
                    "codes are above or below one another within a code system, so the value has"
                            + " to be of the form system|code");
        }
        return new Code(token.system().get(), token.code().get());
    }

    private static ValueTest test(CodeSet set) {
        var tokens = new ArrayList<ValueTest.Token>();
        set.systems().stream()
                .sorted()
                .forEach(
                        system ->
                                tokens.add(
                                        new ValueTest.Token(
                                                Optional.of(system), Optional.empty())));
        set.codes().stream()
                .sorted(Comparator.comparing(Code::system).thenComparing(Code::code))
                .forEach(
                        code ->
                                tokens.add(
                                        new ValueTest.Token(
                                                Optional.of(code.system()),
                                                Optional.of(code.code()))));
        return new ValueTest.TokenIn(tokens);
    }
}
