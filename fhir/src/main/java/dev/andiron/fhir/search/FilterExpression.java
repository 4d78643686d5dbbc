package dev.andiron.fhir.search;

import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonSyntaxException;
import dev.andiron.fhir.search.SearchProblems.Refusal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The value of {@code _filter}, read by the grammar of the standard; {@code and} binds closer. */
sealed interface FilterExpression {

    /** All of these hold. */
    record And(List<FilterExpression> parts) implements FilterExpression {}

    /** One of these holds. */
    record Or(List<FilterExpression> parts) implements FilterExpression {}

    /** This does not hold. */
    record Not(FilterExpression part) implements FilterExpression {}

    /**
     * A comparison.
     *
     * @param path the parameters that lead to what is compared, at least one
     */
    record Comparison(List<Step> path, String operator, String value) implements FilterExpression {}

    /**
     * A parameter on the way.
     *
     * @param name its code, behind a colon the type that it leads to
     * @param condition what must hold for the resource that it leads to
     */
    record Step(String name, Optional<FilterExpression> condition) {}

    static FilterExpression parse(String text) throws Refusal {
        return new Parser(text).whole();
    }

    /** Reads from left to right. */
    final class Parser {
        private static final int LONGEST = 4_000;
        private static final int MOST_COMPARISONS = 100;
        private static final int DEEPEST = 20;

        private final String text;
        private int at;
        private int comparisons;

        private Parser(String text) {
            this.text = text;
        }

        private FilterExpression whole() throws Refusal {
            if (text.length() > LONGEST) {
                throw Refusal.tooDeep("the filter is longer than " + LONGEST + " characters");
            }
            FilterExpression expression = alternatives(0);
            if (at < text.length()) {
                throw malformed("'and', 'or' or its end");
            }
            return expression;
        }

        private Refusal malformed(String expected) {
            return Refusal.tooDeep(
                    "the filter cannot be read: at character %d, %s is expected before '%s'"
                            .formatted(
                                    at + 1,
                                    expected,
                                    text.substring(at, Math.min(text.length(), at + 20))));
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private boolean takes(char c) {
            skipSpace();
            boolean there = at < text.length() && text.charAt(at) == c;
            if (there) {
                at++;
            }
            return there;
        }

        /** Takes a word that is followed by white space or a parenthesis. */
        private boolean takesWord(String word) {
            skipSpace();
            int end = at + word.length();
            boolean there =
                    text.startsWith(word, at)
                            && (end == text.length()
                                    || Character.isWhitespace(text.charAt(end))
                                    || text.charAt(end) == '(');
            if (there) {
                at = end;
            }
            return there;
        }

        private FilterExpression alternatives(int depth) throws Refusal {
            if (depth > DEEPEST) {
                throw Refusal.tooDeep("the filter is nested more than " + DEEPEST + " deep");
            }
            var parts = new ArrayList<FilterExpression>();
            do {
                parts.add(conjunction(depth));
            } while (takesWord("or"));
            skipSpace();
            return parts.size() == 1 ? parts.getFirst() : new Or(parts);
        }

        private FilterExpression conjunction(int depth) throws Refusal {
            var parts = new ArrayList<FilterExpression>();
            do {
                parts.add(part(depth));
            } while (takesWord("and"));
            return parts.size() == 1 ? parts.getFirst() : new And(parts);
        }

        private FilterExpression part(int depth) throws Refusal {
            skipSpace();
            int start = at;
            if (takesWord("not")) {
                if (takes('(')) {
                    return new Not(closed(depth));
                }
                at = start;
            }
            return takes('(') ? closed(depth) : comparison(depth);
        }

        private FilterExpression closed(int depth) throws Refusal {
            FilterExpression inner = alternatives(depth + 1);
            if (!takes(')')) {
                throw malformed("')'");
            }
            return inner;
        }

        private FilterExpression comparison(int depth) throws Refusal {
            if (++comparisons > MOST_COMPARISONS) {
                throw Refusal.tooDeep(
                        "the filter has more than " + MOST_COMPARISONS + " comparisons");
            }
            var path = new ArrayList<Step>();
            do {
                path.add(step(depth));
            } while (at < text.length() && text.charAt(at) == '.' && at++ >= 0);
            if (path.getLast().condition().isPresent()) {
                throw malformed("'.' and a parameter");
            }
            String operator = name("an operator");
            skipSpace();
            return new Comparison(path, operator, value());
        }

        private Step step(int depth) throws Refusal {
            String name = name("a parameter");
            if (at >= text.length() || text.charAt(at) != '[') {
                return new Step(name, Optional.empty());
            }
            at++;
            FilterExpression condition = alternatives(depth + 1);
            if (!takes(']')) {
                throw malformed("']'");
            }
            return new Step(name, Optional.of(condition));
        }

        private String name(String what) throws Refusal {
            skipSpace();
            int start = at;
            while (at < text.length() && isNamePart(text.charAt(at))) {
                at++;
            }
            if (start == at) {
                throw malformed(what);
            }
            return text.substring(start, at);
        }

        private static boolean isNamePart(char c) {
            return c == '_'
                    || c == '-'
                    || c == ':'
                    || c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9';
        }

        private String value() throws Refusal {
            int start = at;
            if (at < text.length() && text.charAt(at) == '"') {
                return string();
            }
            while (at < text.length() && !isValueEnd(text.charAt(at))) {
                at++;
            }
            if (start == at) {
                throw malformed("a value");
            }
            return text.substring(start, at);
        }

        private static boolean isValueEnd(char c) {
            return Character.isWhitespace(c) || c == ')' || c == ']';
        }

        private String string() throws Refusal {
            int start = at;
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\') {
                    at++;
                }
            }
            if (at >= text.length()) {
                at = start;
                throw malformed("a text that ends with a quote");
            }
            at++;
            String json = "{\"v\":" + text.substring(start, at) + "}";
            try {
                return JsonReader.readObject(json.getBytes(StandardCharsets.UTF_8)).get("v")
                                instanceof JsonString string
                        ? string.value()
                        : "";
            } catch (JsonSyntaxException e) {
                at = start;
                throw malformed("a JSON string");
            }
        }
    }
}
