package dev.andiron.kernel.composite;

import dev.andiron.spi.resource.ResourceKey;

import java.time.Duration;
import java.util.Map;

/**
 * How a follower is doing, for operators.
 *
 * @param backend its configured name
 * @param positions how many positions of all tenants' feeds are known and not applied yet
 * @param lag how old the oldest change is that is not applied yet; zero when everything is
 * @param applied how many changes were applied since the start
 * @param failures how many attempts have failed in a row; 0 when the last one succeeded
 * @param failed how many attempts have failed since the start
 * @param lastError the reason of the last failure; empty when the last attempt succeeded
 * @param refused resources that the follower does not take, and why; the oldest hundred
 * @param isHealthy whether it is as close behind as the configuration tolerates
 */
public record FollowerState(
        String backend,
        long positions,
        Duration lag,
        long applied,
        int failures,
        long failed,
        String lastError,
        Map<ResourceKey, String> refused,
        boolean isHealthy) {

    public FollowerState {
        refused = Map.copyOf(refused);
    }
}
