package dev.andiron.fhir.validation;

import java.util.Locale;
import java.util.Optional;

/** The known name that a mistyped one is likely to mean. */
final class Nearest {
    private static final int MAX_LENGTH = 80;

    private Nearest() {}

    static Optional<String> of(String name, Iterable<String> known) {
        if (name.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String nearest = null;
        int smallest = 1 + Math.max(1, name.length() / 3);
        for (String candidate : known) {
            int distance =
                    distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            boolean isBetter =
                    distance < smallest
                            || distance == smallest
                                    && nearest != null
                                    && candidate.compareTo(nearest) < 0;
            if (isBetter) {
                nearest = candidate;
                smallest = distance;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** How many letters are inserted, removed or replaced. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[right.length()];
    }
}
