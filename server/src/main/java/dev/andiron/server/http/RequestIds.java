package dev.andiron.server.http;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Names requests: as the client did, or by a prefix of this process and a count. */
final class RequestIds {
    private final String prefix =
            Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36) + "-";
    private final AtomicLong count = new AtomicLong();

    /** The client's own name if it is fit for a log line, otherwise a new one. */
    String of(String given) {
        return given != null && isFit(given)
                ? given
                : prefix + Long.toString(count.incrementAndGet(), 36);
    }

    private static boolean isFit(String id) {
        if (id.isEmpty() || id.length() > 64) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!(c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '_'
                    || c == '.')) {
                return false;
            }
        }
        return true;
    }
}
