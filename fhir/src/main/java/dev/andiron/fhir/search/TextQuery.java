package dev.andiron.fhir.search;

import dev.andiron.fhir.search.SearchProblems.Refusal;
import dev.andiron.spi.search.Criterion;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Texts that are looked for as people write them: words, all of which must occur; {@code "phrases
 * in quotes"}; {@code AND}, {@code OR}, {@code NOT} in capitals, of which {@code NOT} binds closest
 * and {@code OR} least; parentheses.
 */
final class TextQuery {
    private static final int MOST_WORDS = 100;
    private static final int DEEPEST = 20;

    private final String text;
    private final BiFunction<List<String>, Boolean, Criterion> leaf;
    private final List<String> tokens = new ArrayList<>();
    private int next;

    private TextQuery(String text, BiFunction<List<String>, Boolean, Criterion> leaf) {
        this.text = text;
        this.leaf = leaf;
    }

    /**
     * Reads a query.
     *
     * @param leaf what it means that words occur, normalised, in any order or (if true) as a phrase
     */
    static Criterion parse(String text, BiFunction<List<String>, Boolean, Criterion> leaf)
            throws Refusal {
        var query = new TextQuery(text, leaf);
        query.split();
        Criterion criterion = query.alternatives(0);
        if (query.next < query.tokens.size()) {
            throw query.malformed("a parenthesis is closed that was not opened");
        }
        return criterion;
    }

    private Refusal malformed(String what) {
        return Refusal.malformed("the text '" + text + "' cannot be read: " + what);
    }

    private void split() throws Refusal {
        for (int i = 0; i < text.length(); ) {
            char c = text.charAt(i);
            int end = i + 1;
            if (c == '"') {
                end = text.indexOf('"', i + 1) + 1;
                if (end == 0) {
                    throw malformed("a quote is not closed");
                }
            } else if (c != '(' && c != ')' && !Character.isWhitespace(c)) {
                while (end < text.length() && !isEnd(text.charAt(end))) {
                    end++;
                }
            }
            if (!Character.isWhitespace(c)) {
                tokens.add(text.substring(i, end));
            }
            i = end;
        }
        if (tokens.size() > MOST_WORDS) {
            throw malformed("it has more than " + MOST_WORDS + " words");
        }
    }

    private static boolean isEnd(char c) {
        return c == '"' || c == '(' || c == ')' || Character.isWhitespace(c);
    }

    private boolean at(String token) {
        return next < tokens.size() && tokens.get(next).equals(token);
    }

    private Criterion alternatives(int depth) throws Refusal {
        if (depth > DEEPEST) {
            throw malformed("it is nested more than " + DEEPEST + " deep");
        }
        var alternatives = new ArrayList<Criterion>();
        alternatives.add(conjunction(depth));
        while (at("OR")) {
            next++;
            alternatives.add(conjunction(depth));
        }
        return alternatives.size() == 1 ? alternatives.getFirst() : new Criterion.Any(alternatives);
    }

    private Criterion conjunction(int depth) throws Refusal {
        var parts = new ArrayList<Criterion>();
        var words = new ArrayList<String>();
        boolean wanted = true;
        while (wanted || next < tokens.size() && !at("OR") && !at(")")) {
            wanted = false;
            if (next >= tokens.size() || at("OR") || at("AND") || at(")")) {
                throw malformed("a word is missing");
            }
            List<String> plain = plainWords();
            if (plain.isEmpty()) {
                parts.add(factor(depth));
            } else {
                words.addAll(plain);
            }
            if (at("AND")) {
                next++;
                wanted = true;
            }
        }
        if (!words.isEmpty()) {
            parts.addFirst(leaf.apply(words, false));
        }
        return parts.size() == 1 ? parts.getFirst() : new Criterion.All(parts);
    }

    /** The words of the next token, if it is no phrase, parenthesis or NOT. */
    private List<String> plainWords() throws Refusal {
        String token = tokens.get(next);
        if (token.equals("NOT") || token.equals("(") || token.startsWith("\"")) {
            return List.of();
        }
        List<String> words = Words.of(token);
        if (words.isEmpty()) {
            throw malformed("'" + token + "' has neither letters nor digits");
        }
        next++;
        return words;
    }

    private Criterion factor(int depth) throws Refusal {
        if (next >= tokens.size() || at("OR") || at("AND") || at(")")) {
            throw malformed("a word is missing");
        }
        String token = tokens.get(next);
        if (token.equals("NOT")) {
            if (depth > DEEPEST) {
                throw malformed("it is nested more than " + DEEPEST + " deep");
            }
            next++;
            return new Criterion.Not(factor(depth + 1));
        }
        if (token.equals("(")) {
            next++;
            Criterion inner = alternatives(depth + 1);
            if (!at(")")) {
                throw malformed("a parenthesis is not closed");
            }
            next++;
            return inner;
        }
        if (token.startsWith("\"")) {
            next++;
            List<String> words = Words.of(token);
            if (words.isEmpty()) {
                throw malformed("a phrase has no words");
            }
            return leaf.apply(words, words.size() > 1);
        }
        return leaf.apply(plainWords(), false);
    }
}
