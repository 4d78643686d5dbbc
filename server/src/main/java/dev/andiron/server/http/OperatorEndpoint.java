package dev.andiron.server.http;

import dev.andiron.server.health.HealthReport;

import jakarta.servlet.http.HttpServletResponse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Health, metrics and the welcome at the root: what is not FHIR. */
final class OperatorEndpoint {
    private final Supplier<HealthReport> health;
    private final Supplier<String> metrics;
    private final Gate gate;

    OperatorEndpoint(Supplier<HealthReport> health, Supplier<String> metrics, Gate gate) {
        this.health = health;
        this.metrics = metrics;
        this.gate = gate;
    }

    /** Answers a path; false if there is nothing at it. */
    boolean handle(String path, HttpServletResponse response) throws IOException {
        switch (path) {
            case "/" -> send(response, 200, "application/json", welcome());
            case "/health/live" -> send(response, 200, "application/json", "{\"status\":\"up\"}");
            case "/health/ready" -> ready(response);
            case "/metrics" ->
                    send(response, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void ready(HttpServletResponse response) throws IOException {
        HealthReport report = gate.isClosed() ? HealthReport.stopping() : health.get();
        send(response, report.isReady() ? 200 : 503, "application/json", report.json());
    }

    private static String welcome() {
        return """
        {
          "server": "Andiron",
          "fhir": "/fhir",
          "capabilities": "/fhir/metadata",
          "try": ["/fhir/Patient", "/fhir/Observation?_count=5", "/fhir/_history"],
          "health": ["/health/live", "/health/ready"],
          "metrics": "/metrics"
        }
        """;
    }

    private static void send(HttpServletResponse response, int status, String type, String text)
            throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
