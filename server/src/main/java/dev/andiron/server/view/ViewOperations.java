package dev.andiron.server.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;

import java.util.List;
import java.util.Set;

/** The operations of SQL on FHIR. */
public final class ViewOperations {
    private static final String BASE = "http://sql-on-fhir.org/OperationDefinition/";

    private ViewOperations() {}

    public static List<Operation> of(
            Storage storage, StoredLookups lookups, Definitions definitions) {
        var run = new ViewRunOperation(storage, lookups, definitions);
        Set<Level> levels = Set.of(Level.SYSTEM, Level.TYPE, Level.INSTANCE);
        Set<String> types = Set.of("ViewDefinition");
        return List.of(
                Operation.reading(
                                "$viewdefinition-run",
                                BASE + "$viewdefinition-run",
                                levels,
                                types,
                                run::run)
                        .withBodyParameter("viewResource"),
                Operation.reading("$run", BASE + "$viewdefinition-run", levels, types, run::run)
                        .withBodyParameter("viewResource"));
    }
}
