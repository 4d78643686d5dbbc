package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.OperationTable;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where a request leads by its method and path alone. */
public sealed interface Route {

    /** An interaction. */
    record To(Interaction interaction) implements Route {}

    /** Nowhere, and this is the answer: 404, 405 with {@code Allow}, 400 or 501. */
    record Refused(FhirResponse response) implements Route {}

    /** Finds the way. */
    static Route of(FhirRequest request, FhirRules rules, OperationTable operations) {
        List<String> path = request.path();
        Method method = request.method() == Method.HEAD ? Method.GET : request.method();
        if (path.isEmpty()) {
            return base(request, method);
        }
        String first = path.getFirst();
        if (path.size() == 1 && first.equals("$job-status")) {
            return only(method, Method.GET, Interaction.JOB_LIST, "GET, HEAD");
        }
        if (path.size() == 2 && first.equals("$job-status")) {
            return job(method);
        }
        if (path.size() == 3 && first.equals("$job-status") && path.get(2).equals("result")) {
            return only(method, Method.GET, Interaction.JOB_RESULT, "GET, HEAD");
        }
        if (path.size() == 3 && first.equals("$job-file")) {
            return only(method, Method.GET, Interaction.JOB_FILE, "GET, HEAD");
        }
        if (path.getLast().startsWith("$")) {
            return operation(request, rules, operations);
        }
        if (path.size() == 1 && !rules.isResourceType(first)) {
            switch (first) {
                case "metadata" -> {
                    return only(method, Method.GET, Interaction.CAPABILITIES, "GET, HEAD");
                }
                case "_history" -> {
                    return only(method, Method.GET, Interaction.HISTORY_SYSTEM, "GET, HEAD");
                }
                case "_search" -> {
                    return only(method, Method.POST, Interaction.SEARCH_SYSTEM, "POST");
                }
                default -> {
                    // an unknown type, below
                }
            }
        }
        if (!rules.isResourceType(first)) {
            return unknownType(first, rules);
        }
        return switch (path.size()) {
            case 1 -> type(method);
            case 2 -> instance(method, path.get(1));
            case 3 -> belowInstance(method, path);
            case 4 -> version(method, path);
            default -> unknownPath(path);
        };
    }

    private static Route unknownType(String name, FhirRules rules) {
        return refused(
                404,
                "not-found",
                name.equals("Parameters")
                        ? "Parameters resources carry the input and output of operations; they are"
                                + " not stored."
                        : "'%s' is not a resource type of FHIR %s."
                                .formatted(name, rules.version()));
    }

    private static Route operation(
            FhirRequest request, FhirRules rules, OperationTable operations) {
        List<String> path = request.path();
        String name = path.getLast();
        List<Operation> named = operations.named(name);
        if (named.isEmpty()) {
            return refused(
                    501,
                    "not-supported",
                    "The operation %s is not one that this server has; it has %s."
                            .formatted(name, operations.names()));
        }
        if (path.size() > 1 && !rules.isResourceType(path.getFirst())) {
            return unknownType(path.getFirst(), rules);
        }
        Optional<Operation.Level> level = level(path);
        if (level.isEmpty()) {
            return unknownPath(path);
        }
        Optional<String> type = type(path);
        Optional<Operation> operation = operations.find(name, level.get(), type);
        if (operation.isEmpty()) {
            return refused(
                    404,
                    "not-supported",
                    "%s is not here; it is on %s."
                            .formatted(
                                    name,
                                    named.stream()
                                            .map(Operation::whereabouts)
                                            .collect(Collectors.joining(", and on "))));
        }
        if (path.size() > 2) {
            ResourceIds.require(path.get(1));
        }
        return operation.get().methods().contains(request.method())
                ? new To(Interaction.OPERATION)
                : notAllowed(
                        request.method(),
                        operation.get().methods().stream()
                                .map(Method::name)
                                .collect(Collectors.joining(", ")));
    }

    /** The type that the operation at the end of a path is called on; empty for the system. */
    static Optional<String> type(List<String> path) {
        return path.size() > 1 ? Optional.of(path.getFirst()) : Optional.empty();
    }

