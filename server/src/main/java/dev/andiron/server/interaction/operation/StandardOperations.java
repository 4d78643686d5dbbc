package dev.andiron.server.interaction.operation;

import dev.andiron.server.interaction.Services;
import dev.andiron.server.operation.Operation;

import java.util.ArrayList;
import java.util.List;

/** The operations on resources that every server has. */
public final class StandardOperations {

    private StandardOperations() {}

    public static List<Operation> of(Services services) {
        var operations = new ArrayList<Operation>();
        operations.addAll(EverythingOperation.of(services));
        operations.add(LastnOperation.of(services));
        operations.addAll(MetaOperations.of(services));
        operations.add(ExplainOperation.of(services));
        return operations;
    }
}
