package dev.andiron.sqlite;

import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.spi.view.View;
import dev.andiron.sqlite.DocumentPath.Places;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The columns of a view that are plain paths from the resource. They are read out of the bytes of
 * the document at once, which is several times cheaper than to ask SQLite for each; the other
 * columns, iterations and conditions are left to SQL. Immutable.
 */
final class PathColumns {
    private final List<Optional<Reader>> readers;
    private final View rest;
    private final View read;

    /** Reads the value of one column. */
    @FunctionalInterface
    private interface Reader {
        Value read(byte[] document) throws IrregularException;
    }

    private PathColumns(List<Optional<Reader>> readers, View rest, View read) {
        this.readers = List.copyOf(readers);
        this.rest = rest;
        this.read = read;
    }

    /** The columns of a view; empty if none is of that form. */
    static Optional<PathColumns> of(View view, ScalarFunctions functions) {
        var sorting = new Sorting(functions);
        Selection rest = sorting.rest(view.root());
        if (sorting.own.isEmpty()) {
            return Optional.empty();
        }
        var read = new Selection(Optional.empty(), sorting.own, List.of(), List.of());
        return Optional.of(
                new PathColumns(
                        sorting.readers,
                        new View(view.name(), view.resourceType(), view.where(), rest),
                        new View(view.name(), view.resourceType(), List.of(), read)));
    }

    /** Takes the columns out of selections that stay at the resource. */
    private static final class Sorting {
        private final ScalarFunctions functions;
        private final List<Optional<Reader>> readers = new ArrayList<>();
        private final List<Column> own = new ArrayList<>();

        Sorting(ScalarFunctions functions) {
            this.functions = functions;
        }

        /** What a selection is without them; it gives as many rows as before. */
        Selection rest(Selection selection) {
            if (selection.iteration().isPresent()) {
                leave(selection);
                return selection;
            }
            var others = new ArrayList<Column>();
            for (Column column : selection.columns()) {
                Optional<Reader> reader = reader(column, functions);
                readers.add(reader);
                (reader.isPresent() ? own : others).add(column);
            }
            var nested = new ArrayList<Selection>();
            for (Selection each : selection.selections()) {
                Selection rest = rest(each);
                if (!isEmpty(rest)) {
                    nested.add(rest);
                }
            }
            if (!selection.union().isEmpty()) {
                leave(selection.union().getFirst());
            }
            return new Selection(Optional.empty(), others, nested, selection.union());
        }

        private void leave(Selection selection) {
            selection.outputs().forEach(_ -> readers.add(Optional.empty()));
        }
    }

    private static boolean isEmpty(Selection selection) {
        return selection.iteration().isEmpty()
                && selection.columns().isEmpty()
                && selection.selections().isEmpty()
                && selection.union().isEmpty();
    }

    /** What is left to SQL. */
    View rest() {
        return rest;
    }

    /** A view with these columns only. */
    View read() {
        return read;
    }

    /** What it does, for an operator. */
    String described() {
        return read.columns().stream()
                .map(Column::name)
                .collect(
                        Collectors.joining(
                                ", ", "read out of documents without SQL, if they allow: ", ""));
    }

    /** Whether nothing is left to SQL. */
    boolean all() {
        return rest.where().isEmpty() && isEmpty(rest.root());
    }

    /** The values of all columns of the view, with {@code null} for those left to SQL. */
    Value[] values(byte[] document) throws IrregularException {
        var values = new Value[readers.size()];
        for (int i = 0; i < values.length; i++) {
            if (readers.get(i).isPresent()) {
                values[i] = readers.get(i).get().read(document);
            }
        }
        return values;
    }

    private static Optional<Reader> reader(Column column, ScalarFunctions functions) {
        if (column.path() instanceof Expression.ResourceKey
                && column.type().kind() == Kind.STRING
                && !column.collection()) {
            return Optional.of(resourceKey());
        }
        if (column.path() instanceof Expression.ReferenceKey key
                && column.type().kind() == Kind.STRING) {
            return DocumentPath.of(key.source())
                    .map(path -> referenceKeys(path, key, column.collection(), functions));
        }
        if (!shows(column.type().kind(), column.path().type())) {
            return Optional.empty();
        }
        return DocumentPath.of(column.path()).map(path -> primitives(path, column));
    }

