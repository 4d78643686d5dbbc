package dev.andiron.server.interaction.operation;

import dev.andiron.server.interaction.Services;
import dev.andiron.server.operation.Operation;

import java.util.ArrayList;
import java.util.List;

/** The operations on resources that every server has. */
public final class StandardOperations {

    private StandardOperations() {}

    public static List<Operation> of(Services services) {
        return new ArrayList<>(MetaOperations.of(services));
    }
}
