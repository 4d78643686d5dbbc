package dev.andiron.server.operation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The operations that a server has, by name. Immutable. */
public final class OperationTable {
    private final Map<String, Operation> byName = new LinkedHashMap<>();

    /**
     * A table.
     *
     * @throws IllegalArgumentException if two operations have one name
     */
    public OperationTable(List<Operation> operations) {
        for (Operation operation : operations) {
            if (byName.put(operation.name(), operation) != null) {
                throw new IllegalArgumentException(operation.name() + " is there twice");
            }
        }
    }

    /** A table without any. */
    public static OperationTable none() {
        return new OperationTable(List.of());
    }

    public Optional<Operation> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** All operations, in the order they were given in. */
    public List<Operation> all() {
        return List.copyOf(byName.values());
    }

    /** Their names in alphabetical order, for a message. */
    public String names() {
        return byName.isEmpty() ? "none" : String.join(", ", new TreeSet<>(byName.keySet()));
    }
}
