package dev.andiron.server.operation;

import dev.andiron.server.operation.Operation.Level;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The operations that a server has. Several may have one name as long as they are on different
 * resource types. Immutable.
 */
public final class OperationTable {
    private final List<Operation> operations;

    /**
     * A table.
     *
     * @throws IllegalArgumentException if two operations of one name are on the same type at the
     *     same level
     */
    public OperationTable(List<Operation> operations) {
        this.operations = List.copyOf(operations);
        for (int i = 0; i < operations.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (isSame(operations.get(i), operations.get(j))) {
                    throw new IllegalArgumentException(
                            operations.get(i).name() + " is there twice");
                }
            }
        }
    }

    private static boolean isSame(Operation one, Operation other) {
        boolean disjoint =
                !one.types().isEmpty()
                        && !other.types().isEmpty()
                        && Collections.disjoint(one.types(), other.types());
        return one.name().equals(other.name())
                && !disjoint
                && !Collections.disjoint(one.levels(), other.levels());
    }

    /** A table without any. */
    public static OperationTable none() {
        return new OperationTable(List.of());
    }

    /** Those of a name. */
    public List<Operation> named(String name) {
        return operations.stream().filter(each -> each.name().equals(name)).toList();
    }

    /**
     * The one of a name at a level.
     *
     * @param type the resource type; empty at the system level
     */
    public Optional<Operation> find(String name, Level level, Optional<String> type) {
        return named(name).stream().filter(each -> each.isOn(level, type)).findFirst();
    }

    /** All operations, in the order they were given in. */
    public List<Operation> all() {
        return operations;
    }

    /** Their names in alphabetical order, for a message. */
    public String names() {
        var names = new TreeSet<String>();
        operations.forEach(each -> names.add(each.name()));
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
