package dev.andiron.server;

import dev.andiron.spi.Option;
import dev.andiron.spi.interceptor.Decision;
import dev.andiron.spi.interceptor.InteractionRequest;
import dev.andiron.spi.interceptor.InteractionResult;
import dev.andiron.spi.interceptor.Interceptor;
import dev.andiron.spi.interceptor.InterceptorContext;
import dev.andiron.spi.interceptor.InterceptorProvider;
import dev.andiron.spi.resource.Json;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Interceptors that write down what they see, and do to a request what its header field says. */
public final class NotingProvider implements InterceptorProvider {
    /** What the interceptors of all tests saw, in its order. */
    static final Queue<String> NOTES = new ConcurrentLinkedQueue<>();

    private static final Option<String> DOES =
            Option.string("does", "note", "What it does: note, or what the field X-Do says.");

    /** Called by the service loader. */
    public NotingProvider() {}

    @Override
    public String name() {
        return "noting";
    }

    @Override
    public String description() {
        return "Writes down what it sees.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(DOES);
    }

    @Override
    public Interceptor open(InterceptorContext context) {
        String name = context.interceptorName();
        String does = context.options().get(DOES);
        if (does.equals("refuse")) {
            throw new IllegalArgumentException("it refuses to be opened");
        }
        return new Interceptor() {
            @Override
            public Decision before(InteractionRequest request) {
                NOTES.add(name + " before " + what(request));
                return does.equals("note") ? Decision.proceed() : decision(request);
            }

            @Override
            public void after(InteractionRequest request, InteractionResult result) {
                NOTES.add(
                        name
                                + " after "
                                + what(request)
                                + " "
                                + result.status()
                                + result.version().map(head -> " v" + head.version()).orElse(""));
                if (request.header("x-do").orElse("").equals("fail after")) {
                    throw new IllegalStateException("after");
                }
            }
        };
    }

    private static String what(InteractionRequest request) {
        return request.interaction() + " " + String.join("/", request.path());
    }

    private static Decision decision(InteractionRequest request) {
        return switch (request.header("x-do").orElse("")) {
            case "reject" ->
                    request.interaction().equals("bundle")
                            ? Decision.proceed()
                            : Decision.reject(403, "forbidden", "not today");
            case "enrich" ->
                    request.body().isEmpty() || request.interaction().equals("bundle")
                            ? Decision.proceed()
                            : Decision.enrich(
                                    Json.of(
                                            request.body()
                                                    .toString()
                                                    .replace("\"male\"", "\"female\"")));
            case "fail" -> throw new IllegalStateException("before");
            case "nothing" -> null;
            default -> request.header("x-user").map(Decision::proceedAs).orElse(Decision.proceed());
        };
    }
}
