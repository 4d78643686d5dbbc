package dev.andiron.sql.document;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression;
import dev.andiron.spi.view.Iteration;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.View;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows of a view out of the bytes of documents, several times cheaper than by SQL's functions
 * for JSON. Immutable, safe for use by many threads.
 */
public final class RowReader {
    /** Elements lie no deeper; computed ones could go on for ever. */
    private static final int MOST_DEPTH = 1_000;

    private static final Column[] NO_COLUMNS = {};

    private final Shape shape;
    private final List<Reading> where;
    private final Level root;
    private final int width;

    private RowReader(Shape shape, List<Reading> where, Level root, int width) {
        this.shape = shape;
        this.where = List.copyOf(where);
        this.root = root;
        this.width = width;
    }

    /** A reader for a view; empty if some of it can only be said in SQL. */
    public static Optional<RowReader> of(View view, ScalarFunctions functions) {
        var shape = new Shape();
        var compiler = new ReadingCompiler(view.resourceType(), shape, functions);
        try {
            var where = new ArrayList<Reading>();
            for (Expression condition : view.where()) {
                where.add(compiler.reading(condition, shape));
            }
            var levels = new Levels(compiler);
            Level root = levels.of(view.root(), shape, 0);
            compiler.finish();
            return Optional.of(new RowReader(shape, where, root, view.columns().size()));
        } catch (ReadingCompiler.Unsupported _) {
            return Optional.empty();
        }
    }

    /**
     * Over which elements a selection goes.
     *
     * @param paths one, or those of a repetition
     */
    private record Loop(List<Reading> paths, boolean repeats, boolean keepsEmpty) {
        Items items(Reading.Focus focus) throws IrregularException {
            var found = new Items();
            if (repeats) {
                repeat(focus, found, 0);
            } else {
                paths.getFirst().all(focus, found);
            }
            return found;
        }

        private void repeat(Reading.Focus focus, Items found, int depth) throws IrregularException {
            if (depth > MOST_DEPTH || found.size() > View.MOST_ROWS) {
                throw IrregularException.INSTANCE;
            }
            for (Reading path : paths) {
                Items below = path.all(focus);
                for (int i = 0; i < below.size(); i++) {
                    found.add(below.get(i));
                    repeat(new Reading.Focus(focus.resource(), below.get(i), 0), found, depth + 1);
                }
            }
        }
    }

    /**
     * A selection.
     *
     * @param at where its columns begin in a row
     */
    private record Level(
            Optional<Loop> loop,
            int at,
            Column[] columns,
            Reading[] readings,
            List<Level> nested,
            List<Level> union) {}

    /** Compiles selections. */
    private record Levels(ReadingCompiler compiler) {
        Level of(Selection selection, Shape focus, int at) {
            Shape inner = focus;
            Optional<Loop> loop = Optional.empty();
            if (selection.iteration().isPresent()) {
                switch (selection.iteration().get()) {
                    case Iteration.ForEach(Expression path, boolean keepsEmpty) -> {
                        ReadingCompiler.Compiled compiled = compiler.compile(path, focus);
                        inner = compiled.shape();
                        loop =
                                Optional.of(
                                        new Loop(List.of(compiled.reading()), false, keepsEmpty));
                    }
                    case Iteration.Repeat(List<Expression> paths) -> {
                        inner = new Shape();
                        loop = Optional.of(repetition(paths, focus, inner));
                    }
                }
            }
            Reading[] readings = new Reading[selection.columns().size()];
            for (int i = 0; i < readings.length; i++) {
                readings[i] = compiler.reading(selection.columns().get(i).path(), inner);
            }
            int next = at + readings.length;
            var nested = new ArrayList<Level>();
            for (Selection each : selection.selections()) {
                nested.add(of(each, inner, next));
                next += each.outputs().size();
            }
            var union = new ArrayList<Level>();
            for (Selection branch : selection.union()) {
                union.add(of(branch, inner, next));
            }
            return new Level(
                    loop,
                    at,
                    selection.columns().toArray(NO_COLUMNS),
                    readings,
                    List.copyOf(nested),
                    List.copyOf(union));
        }

