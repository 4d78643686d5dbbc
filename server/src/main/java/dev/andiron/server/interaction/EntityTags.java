package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The entity tags of an {@code If-Match} or {@code If-None-Match} field. FHIR writes weak tags
 * around the version, {@code W/"3"}; strong tags and bare numbers are understood too.
 *
 * @param any whether it is {@code *}
 * @param versions the versions named
 */
public record EntityTags(boolean any, Set<Long> versions) {
    private static final Pattern TAG = Pattern.compile("(?:W/)?\"([^\"]*)\"|([0-9]+)");

    /** The weak tag of a version. */
    public static String of(long version) {
        return "W/\"" + version + "\"";
    }

    /**
     * Reads a field's value. A tag that is none of ours matches nothing.
     *
     * @throws FhirException 400 if it is not a list of entity tags
     */
    public static EntityTags parse(String field, String text) {
        String stripped = text.strip();
        if (stripped.equals("*")) {
            return new EntityTags(true, Set.of());
        }
        var versions = new HashSet<Long>();
        for (String part : stripped.split(",", -1)) {
            var matcher = TAG.matcher(part.strip());
            if (!matcher.matches()) {
                throw new FhirException(
                        400,
                        "value",
                        field
                                + " takes entity tags such as W/\"3\", separated by commas, or *;"
                                + " not: "
                                + text);
            }
            String tag = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            if (tag.length() <= 18 && tag.chars().allMatch(c -> c >= '0' && c <= '9')) {
                versions.add(tag.isEmpty() ? -1 : Long.parseLong(tag));
            }
        }
        return new EntityTags(false, Set.copyOf(versions));
    }

    /** Whether a version (of a resource that exists) is among them. */
    public boolean include(long version) {
        return any || versions.contains(version);
    }
}
