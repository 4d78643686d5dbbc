package dev.andiron.kernel.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant. */
final class NearestName {
    private NearestName() {}

    /** {@code " Did you mean 'x'?"}, or nothing when no candidate is near. */
    static String hint(String wrong, Collection<String> candidates) {
        return of(wrong, candidates).map(name -> " Did you mean '" + name + "'?").orElse("");
    }

    static Optional<String> of(String wrong, Collection<String> candidates) {
        int furthest = Math.max(2, wrong.length() / 4);
        Optional<String> near =
                candidates.stream()
                        .filter(candidate -> distance(wrong, candidate) <= furthest)
                        .min(
                                Comparator.<String>comparingInt(
                                                candidate -> distance(wrong, candidate))
                                        .thenComparing(Comparator.naturalOrder()));
        if (near.isPresent()) {
            return near;
        }
        String last = lastWord(wrong);
        return candidates.stream()
                .filter(candidate -> lastWord(candidate).equals(last))
                .findFirst();
    }

    private static String lastWord(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Insertions, deletions, replacements and swaps of neighbours. */
    static int distance(String left, String right) {
        int[] beforeLast = new int[right.length() + 1];
        int[] last = new int[right.length() + 1];
        int[] now = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            now[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replace = last[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replace, 1 + Math.min(last[j], now[j - 1]));
                if (i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1)) {
                    now[j] = Math.min(now[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = now;
            now = free;
        }
        return last[right.length()];
    }
}
