package dev.andiron.server.http;

import dev.andiron.fhir.format.XmlFormat;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.server.health.HealthReport;
import dev.andiron.server.interaction.FhirResponse;
import dev.andiron.server.interaction.Interactions;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.servlet.DefaultTasks;
import io.javalin.router.EndpointNotFound;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Javalin on virtual threads, one thread a request. Started once, stopped once. */
public final class HttpServer implements AutoCloseable {
    /**
     * Connections that may wait to be accepted. The default of 50 is too small for clients that all
     * begin at once: some then wait for seconds, or are cut off.
     */
    private static final int ACCEPT_QUEUE = 1_024;

    private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());

    /** Under which a request carries its connection. */
    private static final String CONNECTION = Connection.class.getName();

    private static final List<HandlerType> METHODS =
            List.of(
                    HandlerType.GET,
                    HandlerType.HEAD,
                    HandlerType.POST,
                    HandlerType.PUT,
                    HandlerType.PATCH,
                    HandlerType.DELETE,
                    HandlerType.OPTIONS,
                    HandlerType.TRACE);

    private final HttpSettings settings;
    private final Gate gate;
    private final Deadlines deadlines;
    private final Optional<RequestLog> log;
    private final Javalin javalin;
    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile Endpoints endpoints;

    /** Who answers. */
    private record Endpoints(FhirEndpoint fhir, OperatorEndpoint operator, ResponseSender errors) {}

    /** Prepares a server without listening yet, so that this can be done beside other things. */
    public HttpServer(HttpSettings settings) {
        this.settings = settings;
        gate = new Gate(settings.maxRequests(), settings.queueTime());
        deadlines = new Deadlines(settings.requestTime());
        log = settings.requestLog() ? Optional.of(new RequestLog(System.out)) : Optional.empty();
        javalin = Javalin.create(this::configure);
        // Otherwise made when it begins to listen, for which the whole start waits.
        javalin.jettyServer().server();
    }

    /**
     * Begins to listen.
     *
     * @throws IOException if the port cannot be had
     */
    public void start(
            Interactions interactions,
            XmlFormat xml,
            Supplier<HealthReport> health,
            Supplier<String> metrics,
            RequestObserver observer)
            throws IOException {
        endpoints =
                new Endpoints(
                        new FhirEndpoint(
                                settings, interactions, xml, gate, deadlines, log, observer),
                        new OperatorEndpoint(health, metrics, gate),
                        new ResponseSender(xml, false));
        try {
            javalin.start();
        } catch (RuntimeException e) {
            throw new IOException(
                    "cannot listen on %s:%d (%s)"
                            .formatted(settings.host(), settings.port(), rootMessage(e)),
                    e);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    /** The port that it listens on. */
    public int port() {
        return javalin.port();
    }

    /**
     * Waits for the first answer.
     *
     * @param most how long, if there is none
     */
    public void awaitAnswer(Duration most) {
        try {
            answered.await(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many FHIR requests run now. */
    public int running() {
        return gate.running();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.concurrency.useVirtualThreads = true;
        config.jetty.modifyHttpConfiguration(this::configure);
        config.jetty.addConnector(this::connector);
        config.jetty.modifyServer(this::configure);
        // One handler answers everything, so nothing comes before or after it.
        config.unsafe.servletRequestLifecycle = List.of(DefaultTasks.INSTANCE.getHTTP());
        for (HandlerType method : METHODS) {
            config.routes.addHttpHandler(method, "/*", this::handle);
        }
        // Methods that Javalin has no name for.
        config.routes.exception(EndpointNotFound.class, (e, context) -> handleUnrouted(context));
    }

    private ServerConnector connector(Server server, HttpConfiguration http) {
        var connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        return connector;
    }

    private void configure(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(settings.maxHeader());
        http.addCustomizer(
                (request, _) -> {
                    request.setAttribute(
                            CONNECTION, request.getConnectionMetaData().getConnection());
                    return request;
                });
    }

    private void configure(Server server) {
        server.setErrorHandler(new ErrorPages());
        server.setStopTimeout(0);
    }

    private void handle(Context context) throws IOException {
        HttpServletRequest request = context.req();
        HttpServletResponse response = context.res();
        try {
            handle(request, response);
        } catch (IOException | RuntimeException e) {
            if (!response.isCommitted()) {
                throw e;
            }
            LOG.log(Level.INFO, "an answer broke off: {0}", e.getMessage());
            // An answer that ended as usual would look whole to the client.
            ((Connection) request.getAttribute(CONNECTION)).getEndPoint().close();
        } finally {
            answered.countDown();
        }
    }

    private void handle(HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String path = request.getRequestURI();
        Endpoints to = endpoints;
        if (isFhir(path)) {
            to.fhir().handle(request, response);
        } else if (!to.operator().handle(path, response)) {
            to.errors()
                    .send(
                            request,
                            response,
                            FhirResponse.outcome(
                                    404,
                                    List.of(
                                            Issue.error(
                                                    "not-found",
                                                    "There is nothing here; FHIR is under"
                                                            + " /fhir."))),
                            ResponseFormat.JSON);
        }
    }

    private void handleUnrouted(Context context) {
        try {
            handle(context);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isFhir(String path) {
        int length = FhirEndpoint.BASE.length();
        return path.startsWith(FhirEndpoint.BASE)
                && (path.length() == length || path.charAt(length) == '/');
    }

    /** Takes no more requests, lets those that run finish for a while, and stops listening. */
    @Override
    public void close() {
        answered.countDown();
        gate.close(settings.shutdownTime());
        if (endpoints != null) {
            javalin.stop();
        }
        deadlines.close();
        log.ifPresent(RequestLog::close);
    }
}
