package dev.andiron.composite;

import dev.andiron.kernel.lent.ForwardingStore;
import dev.andiron.kernel.lent.ValueExtraction;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.search.SearchFeature;
import dev.andiron.spi.search.SearchValue;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.tck.fixture.RecordText;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The search values of all that was ever written, in a file that outlives a process that is killed:
 * they are remembered before they are committed. Processes use it one after the other.
 */
final class RememberedValues implements ValueExtraction {
    private static final String FILE = "remembered-values";

    private final Path file;
    private final Map<String, List<SearchValue>> values = new HashMap<>();

    /** What the file's lines hold. */
    public record Line(String name, List<SearchValue> values) {}

    RememberedValues(Path folder) {
        file = folder.resolve(FILE);
        try {
            Files.createDirectories(folder);
            if (Files.exists(file)) {
                // What a killed process was about to write may end anywhere.
                String text = Files.readString(file, StandardCharsets.UTF_8);
                text.substring(0, text.lastIndexOf('\n') + 1)
                        .lines()
                        .map(line -> RecordText.read(Line.class, line))
                        .forEach(line -> values.put(line.name(), line.values()));
                Files.writeString(file, text.substring(0, text.lastIndexOf('\n') + 1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized List<SearchValue> values(
            TenantContext tenant, StoredResource resource, Set<SearchFeature> features) {
        List<SearchValue> anew = values.get(name(tenant, resource.key(), resource.version()));
        if (anew != null) {
            return anew;
        }
        List<SearchValue> written = values.get(name(tenant, resource));
        if (written == null) {
            throw new IllegalStateException("nobody has written " + resource.key());
        }
        return written;
    }

    private static String name(TenantContext tenant, StoredResource resource) {
        return name(tenant, resource.key(), resource.version())
                + " "
                + resource.lastUpdated()
                + " "
                + resource.content().hashCode();
    }

    private static String name(TenantContext tenant, ResourceKey key, long version) {
        return tenant.tenant() + " " + key + " " + version;
    }

    private synchronized void remember(String name, List<SearchValue> these) {
        if (these.equals(values.put(name, these))) {
            return;
        }
        try {
            Files.writeString(
                    file,
                    RecordText.write(new Line(name, these)) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<ResourceStore> around(Optional<ResourceStore> store) {
        return store.map(Remembering::new);
    }

    private final class Remembering extends ForwardingStore {
        Remembering(ResourceStore store) {
            super(store);
        }

        @Override
        public CommitResult commit(TenantContext tenant, Commit commit) {
            for (Mutation mutation : commit.mutations()) {
                if (mutation instanceof Mutation.Put put) {
                    remember(name(tenant, put.resource()), put.searchValues());
                }
            }
            CommitResult result = store().commit(tenant, commit);
            for (Mutation mutation : commit.mutations()) {
                if (mutation instanceof Mutation.Index index) {
                    remember(name(tenant, index.key(), index.version()), index.searchValues());
                }
            }
            return result;
        }
    }
}
