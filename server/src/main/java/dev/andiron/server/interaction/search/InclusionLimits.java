package dev.andiron.server.interaction.search;

/**
 * The bounds of what is included with one page.
 *
 * @param resources how many resources
 * @param bytes how many bytes they may have together
 * @param rounds over how many references includes are followed
 */
public record InclusionLimits(int resources, long bytes, int rounds) {

    public static InclusionLimits standard() {
        return new InclusionLimits(1_000, 32L << 20, 8);
    }
}
