package dev.andiron.sql.query;

import dev.andiron.spi.StorageException;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A statement of a user that may run, as far as its words tell. Immutable. */
public final class QueryText {
    private final String sql;
    private final List<Word> words;

    QueryText(String sql, List<Word> words) {
        this.sql = sql;
        this.words = List.copyOf(words);
    }

    public List<Word> words() {
        return words;
    }

    /** What words of some kinds say. */
    public Set<String> values(Predicate<Word> which) {
        return words.stream().filter(which).map(Word::value).collect(Collectors.toSet());
    }

    /**
     * Refuses calls of functions.
     *
     * @param names in lower case
     * @throws StorageException.Unprocessable if it calls one
     */
    public void refuseFunctions(Set<String> names) {
        for (int i = 0; i + 1 < words.size(); i++) {
            Word word = words.get(i);
            if (word.isName()
                    && words.get(i + 1).is("(")
                    && names.contains(word.value().toLowerCase(Locale.ROOT))) {
                throw new StorageException.Unprocessable(
                        "there is no function '%s'".formatted(word.value()));
            }
        }
    }

    /** Its parameters where they stand, some perhaps several times. */
    public List<String> placed() {
        return words.stream()
                .filter(word -> word.kind() == Word.Kind.PARAMETER)
                .map(Word::value)
                .toList();
    }

    /** Its parameters, each once, in the order of where they stand first. */
    public List<String> parameters() {
        return List.copyOf(new LinkedHashSet<>(placed()));
    }

    /**
     * Refuses it if it has a parameter that is not given.
     *
     * @throws StorageException.Unprocessable if one is missing
     */
    public void requireParameters(Set<String> given) {
        for (String name : parameters()) {
            if (!given.contains(name)) {
                throw new StorageException.Unprocessable(
                        "there is no parameter ':%s'".formatted(name));
            }
        }
    }

    /**
     * The statement for the database.
     *
     * @param variable what stands there for a parameter
     */
    public String bound(Function<String, String> variable) {
        var text = new StringBuilder();
        int end = 0;
        for (Word word : words) {
            if (word.kind() == Word.Kind.PARAMETER) {
                text.append(sql, end, word.start()).append(variable.apply(word.value()));
                end = word.end();
            }
        }
        return text.append(sql, end, words.getLast().end()).toString();
    }
}
