package dev.andiron.spi.metric;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a meter is called.
 *
 * @param name words of lower case letters and digits with dots between them, the plugin's own name
 *     first, such as {@code s3.requests}; up to 100 characters
 * @param description one sentence without a full stop, the same wherever the name is used
 * @param labels what tells this meter from others of the same name, which all have the same keys:
 *     words of lower case letters, not {@code backend}; at most 8. Values are few, never taken from
 *     clients' data
 */
public record MeterName(String name, String description, Map<String, String> labels) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(\\.[a-z][a-z0-9]*)*");
    private static final Pattern LABEL = Pattern.compile("[a-z]{1,30}");
    private static final int LONGEST = 100;
    private static final int MOST_LABELS = 8;

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException if they are not as said above
     */
    public MeterName {
        if (name.length() > LONGEST || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("no name of a meter: " + name);
        }
        labels = Map.copyOf(labels);
        if (labels.size() > MOST_LABELS
                || !labels.keySet().stream().allMatch(key -> LABEL.matcher(key).matches())
                || labels.containsKey("backend")) {
            throw new IllegalArgumentException("no labels of a meter: " + labels.keySet());
        }
    }

    /**
     * A name without labels.
     *
     * @param name the name
     * @param description what is measured
     * @return the name
     */
    public static MeterName of(String name, String description) {
        return new MeterName(name, description, Map.of());
    }
}
