package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Iteration;
import dev.andiron.spi.view.Selection;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Compiles the selections of one view. */
final class SelectionCompiler {
    private static final Set<String> ELEMENTS =
            Set.of("column", "select", "forEach", "forEachOrNull", "repeat", "unionAll");
    private static final Set<String> COLUMN_ELEMENTS =
            Set.of("path", "name", "description", "collection", "type", "tag");

    private static final String SQL_TYPE = "ansi/type";

    /** Wider tables are of no use to anybody. */
    private static final int MAX_COLUMNS = 2_000;

    private final Definitions definitions;
    private final ViewPaths paths;
    private final Problems problems;

    SelectionCompiler(Definitions definitions, ViewPaths paths, Problems problems) {
        this.definitions = definitions;
        this.paths = paths;
        this.problems = problems;
    }

    /** The selections of a view. */
    CompiledSelection compileRoot(Element view, ValueType resource) {
        var parts = new Parts(0);
        for (Element select : view.elements("select")) {
            parts.addSelection(compile(select, resource, parts.next()));
        }
        checkNames(view.at("select"), parts);
        CompiledSelection root = parts.finish();
        if (root.outputs().size() > MAX_COLUMNS) {
            view.complain("select", "a view has at most " + MAX_COLUMNS + " columns");
        }
        return root;
    }

    /** What a selection is made of, as it is found. */
    private static final class Parts {
        private final int start;
        private Optional<IterationPlan> iteration = Optional.empty();
        private Optional<Iteration> portableIteration = Optional.empty();
        private final List<ColumnPlan> columns = new ArrayList<>();
        private final List<Column> portableColumns = new ArrayList<>();
        private final List<CompiledSelection> selections = new ArrayList<>();
        private final List<CompiledSelection> union = new ArrayList<>();
        private final List<TableColumn> outputs = new ArrayList<>();
        private final List<Set<String>> names = new ArrayList<>();
        private String obstacle = "";

        Parts(int start) {
            this.start = start;
        }

        int next() {
            return start + outputs.size();
        }

        void addSelection(CompiledSelection selection) {
            selections.add(selection);
            addOutputs(selection.outputs());
        }

        void addOutputs(List<TableColumn> added) {
            outputs.addAll(added);
            names.add(added.stream().map(TableColumn::name).collect(Collectors.toSet()));
        }

        void hindered(String reason) {
            if (obstacle.isEmpty()) {
                obstacle = reason;
            }
        }

        CompiledSelection finish() {
            Stream.concat(selections.stream(), union.stream())
                    .map(CompiledSelection::obstacle)
                    .forEach(this::hindered);
            var plan =
                    new SelectionPlan(
                            start,
                            iteration,
                            List.copyOf(columns),
                            selections.stream().map(CompiledSelection::plan).toList(),
                            union.stream().map(CompiledSelection::plan).toList());
            Optional<Selection> portable =
                    obstacle.isEmpty()
                            ? Optional.of(
                                    new Selection(
                                            portableIteration,
                                            portableColumns,
                                            portable(selections),
                                            portable(union)))
                            : Optional.empty();
            return new CompiledSelection(plan, List.copyOf(outputs), portable, obstacle);
        }

        private static List<Selection> portable(List<CompiledSelection> all) {
            return all.stream().map(one -> one.portable().orElseThrow()).toList();
        }
    }

    private CompiledSelection compile(Element select, ValueType focus, int start) {
        select.knowsOnly(ELEMENTS);
        var parts = new Parts(start);
        ValueType inner = iteration(select, focus, parts);
        for (Element column : select.elements("column")) {
            column(column, inner, parts);
        }
        for (Element nested : select.elements("select")) {
            parts.addSelection(compile(nested, inner, parts.next()));
        }
        union(select, inner, parts);
        if (parts.outputs.isEmpty()) {
            problems.add(select.place(), "the selection has no column");
        }
        checkNames(select.place(), parts);
        return parts.finish();
    }

    /**
     * Names are unique in the rows of each selection; the branches of a union are one. What is
     * nested has been checked for itself.
     */
    private void checkNames(String place, Parts parts) {
        var seen = new HashSet<String>();
        for (Set<String> names : parts.names) {
            for (String name : names) {
                if (!name.isEmpty() && !seen.add(name)) {
                    problems.add(place, "there is a column '" + name + "' already");
                }
            }
        }
    }

    /** Compiles the iteration; gives the type of its elements. */
    private ValueType iteration(Element select, ValueType focus, Parts parts) {
        List<String> given =
                Stream.of("forEach", "forEachOrNull", "repeat").filter(select::has).toList();
        if (given.size() > 1) {
            select.complain(
                    given.get(1), "a selection has one of 'forEach', 'forEachOrNull' and 'repeat'");
        }
        if (given.isEmpty()) {
            return focus;
        }
        String name = given.getFirst();
        return name.equals("repeat")
                ? repeat(select, focus, parts)
                : forEach(select, name, focus, parts);
    }

