package dev.andiron.server.http;

import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.interaction.Failures;
import dev.andiron.server.interaction.FhirRequest;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interaction;
import dev.andiron.server.interaction.Interactions;
import dev.andiron.server.interaction.Method;
import dev.andiron.server.interaction.Parameters;
import dev.andiron.server.interaction.Route;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.tenant.TenantContext;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Answers everything under the FHIR base. Safe for use by many threads. */
final class FhirEndpoint {
    /** Operations that answer with tables, in formats of their own. */
    private static final Set<String> TABLES =
            Set.of("$viewdefinition-run", "$viewdefinition-export", "$run", "$sqlquery-run");

    private static final String FILES = "/$job-file/";

    /** Where the FHIR interactions are. */
    static final String BASE = "/fhir";

    private static final String NO_INTERACTION = "none";

    private final Interactions interactions;
    private final FhirVersion version;
    private final RequestReader reader;
    private final ResponseSender sender;
    private final Cors cors;
    private final Gate gate;
    private final Deadlines deadlines;
    private final RequestIds ids = new RequestIds();
    private final Optional<RequestLog> log;
    private final RequestObserver observer;

    FhirEndpoint(
            HttpSettings settings,
            Interactions interactions,
            XmlFormat xml,
            Gate gate,
            Deadlines deadlines,
            Optional<RequestLog> log,
            RequestObserver observer) {
        this.interactions = interactions;
        version = settings.version();
        reader = new RequestReader(settings, xml);
        sender = new ResponseSender(xml, settings.compress());
        cors = new Cors(settings.allowedOrigins());
        this.gate = gate;
        this.deadlines = deadlines;
        this.log = log;
        this.observer = observer;
    }

    /** What is known of a request so far, for its answer and its line in the log. */
    private static final class Progress {
        private String tenant = "-";
        private String interaction = NO_INTERACTION;
        private ResponseFormat format = ResponseFormat.JSON;
    }

    void handle(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long begun = System.nanoTime();
        String id = ids.of(request.getHeader("X-Request-Id"));
        response.setHeader("X-Request-Id", id);
        cors.apply(request, response);
        var progress = new Progress();
        long bytes = -1;
        gate.arrive();
        try {
            FhirResponse answer = answer(request, progress);
            if (answer.status() >= 400) {
                reader.discardRest(request);
            }
            bytes = send(request, response, answer, progress);
        } finally {
            gate.depart();
            long nanoseconds = System.nanoTime() - begun;
            int status = response.getStatus();
            observer.answered(progress.interaction, status, nanoseconds, bytes);
            if (log.isPresent()) {
                log.get()
                        .add(
                                id,
                                progress.tenant,
                                request.getMethod(),
                                progress.interaction,
                                request.getRequestURI(),
                                status,
                                nanoseconds,
                                bytes);
            }
        }
    }

    private FhirResponse answer(HttpServletRequest request, Progress progress) {
        if (!gate.enter()) {
            return busy();
        }
        try (var watched = deadlines.watch()) {
            FhirResponse answer;
            try {
                answer = interact(request, progress, watched::restart);
            } catch (RuntimeException e) {
                answer = Failures.response(e);
            }
            return watched.isExpired() && answer.status() >= 400
                    ? tooLate(request.getMethod())
                    : answer;
        } finally {
            gate.leave();
        }
    }

    private FhirResponse interact(HttpServletRequest request, Progress progress, Runnable arrival) {
        Parameters query = Parameters.parse(request.getQueryString());
        progress.format =
                TABLES.contains(lastSegment(request)) || isFile(request)
                        ? ResponseFormat.JSON
                        : format(request, query);
        TenantContext tenant = reader.tenant(request);
        progress.tenant = tenant.tenant().value();
        Method method = method(request.getMethod());
        if (method == null) {
            return unknownMethod(request.getMethod());
        }
        String path = request.getRequestURI().substring(BASE.length());
        FhirRequest read = reader.read(request, tenant, method, path, query, arrival);
        return switch (interactions.route(read)) {
            case Route.To(Interaction interaction) -> {
                progress.interaction = interaction.word();
                yield interactions.perform(interaction, read);
            }
            case Route.Refused(FhirResponse refusal) -> refusal;
        };
    }

    private static String lastSegment(HttpServletRequest request) {
        String path = request.getRequestURI();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static boolean isFile(HttpServletRequest request) {
        return request.getRequestURI().startsWith(BASE + FILES);
    }

    private ResponseFormat format(HttpServletRequest request, Parameters query) {
        String accept = RequestReader.list(request, "Accept");
        if (query.isEmpty()) {
            return ResponseFormat.of(Optional.empty(), accept, version);
        }
        ResponseFormat chosen = ResponseFormat.of(query.first("_format"), accept, version);
        return query.first("_pretty").map(chosen::pretty).orElse(chosen);
    }

    private static Method method(String name) {
        return switch (name) {
            case "GET" -> Method.GET;
            case "HEAD" -> Method.HEAD;
            case "POST" -> Method.POST;
            case "PUT" -> Method.PUT;
            case "PATCH" -> Method.PATCH;
            case "DELETE" -> Method.DELETE;
            default -> null;
        };
    }

    private static FhirResponse unknownMethod(String name) {
        String allowed = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        if (name.equals("OPTIONS")) {
            return FhirResponse.of(204).withHeader("Allow", allowed);
        }
        return FhirResponse.outcome(
                        405,
                        List.of(
                                Issue.error(
                                        "not-supported",
                                        "The method " + name + " is not possible here.")))
                .withHeader("Allow", allowed);
    }

    private FhirResponse busy() {
        return FhirResponse.outcome(
                        503,
                        List.of(
                                Issue.error(
                                        "transient",
                                        gate.isClosed()
                                                ? "The server is stopping."
                                                : "The server has more requests than it may run at"
                                                        + " once; try again.")))
                .withHeader("Retry-After", gate.isClosed() ? "10" : "1");
    }

    private static FhirResponse tooLate(String method) {
        boolean reads = method.equals("GET") || method.equals("HEAD");
        return FhirResponse.outcome(
                504,
                List.of(
                        Issue.error(
                                "timeout",
                                reads
                                        ? "The request took longer than it may."
                                        : "The request took longer than it may. What it wrote may"
                                                + " have been applied.")));
    }

    private long send(
            HttpServletRequest request,
            HttpServletResponse response,
            FhirResponse answer,
            Progress progress)
            throws IOException {
        try {
            return sender.send(request, response, answer, progress.format);
        } catch (FhirException e) {
            progress.format = ResponseFormat.JSON;
            return sender.send(request, response, Failures.response(e), ResponseFormat.JSON);
        }
    }
}
