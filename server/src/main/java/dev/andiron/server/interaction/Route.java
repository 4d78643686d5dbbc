package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.Issue;

import java.util.List;

/** Where a request leads by its method and path alone. */
public sealed interface Route {

    /** An interaction. */
    record To(Interaction interaction) implements Route {}

    /** Nowhere, and this is the answer: 404, 405 with {@code Allow}, 400 or 501. */
    record Refused(FhirResponse response) implements Route {}

    /** Finds the way. */
    static Route of(FhirRequest request, FhirRules rules) {
        List<String> path = request.path();
        Method method = request.method() == Method.HEAD ? Method.GET : request.method();
        if (path.isEmpty()) {
            return base(request, method);
        }
        String first = path.getFirst();
        for (String segment : path) {
            if (segment.startsWith("$")) {
                return refused(
                        501,
                        "not-supported",
                        "The operation " + segment + " is not one that this server has.");
            }
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
            return refused(
                    404,
                    "not-found",
                    "'%s' is not a resource type of FHIR %s.".formatted(first, rules.version()));
        }
        return switch (path.size()) {
            case 1 -> type(method);
            case 2 -> instance(method, path.get(1));
            case 3 -> instanceHistory(method, path);
            case 4 -> version(method, path);
            default -> unknownPath(path);
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

    private static Route instanceHistory(Method method, List<String> path) {
        ResourceIds.require(path.get(1));
        return path.get(2).equals("_history")
                ? only(method, Method.GET, Interaction.HISTORY_INSTANCE, "GET, HEAD")
                : unknownPath(path);
    }

    private static Route version(Method method, List<String> path) {
        ResourceIds.require(path.get(1));
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