        /** Its paths start from the enclosing focus and from all that they lead to. */
        private Loop repetition(List<Expression> paths, Shape focus, Shape inner) {
            inner.unite(focus);
            var readings = new ArrayList<Reading>();
            for (Expression path : paths) {
                ReadingCompiler.Compiled compiled = compiler.compile(path, inner);
                inner.unite(compiled.shape());
                readings.add(compiled.reading());
            }
            return new Loop(List.copyOf(readings), true, false);
        }
    }

    /** Takes the rows of a document. */
    @FunctionalInterface
    private interface Filled {
        void go() throws IrregularException;
    }

    /** The end of the rows that are wanted. A signal, without a trace. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;
        private static final Enough HERE = new Enough();

        private Enough() {
            super("enough", null, false, false);
        }
    }

    /**
     * Adds the rows of a document.
     *
     * @param most no more than these are wanted
     * @return whether it has no more rows than a resource may have
     * @throws IrregularException if the document is left to SQL; no row was added then
     */
    public boolean read(byte[] document, List<Row> rows, long most) throws IrregularException {
        int before = rows.size();
        boolean whole = false;
        try {
            Part resource = Skim.of(document, shape);
            var focus = new Reading.Focus(resource, resource, 0);
            if (matches(focus)) {
                var run = new Run(new Value[width], rows, Math.min(most, View.MOST_ROWS));
                run.level(root, focus, run::row);
            }
            whole = true;
            return true;
        } catch (Enough _) {
            whole = true;
            return most <= View.MOST_ROWS;
        } catch (StorageException.Unprocessable _) {
            // SQL meets it too, and says in which resource.
            throw IrregularException.INSTANCE;
        } finally {
            if (!whole) {
                rows.subList(before, rows.size()).clear();
            }
        }
    }

    private boolean matches(Reading.Focus focus) throws IrregularException {
        for (Reading condition : where) {
            if (!condition.isTrue(focus)) {
                return false;
            }
        }
        return true;
    }

    /** The making of one document's rows, each in the same place. */
    private static final class Run {
        private final Value[] row;
        private final List<Row> rows;
        private final long most;
        private long count;

        Run(Value[] row, List<Row> rows, long most) {
            this.row = row;
            this.rows = rows;
            this.most = most;
        }

        void row() {
            if (count == most) {
                throw Enough.HERE;
            }
            rows.add(Row.of(row));
            count++;
        }

        void level(Level level, Reading.Focus focus, Filled then) throws IrregularException {
            if (level.loop().isEmpty()) {
                one(level, focus, then);
                return;
            }
            Loop loop = level.loop().get();
            Items items = loop.items(focus);
            if (items.size() == 0 && loop.keepsEmpty()) {
                one(level, new Reading.Focus(focus.resource(), null, 0), then);
            }
            for (int i = 0; i < items.size(); i++) {
                one(level, new Reading.Focus(focus.resource(), items.get(i), i), then);
            }
        }

        private void one(Level level, Reading.Focus focus, Filled then) throws IrregularException {
            for (int i = 0; i < level.readings().length; i++) {
                row[level.at() + i] = value(level.columns()[i], level.readings()[i], focus);
            }
            nested(level, 0, focus, then);
        }

        private void nested(Level level, int index, Reading.Focus focus, Filled then)
                throws IrregularException {
            if (index < level.nested().size()) {
                level(
                        level.nested().get(index),
                        focus,
                        () -> nested(level, index + 1, focus, then));
                return;
            }
            if (level.union().isEmpty()) {
                then.go();
                return;
            }
            for (Level branch : level.union()) {
                level(branch, focus, then);
            }
        }

        private static Value value(Column column, Reading reading, Reading.Focus focus)
                throws IrregularException {
            if (!column.collection()) {
                Object item = reading.one(focus);
                return item == null
                        ? Value.Absent.ABSENT
                        : Scalar.shown(item, column.path().type(), column.type());
            }
            Items items = reading.all(focus);
            if (items.size() == 0) {
                return Value.Many.NONE;
            }
            var values = new ArrayList<Value>(items.size());
            for (int i = 0; i < items.size(); i++) {
                values.add(Scalar.shown(items.get(i), column.path().type(), column.type()));
            }
            return new Value.Many(values);
        }
    }
}
