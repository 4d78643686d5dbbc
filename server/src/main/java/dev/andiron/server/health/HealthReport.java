package dev.andiron.server.health;

import dev.andiron.fhir.json.JsonNumber;
import dev.andiron.fhir.json.JsonObject;
import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.kernel.composite.FollowerState;
import dev.andiron.spi.Health;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code /health/ready} says.
 *
 * @param isReady whether requests can be served
 * @param status one word: up, degraded, down or stopping
 * @param backends the configured backends and their states, by name
 * @param followers how the followers of composites are doing, by the composite's name
 * @param plugins what could not be loaded, a sentence each
 */
public record HealthReport(
        boolean isReady,
        String status,
        Map<String, Health> backends,
        Map<String, List<FollowerState>> followers,
        List<String> plugins) {

    /** What a server says that takes no new requests. */
    public static HealthReport stopping() {
        return new HealthReport(false, "stopping", Map.of(), Map.of(), List.of());
    }

    /**
     * The state of a server from those of its parts.
     *
     * @param serving the name of the backend that serves requests: while it is down, so is the
     *     server
     */
    public static HealthReport of(
            Map<String, Health> backends,
            Map<String, List<FollowerState>> followers,
            List<String> plugins,
            String serving) {
        boolean isDown = backends.get(serving) instanceof Health.Down;
        boolean allUp = backends.values().stream().allMatch(Health.Up.class::isInstance);
        String status = isDown ? "down" : allUp && plugins.isEmpty() ? "up" : "degraded";
        return new HealthReport(!isDown, status, backends, followers, plugins);
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
        var following = new ArrayList<JsonObject>();
        followers.forEach(
                (name, each) -> each.forEach(state -> following.add(follower(name, state))));
        if (!following.isEmpty()) {
            report.putArray("followers", following);
        }
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

    private static JsonObject follower(String composite, FollowerState state) {
        var told =
                JsonObject.builder()
                        .put("name", state.backend())
                        .put("of", composite)
                        .put("status", state.isHealthy() ? "healthy" : "unhealthy")
                        .put("lagPositions", JsonNumber.of(state.positions()))
                        .put("lagSeconds", JsonNumber.of(state.lag().toSeconds()))
                        .put("failuresInARow", JsonNumber.of(state.failures()))
                        .put("retries", JsonNumber.of(state.failed()));
        if (!state.lastError().isEmpty()) {
            told.put("lastError", state.lastError());
        }
        if (!state.refused().isEmpty()) {
            told.putArray("refused", refused(state));
        }
        return told.build();
    }

    private static List<JsonObject> refused(FollowerState state) {
        return new TreeMap<>(state.refused())
                .entrySet().stream()
                        .map(
                                each ->
                                        JsonObject.builder()
                                                .put("resource", each.getKey().toString())
                                                .put("reason", each.getValue())
                                                .build())
                        .toList();
    }
}
