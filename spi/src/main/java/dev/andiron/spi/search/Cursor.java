package dev.andiron.spi.search;

import java.util.Arrays;

/**
 * Where a page ended: bytes that only the engine that made them reads. They stay valid across
 * restarts. Given for another tenant, one is refused or leads through that tenant's own resources,
 * never to those of the first. The kernel seals them together with the tenant and the query before
 * a client sees them.
 */
public final class Cursor {
    private final byte[] bytes;

    private Cursor(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Cursor of(byte[] bytes) {
        return new Cursor(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cursor cursor && Arrays.equals(bytes, cursor.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
