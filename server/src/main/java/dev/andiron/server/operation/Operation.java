package dev.andiron.server.operation;

import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Method;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One FHIR operation.
 *
 * @param name with its dollar sign: {@code $everything}
 * @param definition the canonical URL of its OperationDefinition
 * @param levels where it may be called
 * @param types the resource types it is on, below the system level; empty for all
 * @param affectsState whether it changes something: then it is called by POST alone
 * @param bodyParameter the parameter that a request's body is when it is a resource other than
 *     {@code Parameters}; empty if only {@code Parameters} is taken
 * @param readsBody whether the handler reads the request's body itself, so that only what is in the
 *     URL is among the parameters
 * @param handler answers a call; may throw what interactions throw
 */
public record Operation(
        String name,
        String definition,
        Set<Level> levels,
        Set<String> types,
        boolean affectsState,
        Optional<String> bodyParameter,
        boolean readsBody,
        Function<OperationCall, FhirResponse> handler) {

    /** Where an operation may be called. */
    public enum Level {
        /** {@code /$op}. */
        SYSTEM,
        /** {@code /Type/$op}. */
        TYPE,
        /** {@code /Type/id/$op}. */
        INSTANCE,
        /** {@code /Type/id/_history/version/$op}. */
        VERSION
    }

    public Operation {
        if (!name.startsWith("$")) {
            throw new IllegalArgumentException("the name of an operation starts with a dollar");
        }
        levels = Set.copyOf(levels);
        types = Set.copyOf(types);
    }

    /** An operation that only reads, called by GET or POST. */
    public static Operation reading(
            String name,
            String definition,
            Set<Level> levels,
            Set<String> types,
            Function<OperationCall, FhirResponse> handler) {
        return new Operation(
                name, definition, levels, types, false, Optional.empty(), false, handler);
    }

    /** An operation that changes something, called by POST. */
    public static Operation writing(
            String name,
            String definition,
            Set<Level> levels,
            Set<String> types,
            Function<OperationCall, FhirResponse> handler) {
        return new Operation(
                name, definition, levels, types, true, Optional.empty(), false, handler);
    }

    /** The same operation, whose body may be a resource that stands for a parameter. */
    public Operation withBodyParameter(String parameter) {
        return new Operation(
                name,
                definition,
                levels,
                types,
                affectsState,
                Optional.of(parameter),
                false,
                handler);
    }

    /** The same operation, which reads the bodies of its requests itself. */
    public Operation readingBody() {
        return new Operation(
                name, definition, levels, types, affectsState, Optional.empty(), true, handler);
    }

    /** The methods that call it. */
    public Set<Method> methods() {
        return affectsState
                ? EnumSet.of(Method.POST)
                : EnumSet.of(Method.GET, Method.HEAD, Method.POST);
    }

    /** Whether it may be called at a level, on a type unless that is the system. */
    public boolean isOn(Level level, Optional<String> type) {
        return levels.contains(level)
                && (type.isEmpty() || types.isEmpty() || types.contains(type.get()));
    }

    /** Where it may be called: {@code Patient, at the level of type, instance}. */
    public String whereabouts() {
        String on = types.isEmpty() ? "all types" : String.join(", ", new TreeSet<>(types));
        String places =
                Stream.of(Level.values())
                        .filter(levels::contains)
                        .map(level -> level.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
        return "%s at the level of %s".formatted(on, places);
    }

    /** Its name in a CapabilityStatement: {@code everything}. */
    public String code() {
        return name.substring(1);
    }
}
