package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonExtract;
import dev.andiron.fhir.json.JsonNames;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathFocus;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.View;

import java.util.List;
import java.util.Optional;

/** A ViewDefinition, checked and ready to run. Immutable, safe for use by many threads. */
public final class CompiledView {
    private final String name;
    private final String resourceType;
    private final Definitions definitions;
    private final List<TableColumn> columns;
    private final List<Path> where;
    private final SelectionPlan root;
    private final Optional<View> portable;
    private final String obstacle;
    private final JsonNames wanted;

    CompiledView(
            String name,
            String resourceType,
            Definitions definitions,
            List<TableColumn> columns,
            List<Path> where,
            SelectionPlan root,
            Optional<View> portable,
            String obstacle) {
        this.name = name;
        this.resourceType = resourceType;
        this.definitions = definitions;
        this.columns = List.copyOf(columns);
        this.where = List.copyOf(where);
        this.root = root;
        this.portable = portable;
        this.obstacle = obstacle;
        this.wanted = portable.map(WantedNames::of).orElseGet(CompiledView::everything);
    }

    private static JsonNames everything() {
        var names = new JsonNames();
        names.all();
        return names;
    }

    /**
     * Compiles a ViewDefinition.
     *
     * @param place where it stands, such as {@code viewResource}, for the places of its problems;
     *     empty when it stands for itself
     * @throws FhirException with status 422 and an issue for each problem, naming its element
     */
    public static CompiledView compile(
            JsonObject definition, String place, Definitions definitions) {
        return new ViewCompiler(definitions, place).compile(definition);
    }

    /** Its name; empty when it has none. */
    public String name() {
        return name;
    }

    /** The type of the resources that it is about. */
    public String resourceType() {
        return resourceType;
    }

    /** Its columns in order. */
    public List<TableColumn> columns() {
        return columns;
    }

    /** Its form for backends; empty when not all of it can be said in that form. */
    public Optional<View> portable() {
        return portable;
    }

    /** Why there is no {@link #portable()} form; empty text when there is one. */
    public String obstacle() {
        return obstacle;
    }

    /** What backends that run it may call. */
    public ScalarFunctions functions() {
        return PathScalarFunctions.of(definitions);
    }

    /** Takes rows. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes a row.
         *
         * @return whether it wants more
         */
        boolean take(Row row);
    }

    /** {@link #rows(JsonObject, Sink)} of a stored resource, of which it reads what it needs. */
    public boolean rows(Json resource, Sink sink) {
        return rows(JsonExtract.read(resource.bytes(), wanted), sink);
    }

    /**
     * Gives the rows of one resource, those of its first selection varying slowest; none for a
     * resource of another type.
     *
     * @return whether the sink wants more
     * @throws StorageException.Unprocessable if the resource breaks a rule of the view; the message
     *     names the resource
     */
    public boolean rows(JsonObject resource, Sink sink) {
        if (!(resource.get("resourceType") instanceof JsonString type)
                || !type.value().equals(resourceType)) {
            return true;
        }
        PathNode node = Path.root(resource, definitions);
        PathFocus focus = PathFocus.of(node, RowIndexes.of(0));
        try {
            return !matches(focus) || fill(node, focus, sink);
        } catch (StorageException.Unprocessable refused) {
            throw new StorageException.Unprocessable(
                    "%s on %s/%s: %s"
                            .formatted(
                                    name.isEmpty() ? "the view" : "the view '" + name + "'",
                                    resourceType,
                                    resource.string("id").orElse("?"),
                                    refused.getMessage()));
        }
    }

    private boolean fill(PathNode node, PathFocus focus, Sink sink) {
        var draft = new SelectionPlan.Draft(node, new Value[columns.size()]);
        var counted =
                new SelectionPlan.Filled() {
                    private int rows;

                    @Override
                    public boolean go() {
                        if (++rows > View.MOST_ROWS) {
                            throw new StorageException.Unprocessable(
                                    "it gives more than " + View.MOST_ROWS + " rows");
                        }
                        return sink.take(draft.row());
                    }
                };
        return root.fill(draft, focus, counted);
    }

    private boolean matches(PathFocus focus) {
        for (Path condition : where) {
            if (!matches(condition, focus)) {
                return false;
            }
        }
        return true;
    }

    private static boolean matches(Path condition, PathFocus focus) {
        List<PathNode> found;
        try {
            found = condition.evaluate(focus);
        } catch (PathException failed) {
            throw new StorageException.Unprocessable(
                    "the condition '%s' fails: %s".formatted(condition, failed.getMessage()));
        }
        if (found.isEmpty()) {
            return false;
        }
        String text = found.size() == 1 ? found.getFirst().textOrNull() : "";
        if (text == null) {
            return false;
        }
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new StorageException.Unprocessable(
                            "the condition '%s' is not true or false".formatted(condition));
        };
    }
}
