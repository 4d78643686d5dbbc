package dev.andiron.server.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.kernel.routing.Storage;
import dev.andiron.server.interaction.StoredLookups;
import dev.andiron.server.job.Jobs;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.Operation.Level;
import dev.andiron.spi.ClaimStrategy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The operations of SQL on FHIR. */
public final class ViewOperations {
    private static final String BASE = "http://sql-on-fhir.org/OperationDefinition/";

    private ViewOperations() {}

    public static List<Operation> of(
            Storage storage,
            StoredLookups lookups,
            Definitions definitions,
            Jobs jobs,
            SqlQueryLimits sqlQueries,
            TableObserver observer) {
        var run = new ViewRunOperation(storage, lookups, definitions, observer);
        Set<Level> levels = Set.of(Level.SYSTEM, Level.TYPE, Level.INSTANCE);
        Set<String> types = Set.of("ViewDefinition");
        var operations = new ArrayList<Operation>();
        operations.add(
                Operation.reading(
                                "$viewdefinition-run",
                                BASE + "$viewdefinition-run",
                                levels,
                                types,
                                run::run)
                        .withBodyParameter("viewResource"));
        operations.add(
                Operation.reading("$run", BASE + "$viewdefinition-run", levels, types, run::run)
                        .withBodyParameter("viewResource"));
        boolean exports =
                storage.capabilities().blobs()
                        && storage.capabilities().claims() != ClaimStrategy.NONE;
        if (exports) {
            operations.add(
                    Operation.writing(
                            "$viewdefinition-export",
                            BASE + "$viewdefinition-export",
                            Set.of(Level.SYSTEM, Level.TYPE),
                            types,
                            new ViewExportOperation(lookups, definitions, jobs)::start));
        }
        if (storage.views().runsSql()) {
            var query = new SqlQueryOperation(storage, lookups, definitions, sqlQueries, observer);
            operations.add(
                    Operation.reading(
                                    "$sqlquery-run",
                                    BASE + "$sqlquery-run",
                                    levels,
                                    Set.of("Library"),
                                    query::run)
                            .withBodyParameter("queryResource"));
        }
        return operations;
    }
}
