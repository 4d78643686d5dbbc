package dev.andiron.sqlite;

import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Expression.ComparisonOperator;
import dev.andiron.spi.view.Expression.Member;
import dev.andiron.spi.view.ValueType.Kind;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * An expression that only walks down a document: members, positions, and members that have a
 * certain text. It works on the bytes of the document, which are not parsed for it.
 */
@FunctionalInterface
interface DocumentPath {

    /** Adds the places of its values, in order, for the value at a place. */
    void walk(byte[] document, int place, Places found) throws IrregularException;

    /** Places in a document. */
    final class Places {
        private int[] places = new int[8];
        private int size;

        void add(int place) {
            if (size == places.length) {
                places = Arrays.copyOf(places, size * 2);
            }
            places[size++] = place;
        }

        int size() {
            return size;
        }

        int get(int index) {
            return places[index];
        }
    }

    /** The path of an expression whose focus is the place; empty if it is of another form. */
    static Optional<DocumentPath> of(Expression expression) {
        return switch (expression) {
            case Expression.Focus _ -> Optional.of((_, place, found) -> found.add(place));
            case Member member when member.names().size() == 1 ->
                    of(member.source()).map(source -> member(source, member));
            case Expression.Where where
                    when where.criterion()
                                    instanceof
                                    Expression.Comparison(
                                            ComparisonOperator operator,
                                            Member(
                                                    Expression.Focus _,
                                                    var names,
                                                    var type,
                                                    var repeats),
                                            Expression.Literal literal)
                            && operator == ComparisonOperator.EQUAL
                            && names.size() == 1
                            && type.kind() == Kind.STRING
                            && literal.type().kind() == Kind.STRING
                            && !repeats ->
                    of(where.source())
                            .map(source -> where(source, new Name(names.getFirst()), literal));
            case Expression.Slice slice -> of(slice.source()).map(source -> slice(source, slice));
            case Expression.Single single ->
                    of(single.source())
                            .map(
                                    source ->
                                            (document, place, found) -> {
                                                int before = found.size();
                                                source.walk(document, place, found);
                                                if (found.size() > before + 1) {
                                                    throw IrregularException.INSTANCE;
                                                }
                                            });
            case Expression.Select select ->
                    of(select.source())
                            .flatMap(
                                    source ->
                                            of(select.projection())
                                                    .map(then -> select(source, then)));
            default -> Optional.empty();
        };
    }

    private static DocumentPath member(DocumentPath source, Member member) {
        var name = new Name(member.names().getFirst());
        boolean repeats = member.repeats();
        return (document, place, found) -> {
            var sources = new Places();
            source.walk(document, place, sources);
            for (int i = 0; i < sources.size(); i++) {
                int value = name.in(document, sources.get(i));
                if (value < 0) {
                    continue;
                }
                if (repeats) {
                    elements(document, value, found);
                } else if (document[value] == '[' || document[value] == 'n') {
                    throw IrregularException.INSTANCE;
                } else {
                    found.add(value);
                }
            }
        };
    }

    private static void elements(byte[] document, int array, Places found)
            throws IrregularException {
        if (document[array] != '[') {
            throw IrregularException.INSTANCE;
        }
        int at = JsonScan.space(document, array + 1);
        while (document[at] != ']') {
            if (document[at] == 'n') {
                throw IrregularException.INSTANCE;
            }
            found.add(at);
            at = JsonScan.space(document, JsonScan.value(document, at));
            if (document[at] == ',') {
                at = JsonScan.space(document, at + 1);
            }
        }
    }

    private static DocumentPath where(DocumentPath source, Name name, Expression.Literal literal) {
        return (document, place, found) -> {
            var sources = new Places();
            source.walk(document, place, sources);
            for (int i = 0; i < sources.size(); i++) {
                int value = name.in(document, sources.get(i));
                if (value >= 0 && text(document, value).equals(literal.text())) {
                    found.add(sources.get(i));
                }
            }
        };
    }

    private static DocumentPath slice(DocumentPath source, Expression.Slice slice) {
        int to = slice.to().orElse(Integer.MAX_VALUE);
        return (document, place, found) -> {
            var sources = new Places();
            source.walk(document, place, sources);
            for (int i = slice.from(); i < Math.min(to, sources.size()); i++) {
                found.add(sources.get(i));
            }
        };
    }

    private static DocumentPath select(DocumentPath source, DocumentPath then) {
        return (document, place, found) -> {
            var sources = new Places();
            source.walk(document, place, sources);
            for (int i = 0; i < sources.size(); i++) {
                then.walk(document, sources.get(i), found);
            }
        };
    }

    /** The text that a JSON string at a place means. */
    static String text(byte[] document, int place) throws IrregularException {
        if (document[place] != '"') {
            throw IrregularException.INSTANCE;
        }
        int end = JsonScan.string(document, place) - 1;
        var text = new String(document, place + 1, end - place - 1, StandardCharsets.UTF_8);
        return text.indexOf('\\') < 0 ? text : unescaped(text);
    }

    private static String unescaped(String text) throws IrregularException {
        var plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'u' -> {
                    char escaped = (char) Integer.parseInt(text, i + 1, i + 5, 16);
                    if (Character.isSurrogate(escaped) || escaped == 0) {
                        throw IrregularException.INSTANCE;
                    }
                    plain.append(escaped);
                    i += 4;
                }
                default -> plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    /** The name of a member, in bytes. */
    final class Name {
        private final byte[] name;
        private final byte[] companion;

        Name(String name) {
            this.name = ("\"" + name + "\"").getBytes(StandardCharsets.UTF_8);
            companion = ("\"_" + name + "\"").getBytes(StandardCharsets.UTF_8);
        }

        /** Where its value is in an object at a place; -1 if there is none. */
        int in(byte[] document, int place) throws IrregularException {
            if (document[place] != '{') {
                throw IrregularException.INSTANCE;
            }
            boolean accompanied = false;
            int at = JsonScan.space(document, place + 1);
            while (document[at] == '"') {
                int end = JsonScan.string(document, at);
                int value = JsonScan.space(document, JsonScan.space(document, end) + 1);
                if (is(name, document, at, end)) {
                    return value;
                }
                accompanied |= is(companion, document, at, end);
                requirePlain(document, at, end);
                at = JsonScan.space(document, JsonScan.value(document, value));
                if (document[at] == ',') {
                    at = JsonScan.space(document, at + 1);
                }
            }
            if (accompanied) {
                throw IrregularException.INSTANCE;
            }
            return -1;
        }

        private static boolean is(byte[] name, byte[] document, int from, int to) {
            return name.length == to - from
                    && Arrays.equals(document, from, to, name, 0, name.length);
        }

        private static void requirePlain(byte[] document, int from, int to)
                throws IrregularException {
            for (int i = from; i < to; i++) {
                if (document[i] == '\\') {
                    throw IrregularException.INSTANCE;
                }
            }
        }
    }
}
