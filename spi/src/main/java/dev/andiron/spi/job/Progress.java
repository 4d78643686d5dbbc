package dev.andiron.spi.job;

import java.util.OptionalLong;

/**
 * How far a job is, for whoever waits for it.
 *
 * @param done how many pieces of work are done, such as resources, from 0
 * @param total how many there will be, as far as is known; an estimate, which {@code done} may pass
 * @param text one line for a person, at most {@value #MAX_TEXT} characters, without control
 *     characters; may be empty
 */
public record Progress(long done, OptionalLong total, String text) {
    /** How long a text may be. */
    public static final int MAX_TEXT = 200;

    /** Nothing has been done yet. */
    public static final Progress NONE = new Progress(0, OptionalLong.empty(), "");

    public Progress {
        if (done < 0 || total.orElse(0) < 0) {
            throw new IllegalArgumentException("progress counts from 0");
        }
        if (text.length() > MAX_TEXT || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("not one short line of text");
        }
    }
}
