package dev.andiron.fhir.path;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code is}, {@code as} and {@code ofType()}. */
final class TypeOperators {
    private static final Map<String, PathType> SYSTEM_TYPES =
            Map.of(
                    "Boolean", PathType.SYSTEM_BOOLEAN,
                    "String", PathType.SYSTEM_STRING,
                    "Integer", PathType.SYSTEM_INTEGER,
                    "Decimal", PathType.SYSTEM_DECIMAL,
                    "Date", PathType.SYSTEM_DATE,
                    "DateTime", PathType.SYSTEM_DATE_TIME,
                    "Time", PathType.SYSTEM_TIME,
                    "Quantity", PathType.SYSTEM_QUANTITY);

    private final PathCompiler compiler;
    private final PathModel model;

    TypeOperators(PathCompiler compiler) {
        this.compiler = compiler;
        this.model = compiler.model();
    }

    /** A FHIR type of this name, null when it names a System type. */
    private String fhirType(String name) {
        if (name.startsWith("System.")) {
            String bare = name.substring(7);
            if (!SYSTEM_TYPES.containsKey(bare) && model.type(bare) == PathType.UNKNOWN) {
                throw new PathException("there is no type '" + name + "'");
            }
            return null;
        }
        String bare = name.startsWith("FHIR.") ? name.substring(5) : name;
        if (model.type(bare) != PathType.UNKNOWN) {
            return bare;
        }
        if (!name.equals(bare) || !SYSTEM_TYPES.containsKey(name)) {
            throw new PathException("there is no type '" + name + "'");
        }
        return null;
    }

    Compiled is(Expression operand, String typeName, Compiled focus) {
        Evaluation nodes = compiler.compile(operand, focus).evaluation();
        String fhir = fhirType(typeName);
        String system = typeName.startsWith("System.") ? typeName.substring(7) : typeName;
        return Compiled.of(
                (input, scope) -> {
                    List<PathNode> list = nodes.on(input, scope);
                    if (list.isEmpty()) {
                        return list;
                    }
                    if (list.size() > 1) {
                        throw new PathException("'is' tests a single value, got " + list.size());
                    }
                    PathType type = list.getFirst().type();
                    return PathFunctions.bool(
                            type.isSystem()
                                    ? type.name().equals(system)
                                    : fhir != null && type.isKindOf(fhir));
                },
                PathType.SYSTEM_BOOLEAN);
    }

    /** Of a single value: of several it is not known which one is meant. */
    Compiled as(Expression operand, String typeName, Compiled focus) {
        Compiled from = compiler.compile(operand, focus);
        Evaluation nodes = from.evaluation();
        Compiled single =
                from.with(
                        (input, scope) -> {
                            List<PathNode> list = nodes.on(input, scope);
                            CallSite.one(list, "'as'");
                            return list;
                        });
        String fhir = fhirType(typeName);
        return fhir == null ? ofSystemType(single, typeName) : filtered(single, fhir);
    }

    private static Compiled ofSystemType(Compiled from, String typeName) {
        String system = typeName.startsWith("System.") ? typeName.substring(7) : typeName;
        Evaluation nodes = from.evaluation();
        return Compiled.of(
                (input, scope) ->
                        nodes.on(input, scope).stream()
                                .filter(node -> node.type().isSystem())
                                .filter(node -> node.type().name().equals(system))
                                .toList(),
                SYSTEM_TYPES.getOrDefault(system, PathType.UNKNOWN));
    }

    Compiled ofType(Expression operand, String typeName, Compiled focus) {
        String fhir = fhirType(typeName);
        if (fhir == null) {
            return ofSystemType(compiler.compile(operand, focus), typeName);
        }
        if (operand instanceof Expression.Member(Expression source, String name)
                && !(source instanceof Expression.This && Character.isUpperCase(name.charAt(0)))) {
            // Looks up one member of the JSON object instead of one for each type of a choice.
            return compiler.member(source, name, fhir, focus);
        }
        return filtered(compiler.compile(operand, focus), fhir);
    }

    /** What is of a FHIR type, or of one that is derived from it. */
    Compiled filtered(Compiled from, String name) {
        Evaluation evaluation = from.evaluation();
        Evaluation filter =
                (focus, scope) -> {
                    List<PathNode> nodes = evaluation.on(focus, scope);
                    if (nodes.size() == 1) {
                        return nodes.getFirst().type().is(name) ? nodes : List.of();
                    }
                    var out = new ArrayList<PathNode>(nodes.size());
                    for (PathNode node : nodes) {
                        if (node.type().is(name)) {
                            out.add(node);
                        }
                    }
                    return out;
                };
        PathType type = model.type(name);
        if (from.types() == null) {
            return type.isOpenResource()
                    ? Compiled.open(filter)
                    : new Compiled(filter, Set.of(type), from.resolved());
        }
        var types = new HashSet<PathType>();
        for (PathType each : from.types()) {
            if (each.is(name)) {
                types.add(each);
            }
        }
        return new Compiled(filter, types, from.resolved());
    }
}