    private ValueType forEach(Element select, String name, ValueType focus, Parts parts) {
        Optional<ViewPath> path =
                select.text(name).flatMap(text -> paths.compile(text, select.at(name), focus));
        if (path.isEmpty()) {
            return PathTyping.ANY;
        }
        boolean keepsEmpty = name.equals("forEachOrNull");
        parts.hindered(path.get().obstacle());
        parts.iteration = Optional.of(new IterationPlan.ForEach(path.get().path(), keepsEmpty));
        parts.portableIteration =
                path.get().portable().map(each -> new Iteration.ForEach(each, keepsEmpty));
        return path.get().type().orElse(PathTyping.ANY);
    }

    private ValueType repeat(Element select, ValueType focus, Parts parts) {
        List<ViewPath> repeated = paths.compileRepeat(select.texts("repeat"), focus);
        if (repeated.isEmpty()) {
            return PathTyping.ANY;
        }
        repeated.forEach(path -> parts.hindered(path.obstacle()));
        parts.iteration =
                Optional.of(
                        new IterationPlan.Repeat(repeated.stream().map(ViewPath::path).toList()));
        if (!parts.obstacle.isEmpty()) {
            return PathTyping.ANY;
        }
        parts.portableIteration =
                Optional.of(
                        new Iteration.Repeat(
                                repeated.stream()
                                        .map(path -> path.portable().orElseThrow())
                                        .toList()));
        return repeated.getFirst().type().orElse(PathTyping.ANY);
    }

    private void column(Element column, ValueType focus, Parts parts) {
        column.knowsOnly(COLUMN_ELEMENTS);
        String name = column.requiredText("name").orElse("");
        if (!name.isEmpty() && !Constants.NAME.matcher(name).matches()) {
            column.complain("name", Constants.nameRule("column", name));
        }
        boolean collection = column.truth("collection");
        Optional<ViewPath> path =
                column.requiredText("path")
                        .flatMap(text -> paths.compile(text, column.at("path"), focus));
        ValueType type = columnType(column, path);
        var output = new TableColumn(name, type, collection, sqlType(column));
        parts.addOutputs(List.of(output));
        if (path.isEmpty()) {
            return;
        }
        parts.hindered(path.get().obstacle());
        parts.columns.add(new ColumnPlan(output, path.get().path()));
        path.get()
                .portable()
                .ifPresent(
                        portable ->
                                parts.portableColumns.add(
                                        new Column(name, portable, type, collection)));
    }

    /** What the tag of that name says; other tags are for others. */
    private static Optional<String> sqlType(Element column) {
        return column.elements("tag").stream()
                .filter(tag -> tag.text("name").equals(Optional.of(SQL_TYPE)))
                .flatMap(tag -> tag.text("value").stream())
                .findFirst();
    }

    private ValueType columnType(Element column, Optional<ViewPath> path) {
        Optional<ValueType> given = path.flatMap(ViewPath::type);
        Optional<String> hint = column.text("type");
        if (hint.isEmpty()) {
            if (path.isPresent() && given.filter(type -> !type.isPrimitive()).isPresent()) {
                column.complain(
                        "path",
                        "the path gives values of type '%s'; a column of what is not primitive says so by 'type'"
                                .formatted(given.get()));
            }
            return given.orElse(ValueType.STRING);
        }
        Optional<ValueType> wanted = ValueTypes.of(hint.get(), definitions);
        if (wanted.isEmpty()) {
            column.complain("type", "there is no type '" + hint.get() + "'");
            return given.orElse(ValueType.STRING);
        }
        if (given.isPresent() && !fits(wanted.get(), given.get())) {
            column.complain(
                    "type",
                    "the path gives values of type '%s', not '%s'"
                            .formatted(given.get(), wanted.get()));
        }
        return wanted.get();
    }

    private static boolean fits(ValueType wanted, ValueType given) {
        return given.kind() == Kind.COMPLEX
                ? wanted.equals(given)
                : ValueTypes.shows(wanted.kind(), given.kind());
    }

    private void union(Element select, ValueType focus, Parts parts) {
        List<Element> branches = select.elements("unionAll");
        int start = parts.next();
        for (Element branch : branches) {
            CompiledSelection compiled = compile(branch, focus, start);
            if (!parts.union.isEmpty()) {
                checkAgreement(branch, parts.union.getFirst().outputs(), compiled.outputs());
            }
            parts.union.add(compiled);
        }
        if (!parts.union.isEmpty()) {
            parts.addOutputs(parts.union.getFirst().outputs());
        }
    }

    private void checkAgreement(Element branch, List<TableColumn> wanted, List<TableColumn> got) {
        List<String> names = wanted.stream().map(TableColumn::name).toList();
        List<String> others = got.stream().map(TableColumn::name).toList();
        if (!names.equals(others)) {
            problems.add(
                    branch.place(),
                    "the branches of a union have the same columns: the first has %s, this one %s"
                            .formatted(names, others));
            return;
        }
        for (int i = 0; i < wanted.size(); i++) {
            TableColumn one = wanted.get(i);
            TableColumn other = got.get(i);
            if (one.type().kind() != other.type().kind()
                    || one.collection() != other.collection()) {
                problems.add(
                        branch.place(),
                        "the column '%s' is %s here and %s in the first branch of the union"
                                .formatted(one.name(), shown(other), shown(one)));
            }
        }
    }

    private static String shown(TableColumn column) {
        return (column.collection() ? "a list of '" : "a '") + column.type() + "'";
    }
}
