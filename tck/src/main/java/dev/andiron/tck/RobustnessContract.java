package dev.andiron.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Change;
import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.Criterion;
import dev.andiron.spi.search.Query;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.search.ValueTest;
import dev.andiron.tck.fixture.Race;
import dev.andiron.tck.fixture.Resources;
import dev.andiron.tck.fixture.Tenant;
import dev.andiron.tck.fixture.Walk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;

/** Promises kept for odd and large input. All tests run in an odd time zone and locale. */
@Needs(Facet.STORE)
abstract class RobustnessContract extends Contract {

    RobustnessContract(BackendContract contract) {
        super(contract);
    }

    /** {@link ResourceKey#id()}: 1 to 64 of {@code [A-Za-z0-9.-]}, case matters. */
    @Test
    @Promise("ids of 1 to 64 letters, digits, hyphens and dots are different unless equal")
    final void required_RB01_oddIds() {
        Tenant tenant = newTenant();
        List<String> ids = new ArrayList<>(List.of("-", ".", "..", "0", "00", "a", "A", "i", "I"));
        ids.addAll(
                List.of(
                        "a".repeat(64),
                        "a".repeat(63) + "B",
                        "a".repeat(63) + "b",
                        "-".repeat(64)));
        ids.addAll(List.of("1e5", "100000", "1.0", "1", "null", "NULL", "9223372036854775808"));
        List<StoredResource> written = new ArrayList<>();
        for (String id : ids) {
            written.add(tenant.create(Resources.patient(id)));
        }
        for (StoredResource each : written) {
            assertEquals(Optional.of(each), tenant.read(each.key()));
        }
        written.sort((a, b) -> a.key().compareTo(b.key()));
        assertEquals(written, Walk.scan(tenant, ScanRequest.all()));
        if (!capabilities().search().isEmpty()) {
            for (String id : ids) {
                Query query = Query.of("Patient", new Criterion.Id(Set.of(id)), 10);
                assertEquals(List.of(Resources.patient(id)), Walk.keys(tenant, query));
            }
        }
    }

    /** {@link StoredResource#content()}: the content that a store does not look into. */
    @Test
    @Promise("content is kept byte for byte, whatever it is")
    final void required_RB02_content(TestInfo test) {
        Tenant tenant = newTenant();
        Random random = random(test);
        List<byte[]> contents = new ArrayList<>();
        contents.add("{}".getBytes(StandardCharsets.UTF_8));
        contents.add(" {\r\n\t\"a\" : 1.00e+2 }\n".getBytes(StandardCharsets.UTF_8));
        contents.add("{\"a\":\"ÄöÜß 王小明 😀 \\u0000 ıİ \u2028\"}".getBytes(StandardCharsets.UTF_8));
        contents.add(new byte[] {0, 1, 2, (byte) 0xFF, (byte) 0xFE, 0});
        byte[] noise = new byte[70_000];
        random.nextBytes(noise);
        contents.add(noise);
        for (int i = 0; i < contents.size(); i++) {
            ResourceKey key = Resources.patient("c" + i);
            tenant.commit(put(key, 1, contents.get(i)));
            assertArrayEquals(contents.get(i), tenant.read(key).orElseThrow().content().bytes());
        }
    }

    private static Mutation.Put put(ResourceKey key, long version, byte[] content) {
        return new Mutation.Put(
                new StoredResource(
                        key,
                        version,
                        Resources.nextInstant(),
                        FhirVersion.R4,
                        false,
                        Json.of(content)),
                List.of());
    }

    /** {@link StorageException.TooLarge} is for more than this. */
    @Test
    @Promise("content of a megabyte, text or noise, is kept byte for byte in every version")
    final void required_RB03_largeContent(TestInfo test) {
        Tenant tenant = newTenant();
        ResourceKey key = Resources.patient("large");
        byte[] text = "{\"text\":\"0123456789 ".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        byte[] noise = new byte[1 << 20];
        random(test).nextBytes(noise);
        tenant.commit(put(key, 1, text));
        assertArrayEquals(text, tenant.read(key).orElseThrow().content().bytes());
        tenant.commit(put(key, 2, noise));
        assertArrayEquals(noise, tenant.read(key).orElseThrow().content().bytes());
        if (capabilities().versioning()) {
            assertArrayEquals(
                    text,
                    tenant.versions()
                            .readVersion(tenant.context(), key, 1)
                            .orElseThrow()
                            .content()
                            .bytes());
        }
    }