    private static boolean shows(Kind column, ValueType path) {
        return path.isPrimitive()
                && (column == path.kind()
                        || column == Kind.DECIMAL && path.kind() == Kind.INTEGER
                        || column == Kind.DATE_TIME && path.kind() == Kind.DATE);
    }

    private static Reader resourceKey() {
        var type = new DocumentPath.Name("resourceType");
        var id = new DocumentPath.Name("id");
        return document -> {
            int root = JsonScan.space(document, 0);
            int typed = type.in(document, root);
            int named = id.in(document, root);
            return typed < 0 || named < 0
                    ? Value.Absent.ABSENT
                    : new Value.Text(
                            DocumentPath.text(document, typed)
                                    + "/"
                                    + DocumentPath.text(document, named));
        };
    }

    private static Reader referenceKeys(
            DocumentPath path,
            Expression.ReferenceKey key,
            boolean collection,
            ScalarFunctions functions) {
        var reference = new DocumentPath.Name("reference");
        var type = new DocumentPath.Name("type");
        return document -> {
            var places = places(path, document);
            var keys = new ArrayList<Value>(1);
            for (int i = 0; i < places.size(); i++) {
                int text = reference.in(document, places.get(i));
                if (text >= 0) {
                    int declared = type.in(document, places.get(i));
                    functions
                            .referenceKey(
                                    DocumentPath.text(document, text),
                                    declared < 0
                                            ? Optional.empty()
                                            : Optional.of(DocumentPath.text(document, declared)),
                                    key.resourceType())
                            .ifPresent(found -> keys.add(new Value.Text(found)));
                }
            }
            return collected(keys, collection);
        };
    }

    private static Reader primitives(DocumentPath path, Column column) {
        return document -> {
            var places = places(path, document);
            if (!column.collection() && places.size() == 1) {
                return primitive(document, places.get(0), column.type());
            }
            var values = new ArrayList<Value>(places.size());
            for (int i = 0; i < places.size(); i++) {
                values.add(primitive(document, places.get(i), column.type()));
            }
            return collected(values, column.collection());
        };
    }

    private static Places places(DocumentPath path, byte[] document) throws IrregularException {
        var places = new Places();
        path.walk(document, JsonScan.space(document, 0), places);
        return places;
    }

    private static Value collected(List<Value> values, boolean collection)
            throws IrregularException {
        if (collection) {
            return new Value.Many(values);
        }
        if (values.size() > 1) {
            throw IrregularException.INSTANCE;
        }
        return values.isEmpty() ? Value.Absent.ABSENT : values.getFirst();
    }

    private static Value primitive(byte[] document, int place, ValueType type)
            throws IrregularException {
        try {
            return switch (type.kind()) {
                case BOOLEAN ->
                        switch (document[place]) {
                            case 't' -> Value.Truth.TRUE;
                            case 'f' -> Value.Truth.FALSE;
                            default -> throw IrregularException.INSTANCE;
                        };
                case INTEGER -> new Value.Whole(Long.parseLong(number(document, place, type)));
                case DECIMAL -> new Value.Decimal(new BigDecimal(number(document, place, type)));
                case STRING, DATE, DATE_TIME, TIME ->
                        new Value.Text(DocumentPath.text(document, place));
                case COMPLEX -> throw IrregularException.INSTANCE;
            };
        } catch (NumberFormatException _) {
            throw IrregularException.INSTANCE;
        }
    }

    private static String number(byte[] document, int place, ValueType type)
            throws IrregularException {
        if (document[place] == '"') {
            if (!type.name().equals("integer64")) {
                throw IrregularException.INSTANCE;
            }
            return DocumentPath.text(document, place);
        }
        return new String(
                document,
                place,
                JsonScan.value(document, place) - place,
                StandardCharsets.US_ASCII);
    }
}
