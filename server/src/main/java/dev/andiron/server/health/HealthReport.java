package dev.andiron.server.health;

import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.spi.Health;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code /health/ready} says.
 *
 * @param isReady whether requests can be served
 * @param status one word: up, degraded, down or stopping
 * @param backends the configured backends and their states, by name
 * @param plugins what could not be loaded, a sentence each
 */
public record HealthReport(
        boolean isReady, String status, Map<String, Health> backends, List<String> plugins) {

    /** What a server says that takes no new requests. */
    public static HealthReport stopping() {
        return new HealthReport(false, "stopping", Map.of(), List.of());
    }

    /**
     * The state of a server from those of its parts.
     *
     * @param serving the name of the backend that serves requests: while it is down, so is the
     *     server
     */
    public static HealthReport of(
            Map<String, Health> backends, List<String> plugins, String serving) {
        boolean isDown = backends.get(serving) instanceof Health.Down;
        boolean allUp = backends.values().stream().allMatch(Health.Up.class::isInstance);
        String status = isDown ? "down" : allUp && plugins.isEmpty() ? "up" : "degraded";
        return new HealthReport(!isDown, status, backends, plugins);
    }

    /** The report as JSON text. */
    public String json() {
        var states = new ArrayList<JsonObject>();
        backends.forEach((name, health) -> states.add(state(name, health)));
        var failed =
                plugins.stream()
                        .map(sentence -> JsonObject.builder().put("failed", sentence).build())
                        .toList();
        var report = JsonObject.builder().put("status", status);
        report.putArray("backends", states);
        report.putArray("plugins", failed);
        return new String(JsonWriter.pretty(report.build()), StandardCharsets.UTF_8);
    }

    private static JsonObject state(String name, Health health) {
        var state = JsonObject.builder().put("name", name);
        switch (health) {
            case Health.Up() -> state.put("status", "up");
            case Health.Degraded(String reason) ->
                    state.put("status", "degraded").put("reason", reason);
            case Health.Down(String reason) -> state.put("status", "down").put("reason", reason);
        }
        return state.build();
    }
}
