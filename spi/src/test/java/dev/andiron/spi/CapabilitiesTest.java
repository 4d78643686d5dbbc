package dev.andiron.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.resource.HistoryLevel;

import org.junit.jupiter.api.Test;

import java.util.Set;

class CapabilitiesTest {

    @Test
    void theDefaultClaimsNothing() {
        Capabilities capabilities = Capabilities.builder().build();
        assertTrue(capabilities.store());
        assertFalse(capabilities.versioning());
        assertEquals(Set.of(), capabilities.history());
        assertEquals(Atomicity.RESOURCE, capabilities.atomicity());
        assertEquals(ClaimStrategy.NONE, capabilities.claims());
    }

    @Test
    void historyImpliesVersioning() {
        assertTrue(
                Capabilities.builder().history(Set.of(HistoryLevel.INSTANCE)).build().versioning());
    }

    @Test
    void aSearchEngineHasNoVersions() {
        Capabilities.Builder builder = Capabilities.builder().withoutStore().versioning();
        assertThrows(IllegalArgumentException.class, builder::build);
    }
}
