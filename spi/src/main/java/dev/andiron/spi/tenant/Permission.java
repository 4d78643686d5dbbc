package dev.andiron.spi.tenant;

/** What a caller may do with a tenant's data. */
public enum Permission {
    READ,
    WRITE,
    /** Erase history without trace. */
    PURGE
}