    /** Where the operation at the end of a path is called; empty if it is nowhere. */
    static Optional<Operation.Level> level(List<String> path) {
        return switch (path.size()) {
            case 1 -> Optional.of(Operation.Level.SYSTEM);
            case 2 -> Optional.of(Operation.Level.TYPE);
            case 3 -> Optional.of(Operation.Level.INSTANCE);
            case 5 ->
                    path.get(2).equals("_history")
                            ? Optional.of(Operation.Level.VERSION)
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Route base(FhirRequest request, Method method) {
        return switch (method) {
            case POST -> new To(Interaction.BUNDLE);
            case GET ->
                    new To(
                            searches(request.parameters())
                                    ? Interaction.SEARCH_SYSTEM
                                    : Interaction.WELCOME);
            case HEAD, PUT, PATCH, DELETE -> notAllowed(method, "GET, HEAD, POST");
        };
    }

    private static Route job(Method method) {
        return method == Method.DELETE
                ? new To(Interaction.JOB_CANCEL)
                : only(method, Method.GET, Interaction.JOB_STATUS, "GET, HEAD, DELETE");
    }

    private static boolean searches(Parameters parameters) {
        return parameters.entries().stream()
                .anyMatch(e -> !e.name().equals("_format") && !e.name().equals("_pretty"));
    }

    private static Route type(Method method) {
        return switch (method) {
            case GET, HEAD -> new To(Interaction.SEARCH_TYPE);
            case POST -> new To(Interaction.CREATE);
            case PUT -> new To(Interaction.CONDITIONAL_UPDATE);
            case PATCH -> new To(Interaction.CONDITIONAL_PATCH);
            case DELETE -> new To(Interaction.CONDITIONAL_DELETE);
        };
    }

    private static Route instance(Method method, String id) {
        switch (id) {
            case "_search" -> {
                return only(method, Method.POST, Interaction.SEARCH_TYPE, "POST");
            }
            case "_history" -> {
                return only(method, Method.GET, Interaction.HISTORY_TYPE, "GET, HEAD");
            }
            default -> ResourceIds.require(id);
        }
        return switch (method) {
            case GET, HEAD -> new To(Interaction.READ);
            case PUT -> new To(Interaction.UPDATE);
            case PATCH -> new To(Interaction.PATCH);
            case DELETE -> new To(Interaction.DELETE);
            case POST -> notAllowed(method, "GET, HEAD, PUT, PATCH, DELETE");
        };
    }

    /** The history of an instance, or a search of its compartment. */
    private static Route belowInstance(Method method, List<String> path) {
        ResourceIds.require(path.get(1));
        return switch (path.get(2)) {
            case "_history" -> only(method, Method.GET, Interaction.HISTORY_INSTANCE, "GET, HEAD");
            case "_search" -> only(method, Method.POST, Interaction.COMPARTMENT_SEARCH, "POST");
            default -> only(method, Method.GET, Interaction.COMPARTMENT_SEARCH, "GET, HEAD");
        };
    }

    private static Route version(Method method, List<String> path) {
        ResourceIds.require(path.get(1));
        if (path.get(3).equals("_search")) {
            return only(method, Method.POST, Interaction.COMPARTMENT_SEARCH, "POST");
        }
        return path.get(2).equals("_history")
                ? only(method, Method.GET, Interaction.VERSION_READ, "GET, HEAD")
                : unknownPath(path);
    }

    private static Route only(
            Method method, Method allowed, Interaction interaction, String allow) {
        return method == allowed ? new To(interaction) : notAllowed(method, allow);
    }

    private static Route notAllowed(Method method, String allow) {
        return new Refused(
                FhirResponse.outcome(
                                405,
                                List.of(
                                        Issue.error(
                                                "not-supported",
                                                "%s is not possible here; %s is."
                                                        .formatted(method, allow))))
                        .withHeader("Allow", allow));
    }

    private static Route unknownPath(List<String> path) {
        return refused(
                404, "not-found", "There is nothing at '%s'.".formatted(String.join("/", path)));
    }

    private static Route refused(int status, String code, String diagnostics) {
        return new Refused(FhirResponse.outcome(status, List.of(Issue.error(code, diagnostics))));
    }
}
