package dev.andiron.server.interaction.transaction;

/**
 * What a bundle may ask for.
 *
 * @param entries the most entries
 * @param readConcurrency how many reads of a batch run at once
 * @param conditionalReferences the most different conditional references of a transaction
 */
public record BundleLimits(int entries, int readConcurrency, int conditionalReferences) {

    /** 20,000 entries, 16 reads at once, 5,000 different conditional references. */
    public static BundleLimits standard() {
        return new BundleLimits(20_000, 16, 5_000);
    }
}
