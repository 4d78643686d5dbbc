package dev.andiron.server.export;

import java.util.Optional;

/** Finds an id between two others, so that a stretch of ids can be shared out. */
final class IdMiddle {
    /** The characters of ids in their order. */
    private static final String DIGITS =
            "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static final int BASE = DIGITS.length() + 1;

    /** So many digits fit into a number. */
    private static final int PLACES = 9;

    private IdMiddle() {}

    /**
     * A text in the middle between two ids, which need not be the id of anything.
     *
     * @param low the lower one; empty for the beginning
     * @param high the higher one; empty for the end
     * @return empty if there is nothing between them that this finds
     */
    static Optional<String> between(String low, Optional<String> high) {
        int same = 0;
        while (high.isPresent()
                && same < low.length()
                && same < high.get().length()
                && low.charAt(same) == high.get().charAt(same)) {
            same++;
        }
        long from = number(low, same);
        long to = high.isPresent() ? number(high.get(), same) : power();
        String middle = low.substring(0, same) + text(from + (to - from) / 2);
        boolean isBetween =
                middle.compareTo(low) > 0
                        && high.filter(end -> middle.compareTo(end) >= 0).isEmpty();
        return isBetween ? Optional.of(middle) : Optional.empty();
    }

    private static long power() {
        long power = 1;
        for (int i = 0; i < PLACES; i++) {
            power *= BASE;
        }
        return power;
    }

    private static long number(String id, int from) {
        long number = 0;
        for (int i = from; i < from + PLACES; i++) {
            number = number * BASE + (i < id.length() ? DIGITS.indexOf(id.charAt(i)) + 1 : 0);
        }
        return number;
    }

    private static String text(long number) {
        var text = new StringBuilder();
        long rest = number;
        for (int i = 0; i < PLACES; i++) {
            text.append(rest % BASE == 0 ? ' ' : DIGITS.charAt((int) (rest % BASE) - 1));
            rest /= BASE;
        }
        String digits = text.reverse().toString();
        int end = digits.indexOf(' ');
        return end < 0 ? digits : digits.substring(0, end);
    }
}
