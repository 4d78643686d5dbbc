package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;

import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Logical ids: making new ones and checking those of clients. Safe for use by many threads. */
public final class ResourceIds {
    private final InstantSource clock;

    public ResourceIds(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * A new id: a UUID of version 7, whose beginning grows with time, so that an index of ids grows
     * at its end.
     */
    public String next() {
        var random = ThreadLocalRandom.current();
        long high = clock.millis() << 16 | 0x7000 | random.nextInt(0x1000);
        long low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    /** Whether a text may be a logical id: 1 to 64 letters, digits, hyphens or dots. */
    public static boolean isWellFormed(String id) {
        int length = id.length();
        if (length == 0 || length > 64) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            boolean allowed =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '-'
                            || c == '.';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    /**
     * Refuses a text that is no logical id.
     *
     * @throws FhirException 400
     */
    public static String require(String id) {
        if (!isWellFormed(id)) {
            throw new FhirException(
                    400,
                    "value",
                    "'"
                            + id
                            + "' is not a resource id: that is 1 to 64 letters, digits, hyphens or"
                            + " dots.");
        }
        return id;
    }
}
