package dev.andiron.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Optional;

/** Where SQLite itself is looked for. */
class NativeLibraryTest {
    @Test
    void systemsAreCalledAsTheDriverCallsThem() {
        assertEquals(
                Optional.of(Path.of("Windows", "x86_64")),
                NativeLibrary.folder("Windows Server 2025", "amd64"));
        assertEquals(
                Optional.of(Path.of("Mac", "aarch64")),
                NativeLibrary.folder("Mac OS X", "aarch64"));
        assertEquals(Optional.empty(), NativeLibrary.folder("Linux", "riscv64"));
        assertEquals(Optional.empty(), NativeLibrary.folder("FreeBSD", "amd64"));
    }

    /** Other plugins may bring another version of the driver. */
    @Test
    void whereItIsStaysUnknownToOthers() {
        NativeLibrary.load();
        assertNull(System.getProperty("org.sqlite.lib.path"));
    }
}