    /** {@link dev.andiron.spi.resource.ResourceStore#commit}. */
    @Test
    @Promise("a commit of 1,000 mutations is applied whole and in order")
    final void required_RB04_largeCommit() {
        Tenant tenant = newTenant();
        List<Mutation> puts = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            puts.add(
                    Resources.put(
                            Resources.patient("p" + i * 7 % 1_000),
                            1,
                            new SearchValue.Token("code", "urn:s", "c" + i % 10, "")));
        }
        tenant.commit(puts.toArray(Mutation[]::new));
        assertEquals(1_000, Walk.scan(tenant, ScanRequest.all()).size());
        if (capabilities().changeFeed()) {
            assertEquals(
                    puts.stream().map(Mutation::key).toList(),
                    tenant.changes(0, 300).stream().map(Change::key).toList());
        }
        List<Mutation> deletes = new ArrayList<>();
        puts.forEach(put -> deletes.add(Resources.delete(put.key(), 2)));
        Collections.reverse(deletes);
        tenant.commit(deletes.toArray(Mutation[]::new));
        assertEquals(List.of(), Walk.scan(tenant, ScanRequest.all()));
    }

    /** {@link SearchValue}: nothing is silently cut off. */
    @Test
    @Promise("long and many and repeated search values are all found")
    @Needs(search = {SearchFeature.TEXT, SearchFeature.TOKEN})
    final void required_RB05_longAndManyValues() {
        Tenant tenant = newTenant();
        String shared = "long text, ".repeat(300);
        List<SearchValue> values = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            values.add(new SearchValue.Token("code", "urn:s", "c" + i, "display " + i));
        }
        values.addAll(values.subList(0, 100));
        values.add(new SearchValue.Text("name", shared + "one", shared + "ONE"));
        ResourceKey one = Resources.patient("one");
        ResourceKey two = Resources.patient("two");
        tenant.create(one, values.toArray(SearchValue[]::new));
        tenant.create(two, new SearchValue.Text("name", shared + "two", shared + "TWO"));
        for (int i = 0; i < 500; i += 83) {
            assertFound(
                    tenant,
                    "code",
                    new ValueTest.Token(Optional.of("urn:s"), Optional.of("c" + i)),
                    one);
        }
        var equals = ValueTest.TextOperator.EQUALS;
        assertFound(tenant, "name", new ValueTest.Text(equals, shared + "one", false), one);
        assertFound(tenant, "name", new ValueTest.Text(equals, shared + "TWO", true), two);
        assertFound(
                tenant,
                "name",
                new ValueTest.Text(ValueTest.TextOperator.CONTAINS, "text, two", false),
                two);
    }

    private static void assertFound(
            Tenant tenant, String parameter, ValueTest test, ResourceKey expected) {
        Query query = Query.of("Patient", new Criterion.Value(parameter, test), 10);
        assertEquals(List.of(expected), Walk.keys(tenant, query));
        assertEquals(1, tenant.engine().count(tenant.context(), query));
    }

    /** {@link StoredResource#lastUpdated()}: whole milliseconds. */
    @Test
    @Promise("every millisecond is kept, also around the changes of odd calendars")
    final void required_RB06_instants() {
        Tenant tenant = newTenant();
        List<String> instants =
                List.of(
                        "1970-01-01T00:00:00Z",
                        "1969-12-31T23:59:59.999Z",
                        "2024-02-29T12:00:00.001Z",
                        "2025-03-30T01:00:00.500Z",
                        "2024-04-06T14:00:00.123Z",
                        "2038-01-19T03:14:08.007Z",
                        "9999-12-31T23:59:59.999Z");
        for (int i = 0; i < instants.size(); i++) {
            ResourceKey key = Resources.patient("i" + i);
            Mutation.Put put = Resources.putAt(key, 1, Instant.parse(instants.get(i)));
            tenant.commit(put);
            assertEquals(Optional.of(put.resource()), tenant.read(key));
        }
    }

    /** {@link dev.andiron.spi.Backend}: safe for use by many threads. */
    @Test
    @Promise("a backend works without help of a context class loader")
    final void required_RB07_hostileClassLoader() throws InterruptedException {
        Tenant tenant = newTenant();
        var hostile =
                new ClassLoader(null) {
                    @Override
                    protected Class<?> findClass(String name) throws ClassNotFoundException {
                        throw new ClassNotFoundException(name + " is not to be found here");
                    }
                };
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            ResourceKey key = Resources.patient("c" + i);
            boolean without = i == 0;
            tasks.add(
                    () -> {
                        Thread.currentThread().setContextClassLoader(without ? null : hostile);
                        try (var opened = opening().open(newFolder())) {
                            Tenant.of(opened, "default").create(key);
                        }
                        tenant.create(key);
                        tenant.update(key);
                        return null;
                    });
        }
        Race.run(tasks);
        assertEquals(2, tenant.currentVersion(Resources.patient("c1")));
    }

    /** {@link dev.andiron.spi.Backend}: facets live as long as the backend. */
    @Test
    @Promise("an interrupted caller harms nobody else: its commit happens or does not")
    final void required_RB08_interruptedCallers() throws InterruptedException {
        Tenant tenant = newTenant();
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Mutation put = Resources.put(Resources.patient("i" + i), 1);
            tasks.add(
                    () -> {
                        Thread.currentThread().interrupt();
                        try {
                            tenant.commit(put);
                            return true;
                        } catch (StorageException interrupted) {
                            return false;
                        } finally {
                            Thread.interrupted();
                        }
                    });
        }
        List<Boolean> committed = Race.run(tasks);
        for (int i = 0; i < 8; i++) {
            boolean there = tenant.read(Resources.patient("i" + i)).isPresent();
            assertTrue(there || !committed.get(i), "an acknowledged commit is not there");
        }
        tenant.create(Resources.patient("after"));
        assertTrue(tenant.read(Resources.patient("after")).isPresent());
    }

    /** {@link dev.andiron.spi.tenant.TenantId}: 1 to 64 signs. */
    @Test
    @Promise("a tenant's name may be as long and as odd as it may be")
    final void required_RB09_oddTenants() {
        for (String name : List.of("x".repeat(64), "0", "a..b", "9-_.", "con", "null")) {
            Tenant tenant = Tenant.of(backend(), name);
            tenant.create(Resources.patient(name.substring(0, 1)));
            assertEquals(1, Walk.scan(tenant, ScanRequest.all()).size());
        }
    }
}
