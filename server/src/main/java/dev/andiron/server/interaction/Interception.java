package dev.andiron.server.interaction;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonReader;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.kernel.interceptor.OpenInterceptor;
import dev.andiron.spi.interceptor.Decision;
import dev.andiron.spi.interceptor.InteractionRequest;
import dev.andiron.spi.interceptor.InteractionResult;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantContext;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One interaction between the interceptors that run for its tenant. Used by one thread, once. */
public final class Interception {
    private static final Logger LOG = LoggerFactory.getLogger(Interception.class);

    private final Interaction interaction;
    private final List<OpenInterceptor> interceptors;

    /** Those who were asked before, and have to be told after. */
    private final List<OpenInterceptor> asked = new ArrayList<>();

    Interception(Interaction interaction, List<OpenInterceptor> interceptors) {
        this.interaction = interaction;
        this.interceptors = interceptors;
    }

    /** Answers a request between the interceptors; whatever goes wrong is told to them too. */
    FhirResponse around(FhirRequest request, Function<FhirRequest, FhirResponse> answer) {
        FhirRequest last = request;
        FhirResponse response;
        try {
            last = before(request);
            response = answer.apply(last);
        } catch (RuntimeException failure) {
            response = Failures.response(failure);
        }
        after(last, response);
        return response;
    }

    /**
     * Asks all of them.
     *
     * @return the request, perhaps with another body
     * @throws FhirException if one rejects it
     */
    public FhirRequest before(FhirRequest request) {
        FhirRequest current = request;
        for (OpenInterceptor each : interceptors) {
            asked.add(each);
            current =
                    switch (each.interceptor().before(view(current))) {
                        case Decision.Proceed _ -> current;
                        case Decision.ProceedAs(String principal) -> current.by(principal);
                        case Decision.Enrich(Json body) -> current.with(body(current.body(), body));
                        case Decision.Reject(int status, String code, String message) ->
                                throw new FhirException(status, code, message);
                        case null ->
                                throw new IllegalStateException(
                                        "the interceptor '" + each.name() + "' decided nothing");
                    };
        }
        return current;
    }

    /** Tells those that were asked what came of it, the last first. */
    public void after(FhirRequest request, FhirResponse response) {
        var result = new InteractionResult(response.status(), response.version());
        for (OpenInterceptor each : asked.reversed()) {
            try {
                each.interceptor().after(view(request), result);
            } catch (RuntimeException failure) {
                LOG.error("The interceptor '{}' failed after an interaction", each.name(), failure);
            }
        }
    }

    /** Of the kind that it was, for a transaction works on trees. */
    private static RequestBody body(RequestBody before, Json now) {
        return switch (before) {
            case RequestBody.Resource _ -> {
                if (JsonReader.read(now.bytes()) instanceof JsonObject resource) {
                    yield new RequestBody.Resource(resource);
                }
                throw new IllegalStateException("an interceptor gave a body that is no resource");
            }
            case RequestBody.Text(_, String mediaType) -> new RequestBody.Text(now, mediaType);
            case RequestBody.Absent _ -> new RequestBody.Text(now, "application/fhir+json");
            case RequestBody.Upload _ ->
                    throw new IllegalStateException("an upload cannot be given another body");
        };
    }

    private InteractionRequest view(FhirRequest request) {
        return new View(interaction, request);
    }

    private record View(Interaction kind, FhirRequest request) implements InteractionRequest {
        @Override
        public TenantContext tenant() {
            return request.tenant();
        }

        @Override
        public String interaction() {
            return kind.word();
        }

        @Override
        public String method() {
            return request.method().name();
        }

        @Override
        public List<String> path() {
            return request.path();
        }

        @Override
        public Optional<String> parameter(String name) {
            return request.parameters().first(name);
        }

        @Override
        public Optional<String> header(String name) {
            return request.fields().first(name);
        }

        @Override
        public Optional<String> principal() {
            return request.principal();
        }

        @Override
        public Json body() {
            return switch (request.body()) {
                case RequestBody.Absent _, RequestBody.Upload _ -> Json.empty();
                case RequestBody.Text(Json json, _) -> json;
                case RequestBody.Resource(JsonObject resource) ->
                        Json.of(JsonWriter.compact(resource));
            };
        }
    }
}
