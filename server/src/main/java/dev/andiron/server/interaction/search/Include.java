package dev.andiron.server.interaction.search;

import java.util.Optional;

/**
 * One {@code _include} or {@code _revinclude}.
 *
 * @param reverse whether it takes what refers to the matches, not what they refer to
 * @param iterate whether it also applies to what was included
 * @param source the type that has the reference; empty for all ({@code *})
 * @param parameter the code of the reference parameter; empty for all ({@code *})
 * @param target only references to this type; empty for all
 */
public record Include(
        boolean reverse,
        boolean iterate,
        Optional<String> source,
        Optional<String> parameter,
        Optional<String> target) {

    /** Whatever the matches refer to, and what that refers to. */
    public static Include everythingReferenced() {
        return new Include(false, true, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Whether it takes references of a type by a parameter to another type. */
    boolean takes(String from, String code, String to) {
        return isOrAny(source, from) && isOrAny(parameter, code) && isOrAny(target, to);
    }

    private static boolean isOrAny(Optional<String> wanted, String actual) {
        return wanted.isEmpty() || wanted.get().equals(actual);
    }
}
