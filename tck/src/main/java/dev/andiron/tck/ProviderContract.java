package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.Backend;
import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.Capabilities;
import dev.andiron.spi.ClaimStrategy;
import dev.andiron.spi.Health;
import dev.andiron.spi.Option;
import dev.andiron.spi.Options;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Promises of {@link BackendProvider}, {@link Capabilities} and {@link Backend}. */
abstract class ProviderContract extends Contract {

    ProviderContract(BackendContract contract) {
        super(contract);
    }

    /** {@link BackendProvider#name()}. */
    @Test
    @Promise("a name matches [a-z][a-z0-9-]*, and one sentence says what the backend is")
    final void required_BP01_hasANameAndADescription() {
        BackendProvider provider = opening().provider();
        assertTrue(
                provider.name().matches("[a-z][a-z0-9-]*"),
                () -> "the name '" + provider.name() + "' is not well-formed");
        assertFalse(provider.description().isBlank(), "the description is empty");
    }

    /** {@link BackendProvider}: created by {@link java.util.ServiceLoader}. */
    @Test
    @Promise("a provider is a public class with a public constructor without parameters")
    final void required_BP02_canBeLoadedAsAService() throws ReflectiveOperationException {
        Class<?> type = opening().provider().getClass();
        Constructor<?> constructor = type.getDeclaredConstructor();
        assertTrue(Modifier.isPublic(type.getModifiers()), "the class is not public");
        assertTrue(Modifier.isPublic(constructor.getModifiers()), "the constructor is not public");
    }

    /** {@link BackendProvider#options()}. */
    @Test
    @Promise("every option has a unique name and a description for the operator")
    final void required_BP03_optionsAreDocumented() {
        Set<String> names = new HashSet<>();
        for (Option<?> option : opening().provider().options()) {
            assertTrue(names.add(option.name()), () -> "two options are called " + option);
            assertTrue(
                    option.description().strip().length() >= 10,
                    () -> "option " + option + " is not described");
            option.defaultValue()
                    .ifPresent(
                            value ->
                                    assertInstanceOf(
                                            option.javaType(), value, "default of " + option));
        }
    }

    /** {@link BackendProvider#capabilities(Options)}. */
    @Test
    @Promise("capabilities are known before anything is opened, and stay the same")
    final void required_BP04_capabilitiesAreStable() {
        Options options = opening().options(newFolder());
        Capabilities before = opening().provider().capabilities(options);
        for (int i = 0; i < 3; i++) {
            assertSame(before, opening().provider().capabilities(options));
        }
    }

    private static void assertSame(Capabilities expected, Capabilities actual) {
        assertEquals(expected.store(), actual.store());
        assertEquals(expected.versioning(), actual.versioning());
        assertEquals(expected.history(), actual.history());
        assertEquals(expected.atomicity(), actual.atomicity());
        assertEquals(expected.changeFeed(), actual.changeFeed());
        assertEquals(expected.search(), actual.search());
        assertEquals(expected.nativeViews(), actual.nativeViews());
        assertEquals(expected.sqlQueries(), actual.sqlQueries());
        assertEquals(expected.claims(), actual.claims());
        assertEquals(expected.blobs(), actual.blobs());
        assertEquals(expected.shared(), actual.shared());
        assertEquals(expected.writeConcurrency(), actual.writeConcurrency());
    }

    /** {@link Backend}. */
    @Test
    @Promise("a facet is present exactly when the capabilities say so")
    final void required_BP05_facetsAgreeWithCapabilities() {
        Capabilities declared = capabilities();
        Backend opened = backend();
        assertEquals(declared.store(), opened.resources().isPresent(), "resources()");
        assertEquals(declared.versioning(), opened.versions().isPresent(), "versions()");
        assertEquals(!declared.history().isEmpty(), opened.history().isPresent(), "history()");
        assertEquals(declared.changeFeed(), opened.changes().isPresent(), "changes()");
        assertEquals(!declared.search().isEmpty(), opened.search().isPresent(), "search()");
        assertEquals(declared.claims() != ClaimStrategy.NONE, opened.jobs().isPresent(), "jobs()");
        assertEquals(declared.blobs(), opened.blobs().isPresent(), "blobs()");
        assertEquals(declared.nativeViews(), opened.views().isPresent(), "views()");
        assertEquals(declared.sqlQueries(), opened.sqlQueries().isPresent(), "sqlQueries()");
        assertTrue(
                declared.store() || !declared.search().isEmpty(),
                "a backend stores or searches, this one does neither");
    }

    /** {@link Backend}: facets live as long as the backend. */
    @Test
    @Promise("asking for a facet again gives one over the same data")
    @Needs(Facet.STORE)
    final void required_BP06_facetsAreStable() {
        Tenant tenant = newTenant();
        tenant.create(Resources.patient("1"));
        Stream.generate(backend()::resources)
                .limit(3)
                .map(Optional::orElseThrow)
                .forEach(
                        store ->
                                assertTrue(
                                        store.read(tenant.context(), Resources.patient("1"))
                                                .isPresent()));
    }

    /** {@link Backend#health()}. */
    @Test
    @Promise("an opened backend is up, or says in a sentence why it is not")
    final void required_BP07_isHealthy() {
        assertEquals(new Health.Up(), backend().health());
    }

    /** {@link BackendProvider#open}: several may be open at the same time. */
    @Test
    @Promise("two backends of one provider share nothing when their data is elsewhere")
    @Needs(Facet.STORE)
    final void required_BP08_twoBackendsAreIndependent() {
        try (Backend first = opening().open(newFolder());
                Backend second = opening().open(newFolder())) {
            Tenant.of(first, "default").create(Resources.patient("1"));
            assertEquals(
                    Optional.empty(), Tenant.of(second, "default").read(Resources.patient("1")));
            Tenant.of(second, "default").create(Resources.patient("1"));
            assertEquals(1, Tenant.of(first, "default").currentVersion(Resources.patient("1")));
        }
    }

    /** {@link BackendProvider#options()}: the kernel refuses every other key. */
    @Test
    @Promise("the options in use are among those that are declared")
    final void required_BP09_undeclaredOptionsAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        Options.of(
                                opening().provider().options(),
                                Map.of("an-option-that-nobody-has", "x")));
    }
}
