package dev.andiron.server.operation;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonString;
import dev.andiron.fhir.json.JsonValue;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.path.DateInterval;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.RequestBody;
import dev.andiron.server.interaction.ResourceWriter;
import dev.andiron.server.interaction.ResultParameters;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The input of an operation, whether it came in the URL, as a {@code Parameters} resource, or as
 * both. Immutable.
 */
public final class OperationParameters {
    private static final int DEEPEST = 16;

    private final List<OperationParameter> all;

    private OperationParameters(List<OperationParameter> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Reads the input of a request.
     *
     * @param bodyParameter the parameter that a body is which is no {@code Parameters}
     * @throws FhirException 400 if the body is not what the operation takes
     */
    public static OperationParameters read(FhirRequest request, Optional<String> bodyParameter) {
        var all = new ArrayList<OperationParameter>();
        for (Parameters.Entry entry : request.parameters().entries()) {
            all.add(
                    new OperationParameter(
                            entry.name(),
                            "",
                            Optional.of(JsonString.of(entry.value())),
                            Optional.empty(),
                            List.of()));
        }
        if (!(request.body() instanceof RequestBody.Absent)) {
            body(ResourceWriter.resource(request), bodyParameter, all);
        }
        return new OperationParameters(all);
    }

    private static void body(
            JsonObject body, Optional<String> bodyParameter, List<OperationParameter> all) {
        String type = body.string("resourceType").orElse("");
        if (type.equals("Parameters")) {
            all.addAll(parameters(body, "parameter", "Parameters", 1));
            return;
        }
        String name =
                bodyParameter
                        .filter(_ -> !type.isEmpty())
                        .orElseThrow(
                                () ->
                                        new FhirException(
                                                400,
                                                "invalid",
                                                type.isEmpty()
                                                        ? "The body has no resourceType; Parameters"
                                                                + " is expected."
                                                        : "The body is a %s; Parameters is expected."
                                                                .formatted(type)));
        all.add(new OperationParameter(name, "", Optional.empty(), Optional.of(body), List.of()));
    }

    /**
     * The parameters of a {@code Parameters} resource.
     *
     * @throws FhirException 400 if it is not as such a resource has to be
     */
    public static List<OperationParameter> of(JsonObject resource) {
        return List.copyOf(parameters(resource, "parameter", "Parameters", 1));
    }

    private static List<OperationParameter> parameters(
            JsonObject holder, String member, String place, int depth) {
        if (depth > DEEPEST) {
            throw new FhirException(
                    400, "too-long", "%s has parts within parts too deeply.".formatted(place));
        }
        if (holder.has(member) && holder.array(member).isEmpty()) {
            throw new FhirException(400, "structure", "%s.%s is a list.".formatted(place, member));
        }
        var read = new ArrayList<OperationParameter>();
        int index = 0;
        for (JsonObject parameter : holder.objects(member)) {
            String here = "%s.%s[%d]".formatted(place, member, index++);
            read.add(parameter(parameter, here, depth));
        }
        return read;
    }

    private static OperationParameter parameter(JsonObject parameter, String place, int depth) {
        String name =
                parameter
                        .string("name")
                        .orElseThrow(
                                () -> new FhirException(400, "required", place + " has no name."));
        String type = "";
        Optional<JsonValue> value = Optional.empty();
        for (String member : parameter.names()) {
            if (member.startsWith("value") && member.length() > 5) {
                if (value.isPresent()) {
                    throw new FhirException(
                            400, "structure", place + " has more than one value[x].");
                }
                type = member.substring(5);
                value = Optional.of(parameter.get(member));
            }
        }
        return new OperationParameter(
                name,
                type,
                value,
                parameter.object("resource"),
                parameters(parameter, "part", place, depth + 1));
    }

    /** All of them, in their order. */
    public List<OperationParameter> all() {
        return all;
    }

    /** Those of a name. */
    public List<OperationParameter> all(String name) {
        return all.stream().filter(each -> each.name().equals(name)).toList();
    }

    /**
     * The one of a name.
     *
     * @throws FhirException 400 if there are several
     */
    public Optional<OperationParameter> one(String name) {
        List<OperationParameter> named = all(name);
        if (named.size() > 1) {
            throw new FhirException(
                    400, "value", "The parameter '%s' is given more than once.".formatted(name));
        }
        return named.stream().findFirst();
    }

    /**
     * The value of the one parameter of a name, as text.
     *
     * @throws FhirException 400 if there are several, or the value is none of a simple type
     */
    public Optional<String> text(String name) {
        return one(name).map(OperationParameters::simple);
    }

    /**
     * The values of all parameters of a name, as text.
     *
     * @throws FhirException 400 if a value is none of a simple type
     */
    public List<String> texts(String name) {
        return all(name).stream().map(OperationParameters::simple).toList();
    }

    private static String simple(OperationParameter parameter) {
        return parameter
                .text()
                .orElseThrow(
                        () ->
                                new FhirException(
                                        400,
                                        "value",
                                        "The parameter '%s' takes a value of a simple type."
                                                .formatted(parameter.name())));
    }

    /**
     * A value that is {@code true} or {@code false}.
     *
     * @throws FhirException 400 for others
     */
    public Optional<Boolean> flag(String name) {
        return text(name)
                .map(
                        text ->
                                switch (text) {
                                    case "true" -> true;
                                    case "false" -> false;
                                    default -> throw refused(name, "true or false", text);
                                });
    }

    /**
     * A whole number.
     *
     * @param low the smallest that is taken
     * @param high the largest that is taken
     * @throws FhirException 400 for others
     */
    public Optional<Integer> number(String name, int low, int high) {
        return text(name)
                .map(
                        text -> {
                            if (text.matches("[0-9]{1,9}")) {
                                int number = Integer.parseInt(text);
                                if (number >= low && number <= high) {
                                    return number;
                                }
                            }
                            throw refused(
                                    name,
                                    "a whole number from %d to %d".formatted(low, high),
                                    text);
                        });
    }

    /**
     * A date or time, as the period that its digits mean.
     *
     * @throws FhirException 400 for what is none
     */
    public Optional<DateInterval> period(String name) {
        return text(name)
                .map(
                        text ->
                                // A plus sign that was not escaped arrives as a space.
                                DateInterval.parse(text.strip().replace(' ', '+'))
                                        .orElseThrow(
                                                () ->
                                                        refused(
                                                                name,
                                                                "a date or time such as"
                                                                        + " 2026-11-21T02:05:34Z",
                                                                text)));
    }

    /** The resource that the one parameter of a name is. */
    public Optional<JsonObject> resource(String name) {
        return one(name).flatMap(OperationParameter::resource);
    }

    private static FhirException refused(String name, String expected, String text) {
        return new FhirException(
                400, "value", "%s takes %s, not '%s'.".formatted(name, expected, text));
    }

    /**
     * Refuses parameters of other names than these and the common ones, such as {@code _format}.
     *
     * @throws FhirException 400 naming the parameter
     */
    public void refuseOthers(Set<String> known) {
        for (OperationParameter parameter : all) {
            if (!known.contains(parameter.name())
                    && !ResultParameters.FORM.contains(parameter.name())) {
                throw new FhirException(
                        400,
                        "not-supported",
                        known.isEmpty()
                                ? "The parameter '%s' is not known here; there are none."
                                        .formatted(parameter.name())
                                : "The parameter '%s' is not known here; known are %s."
                                        .formatted(
                                                parameter.name(),
                                                String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    /**
     * The parameters as a query, for an operation that takes search parameters.
     *
     * @throws FhirException 400 if one has no value of a simple type
     */
    public Parameters asQuery() {
        return new Parameters(
                all.stream().map(each -> new Parameters.Entry(each.name(), simple(each))).toList());
    }
}
