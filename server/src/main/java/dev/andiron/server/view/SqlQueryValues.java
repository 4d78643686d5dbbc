package dev.andiron.server.view;

import dev.andiron.fhir.definition.Definitions;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.view.SqlParameter;
import dev.andiron.server.operation.OperationParameter;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.spi.view.Value;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The values of a query's parameters: in a {@code Parameters} resource called {@code parameters},
 * as {@code parameter} with the parts {@code name} and {@code value}, or in the URL under their own
 * names.
 */
final class SqlQueryValues {
    private final Map<String, SqlParameter> declared = new LinkedHashMap<>();
    private final Definitions definitions;

    SqlQueryValues(List<SqlParameter> declared, Definitions definitions) {
        declared.forEach(parameter -> this.declared.put(parameter.name(), parameter));
        this.definitions = definitions;
    }

    /** The names that a request may use: those of the operation, and those of the query. */
    Set<String> namesWith(Set<String> known) {
        var names = new HashSet<>(known);
        names.addAll(declared.keySet());
        return names;
    }

    /**
     * The values by name, {@link Value.Absent} for those that may be missing.
     *
     * @param known names that are the operation's own
     * @throws FhirException 400 for a name that is not declared, a value of another type, one that
     *     is there twice, and one that is missing
     */
    Map<String, Value> read(OperationParameters given, Set<String> known) {
        var values = new HashMap<String, Value>();
        given.one("parameters").ifPresent(parameters -> nested(parameters, values));
        given.all("parameter").forEach(parameter -> parts(parameter, values));
        for (OperationParameter parameter : given.all()) {
            if (declared.containsKey(parameter.name()) && !known.contains(parameter.name())) {
                put(values, parameter);
            }
        }
        for (SqlParameter parameter : declared.values()) {
            if (!values.containsKey(parameter.name())) {
                if (parameter.required()) {
                    throw new FhirException(
                            400,
                            "required",
                            "The parameter '%s' of the query has no value."
                                    .formatted(parameter.name()));
                }
                values.put(parameter.name(), Value.Absent.ABSENT);
            }
        }
        return values;
    }

    private void nested(OperationParameter parameters, Map<String, Value> values) {
        JsonObject resource =
                parameters
                        .resource()
                        .filter(each -> each.string("resourceType").orElse("").equals("Parameters"))
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400,
                                                "value",
                                                "parameters is a Parameters resource."));
        OperationParameters.of(resource).forEach(each -> put(values, each));
    }

    private void parts(OperationParameter parameter, Map<String, Value> values) {
        String name = parameter.part("name").flatMap(OperationParameter::text).orElse("");
        OperationParameter value =
                parameter
                        .part("value")
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400,
                                                "required",
                                                "parameter has the parts name and value."));
        put(values, name, value);
    }

    private void put(Map<String, Value> values, OperationParameter parameter) {
        put(values, parameter.name(), parameter);
    }

    private void put(Map<String, Value> values, String name, OperationParameter parameter) {
        SqlParameter known = declared.get(name);
        if (known == null) {
            throw new FhirException(
                    400,
                    "not-supported",
                    "The query has no parameter '%s'; it has %s."
                            .formatted(
                                    name,
                                    declared.isEmpty()
                                            ? "none"
                                            : String.join(", ", declared.keySet())));
        }
        JsonValue value =
                parameter
                        .value()
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400,
                                                "value",
                                                "The parameter '%s' has no value of a simple type."
                                                        .formatted(name)));
        Value read =
                parameter.type().isEmpty()
                        ? known.read(parameter.text().orElseThrow())
                        : known.read(parameter.type(), value, definitions);
        if (values.put(name, read) != null) {
            throw new FhirException(
                    400, "value", "The parameter '%s' is given more than once.".formatted(name));
        }
    }
}
