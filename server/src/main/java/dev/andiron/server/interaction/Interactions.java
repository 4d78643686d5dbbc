package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.kernel.interceptor.Interceptors;
import dev.andiron.kernel.interceptor.OpenInterceptor;
import dev.andiron.server.interaction.search.SearchInteraction;
import dev.andiron.server.operation.Operation;
import dev.andiron.server.operation.OperationCall;
import dev.andiron.server.operation.OperationParameters;
import dev.andiron.server.operation.OperationTable;
import dev.andiron.spi.tenant.TenantContext;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * All interactions behind one door, which HTTP requests and the entries of bundles go through. Safe
 * for use by many threads; blocks as long as the storage does.
 */
public final class Interactions {
    private final FhirRules rules;
    private final OperationTable operations;
    private final RunningRequests requests;
    private final Interceptors interceptors;
    private final Map<Interaction, Function<FhirRequest, FhirResponse>> handlers =
            new EnumMap<>(Interaction.class);

    /**
     * All interactions.
     *
     * @param bundles answers batches and transactions
     * @param operations the operations that there are
     * @param statement makes a tenant's CapabilityStatement for a base URL
     * @param more further interactions
     * @param interceptors what runs before and after each
     */
    public Interactions(
            Services services,
            BundleInteraction bundles,
            OperationTable operations,
            BiFunction<TenantContext, String, JsonObject> statement,
            Map<Interaction, Function<FhirRequest, FhirResponse>> more,
            Interceptors interceptors) {
        this.interceptors = interceptors;
        rules = services.rules();
        this.operations = operations;
        requests = services.requests();
        handlers.putAll(more);
        var read = new ReadInteraction(services);
        handlers.put(Interaction.READ, read::current);
        handlers.put(Interaction.VERSION_READ, read::version);
        handlers.put(Interaction.CREATE, new CreateInteraction(services)::perform);
        var update = new UpdateInteraction(services);
        handlers.put(Interaction.UPDATE, update::update);
        handlers.put(Interaction.CONDITIONAL_UPDATE, update::conditional);
        var delete = new DeleteInteraction(services);
        handlers.put(Interaction.DELETE, delete::delete);
        handlers.put(Interaction.CONDITIONAL_DELETE, delete::conditional);
        var patch = new PatchInteraction(services);
        handlers.put(Interaction.PATCH, patch::patch);
        handlers.put(Interaction.CONDITIONAL_PATCH, patch::conditional);
        var history = new HistoryInteraction(services);
        handlers.put(Interaction.HISTORY_INSTANCE, history::ofInstance);
        handlers.put(Interaction.HISTORY_TYPE, history::ofType);
        handlers.put(Interaction.HISTORY_SYSTEM, history::ofSystem);
        var search = new SearchInteraction(services);
        handlers.put(Interaction.SEARCH_TYPE, search::ofType);
        handlers.put(Interaction.SEARCH_SYSTEM, search::ofSystem);
        handlers.put(Interaction.COMPARTMENT_SEARCH, search::ofCompartment);
        handlers.put(Interaction.WELCOME, WelcomeInteraction::answer);
        handlers.put(
                Interaction.CAPABILITIES,
                new CapabilitiesInteraction(services, statement)::perform);
        handlers.put(Interaction.OPERATION, this::operation);
        handlers.put(Interaction.BUNDLE, request -> bundles.perform(request, this));
    }

    /** Where a request leads. Never throws. */
    public Route route(FhirRequest request) {
        try {
            return Route.of(request, rules, operations);
        } catch (FhirException e) {
            return new Route.Refused(Failures.response(e));
        }
    }

    private FhirResponse operation(FhirRequest request) {
        List<String> path = request.path();
        Operation.Level level = Route.level(path).orElseThrow();
        Operation operation =
                operations.find(path.getLast(), level, Route.type(path)).orElseThrow();
        var parameters =
                OperationParameters.read(
                        operation.readsBody() ? request.with(new RequestBody.Absent()) : request,
                        operation.bodyParameter());
        return operation.handler().apply(new OperationCall(request, level, parameters));
    }

    /** Answers a request; whatever goes wrong is an answer too. Never throws. */
    public FhirResponse handle(FhirRequest request) {
        return switch (route(request)) {
            case Route.To(Interaction interaction) -> perform(interaction, request);
            case Route.Refused(FhirResponse response) -> response;
        };
    }

    /** Answers a request whose route is known. Never throws. */
    public FhirResponse perform(Interaction interaction, FhirRequest request) {
        var handler = handlers.get(interaction);
        if (handler == null) {
            return FhirResponse.outcome(
                    501,
                    List.of(
                            Issue.error(
                                    "not-supported",
                                    "The interaction " + interaction.word() + " is not here.")));
        }
        try (var _ = requests.begin()) {
            List<OpenInterceptor> asked = interceptors.of(request.tenant().tenant());
            return asked.isEmpty()
                    ? handler.apply(request)
                    : new Interception(interaction, asked).around(request, handler);
        } catch (RuntimeException e) {
            return Failures.response(e);
        }
    }

    /**
     * What an interaction that is not performed here, such as a transaction's entry, goes through.
     */
    public Interception intercepted(Interaction interaction, FhirRequest request) {
        return new Interception(interaction, interceptors.of(request.tenant().tenant()));
    }

    /** Answers a request about which the caller asks and tells the interceptors. Never throws. */
    public FhirResponse answer(Interaction interaction, FhirRequest request) {
        try {
            return handlers.get(interaction).apply(request);
        } catch (RuntimeException e) {
            return Failures.response(e);
        }
    }
}
