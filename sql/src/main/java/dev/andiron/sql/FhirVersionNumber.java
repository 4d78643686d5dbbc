package dev.andiron.sql;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.FhirVersion;

/** The numbers that stand for FHIR versions in a database; they never change. */
public final class FhirVersionNumber {
    private FhirVersionNumber() {}

    /** The number of a version. */
    public static short of(FhirVersion version) {
        return switch (version) {
            case R4 -> 1;
            case R4B -> 2;
            case R5 -> 3;
        };
    }

    /**
     * The version of a number.
     *
     * @throws StorageException.Corrupt if there is none
     */
    public static FhirVersion version(int number) {
        return switch (number) {
            case 1 -> FhirVersion.R4;
            case 2 -> FhirVersion.R4B;
            case 3 -> FhirVersion.R5;
            default ->
                    throw new StorageException.Corrupt(
                            "a stored resource has the unknown FHIR version " + number, null);
        };
    }
}
