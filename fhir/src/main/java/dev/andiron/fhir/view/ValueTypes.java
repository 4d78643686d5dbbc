package dev.andiron.fhir.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.definition.TypeKind;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import java.util.Optional;

/** The types of values by their FHIR names. */
final class ValueTypes {
    private static final String STRUCTURE_DEFINITION = "http://hl7.org/fhir/StructureDefinition/";

    private ValueTypes() {}

    /** The type of a name or of the URL of its definition; empty when there is none. */
    static Optional<ValueType> of(String nameOrUrl, Definitions definitions) {
        String name =
                nameOrUrl.startsWith(STRUCTURE_DEFINITION)
                        ? nameOrUrl.substring(STRUCTURE_DEFINITION.length())
                        : nameOrUrl;
        return definitions
                .type(name)
                .map(
                        type ->
                                new ValueType(
                                        name,
                                        type.kind() == TypeKind.PRIMITIVE
                                                ? primitive(name)
                                                : Kind.COMPLEX));
    }

    /** The type of a result of a path: a FHIR type, or {@code System.String} and the like. */
    static Optional<ValueType> ofResult(String name, Definitions definitions) {
        if (!name.startsWith("System.")) {
            return of(name, definitions);
        }
        String system = name.substring("System.".length());
        return of(Character.toLowerCase(system.charAt(0)) + system.substring(1), definitions)
                .filter(ValueType::isPrimitive);
    }

    private static Kind primitive(String name) {
        return switch (name) {
            case "boolean" -> Kind.BOOLEAN;
            case "integer", "positiveInt", "unsignedInt", "integer64" -> Kind.INTEGER;
            case "decimal" -> Kind.DECIMAL;
            case "date" -> Kind.DATE;
            case "dateTime", "instant" -> Kind.DATE_TIME;
            case "time" -> Kind.TIME;
            default -> Kind.STRING;
        };
    }

    /** Whether a column of one kind can show values of another. */
    static boolean shows(Kind column, Kind values) {
        return column == values
                || column == Kind.DECIMAL && values == Kind.INTEGER
                || column == Kind.DATE_TIME && values == Kind.DATE
                || column == Kind.STRING && values != Kind.COMPLEX;
    }
}
