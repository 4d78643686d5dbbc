package dev.andiron.fhir.view;

import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.path.Path;
import dev.andiron.fhir.path.PathException;
import dev.andiron.fhir.path.PathFocus;
import dev.andiron.fhir.path.PathNode;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType.Kind;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** A column, ready to be evaluated. */
record ColumnPlan(TableColumn column, Path path) {

    /** The value on a focus. */
    Value value(PathFocus focus) {
        List<PathNode> nodes;
        try {
            nodes = path.evaluate(focus);
        } catch (PathException failed) {
            throw new StorageException.Unprocessable(
                    "the column '%s' cannot be evaluated: %s"
                            .formatted(column.name(), failed.getMessage()));
        }
        return column.collection() ? all(nodes) : single(nodes);
    }

    private Value all(List<PathNode> nodes) {
        if (nodes.isEmpty()) {
            return Value.Many.NONE;
        }
        var values = new ArrayList<Value>(nodes.size());
        for (PathNode node : nodes) {
            if (node.valueOrNull() != null) {
                values.add(value(node));
            }
        }
        return new Value.Many(values);
    }

    private Value single(List<PathNode> nodes) {
        PathNode found = null;
        for (PathNode node : nodes) {
            if (node.valueOrNull() != null) {
                if (found != null) {
                    throw new StorageException.Unprocessable(
                            "the column '%s' has several values; a column of lists says 'collection: true'"
                                    .formatted(column.name()));
                }
                found = node;
            }
        }
        return found == null ? Value.Absent.ABSENT : value(found);
    }

    private Value value(PathNode node) {
        Kind kind = column.type().kind();
        if (kind == Kind.COMPLEX) {
            return structure(node.valueOrNull());
        }
        String text = node.textOrNull();
        if (text == null) {
            throw mismatch(node);
        }
        return switch (kind) {
            case STRING -> new Value.Text(text);
            case BOOLEAN ->
                    switch (text) {
                        case "true" -> Value.Truth.TRUE;
                        case "false" -> Value.Truth.FALSE;
                        default -> throw mismatch(node);
                    };
            case INTEGER -> whole(text, node);
            case DECIMAL -> decimal(text, node);
            case DATE, DATE_TIME, TIME -> new Value.Text(text);
            case COMPLEX -> throw mismatch(node);
        };
    }

    private Value whole(String text, PathNode node) {
        try {
            return new Value.Whole(Long.parseLong(text));
        } catch (NumberFormatException fraction) {
            throw mismatch(node);
        }
    }

    private Value decimal(String text, PathNode node) {
        try {
            return new Value.Decimal(new BigDecimal(text));
        } catch (NumberFormatException word) {
            throw mismatch(node);
        }
    }

    private static Value structure(JsonValue value) {
        return new Value.Structure(Json.of(JsonWriter.compact(value)));
    }

    private StorageException mismatch(PathNode node) {
        return new StorageException.Unprocessable(
                "the column '%s' is of type '%s', got a value of type '%s'"
                        .formatted(column.name(), column.type(), node.typeName()));
    }
}
