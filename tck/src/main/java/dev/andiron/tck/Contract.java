package dev.andiron.tck;

import dev.andiron.spi.Backend;
import dev.andiron.spi.Capabilities;
import dev.andiron.tck.fixture.MovableClock;
import dev.andiron.tck.fixture.Opening;
import dev.andiron.tck.fixture.Tenant;

import org.junit.jupiter.api.TestInfo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** One part of the contract: access to the backend under test, and a fresh tenant for each test. */
abstract class Contract {
    private static final AtomicInteger TENANTS = new AtomicInteger();

    private final BackendContract contract;

    Contract(BackendContract contract) {
        this.contract = contract;
    }

    /** The backend that most tests share. */
    final Backend backend() {
        return contract.backend();
    }

    final Capabilities capabilities() {
        return contract.capabilities();
    }

    /** The clock of the shared backend. */
    final MovableClock clock() {
        return contract.clock();
    }

    final Opening opening() {
        return contract.opening();
    }

    final BackendContract contract() {
        return contract;
    }

    /** A tenant of the shared backend that nobody has used. */
    final Tenant newTenant() {
        return Tenant.of(backend(), "t" + TENANTS.incrementAndGet());
    }

    /** A folder for data that nobody has used; removed after the run. */
    final Path newFolder() {
        try {
            return Files.createTempDirectory(contract.folder(), "data");
        } catch (IOException e) {
            throw new AssertionError("no temporary folder", e);
        }
    }

    /** Random numbers for one test, the same in every run with the same seed. */
    final Random random(TestInfo test) {
        return new Random(BackendContract.seed() ^ test.getDisplayName().hashCode());
    }
}
