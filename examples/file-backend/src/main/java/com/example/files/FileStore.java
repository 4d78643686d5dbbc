package com.example.files;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import dev.andiron.spi.Backend;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Commit;
import dev.andiron.spi.resource.CommitResult;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.Mutation;
import dev.andiron.spi.resource.ResourceCursor;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.resource.ResourceStore;
import dev.andiron.spi.resource.ScanRequest;
import dev.andiron.spi.resource.StoredResource;
import dev.andiron.spi.resource.VersionedStore;
import dev.andiron.spi.tenant.TenantContext;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;

/**
 * Folders TENANT/TYPE/ID with a file for each version. A commit is gathered in TENANT/.staged and
 * is one from the moment that this folder is called TENANT/.commit; then its files go to their
 * places. If a crash comes between, the next to open or to commit does that. Reads share a lock and
 * a commit has it alone, so that nobody sees half of one.
 */
final class FileStore implements Backend, ResourceStore, VersionedStore {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
    private final Path root;

    FileStore(Path root) {
        this.root = root;
        for (Path tenant : list(root)) {
            locked(lock.writeLock(), () -> finish(tenant));
        }
    }

    @Override
    public Optional<ResourceStore> resources() {
        return Optional.of(this);
    }

    @Override
    public Optional<VersionedStore> versions() {
        return Optional.of(this);
    }

    @Override
    public void close() {
        // Between two calls nothing is open.
    }

    @Override
    public Optional<StoredResource> read(TenantContext tenant, ResourceKey key) {
        return locked(lock.readLock(), () -> load(files(tenant, key).reduce((one, next) -> next)));
    }

    @Override
    public Optional<StoredResource> readVersion(
            TenantContext tenant, ResourceKey key, long version) {
        return locked(
                lock.readLock(),
                () -> load(files(tenant, key).filter(it -> it.version() == version).findFirst()));
    }

    @Override
    public List<ResourceHead> versions(
            TenantContext tenant, ResourceKey key, long after, int limit) {
        return locked(lock.readLock(), () -> files(tenant, key))
                .map(VersionFile::head)
                .filter(head -> head.version() > after)
                .limit(limit)
                .toList();
    }

    @Override
    public ResourceCursor scan(TenantContext tenant, ScanRequest request) {
        return ResourceCursor.of(
                list(home(tenant)).stream()
                        .filter(type -> !type.getFileName().toString().startsWith("."))
                        .filter(type -> request.type().stream().allMatch(type::endsWith))
                        .flatMap(type -> list(type).stream().map(FileStore::key).sorted())
                        .filter(
                                key ->
                                        request.after().stream()
                                                .allMatch(it -> it.compareTo(key) < 0))
                        .flatMap(key -> read(tenant, key).stream())
                        .filter(resource -> !resource.deleted())
                        .iterator());
    }

    @Override
    public CommitResult commit(TenantContext tenant, Commit commit) {
        return locked(
                lock.writeLock(),
                () -> {
                    Path home = finish(home(tenant));
                    commit.requireVersions(
                            key ->
                                    files(tenant, key)
                                            .mapToLong(VersionFile::version)
                                            .max()
                                            .orElse(0));
                    write(home, commit.mutations());
                    finish(home);
                    return new CommitResult(0); // positions are those of a change feed
                });
    }

    private static void write(Path home, List<Mutation> mutations) throws IOException {
        Path staged = home.resolve(".staged");
        delete(staged);
        Files.createDirectories(staged);
        for (Mutation mutation : mutations) {
            String place = mutation.key().type() + "," + encoded(mutation.key().id()) + ",";
            switch (mutation) {
                case Mutation.Put put -> write(staged, place, put.resource());
                case Mutation.Delete delete -> write(staged, place, delete.resource());
                case Mutation.Purge _ -> Files.createFile(staged.resolve(place));
                case Mutation.Index _ -> throw new IllegalStateException("it was refused before");
            }
        }
        force(staged);
        Files.move(staged, home.resolve(".commit"), ATOMIC_MOVE);
        force(home);
    }

    private static void write(Path folder, String place, StoredResource resource)
            throws IOException {
        try (var out =
                new FileOutputStream(folder.resolve(place + VersionFile.name(resource)).toFile())) {
            resource.content().writeTo(out);
            out.getFD().sync();
        }
    }

    /** Puts what the last commit wrote into its places, as far as that was not done. */
    private static Path finish(Path home) throws IOException {
        for (Path file : list(home.resolve(".commit"))) {
            String[] place = file.getFileName().toString().split(",", -1);
            Path folder = home.resolve(place[0]).resolve(place[1]);
            if (place[2].isEmpty()) {
                delete(folder);
            } else {
                Files.createDirectories(folder);
                Files.move(file, folder.resolve(place[2]), ATOMIC_MOVE);
            }
        }
        delete(home.resolve(".commit"));
        return home;
    }

    private Stream<VersionFile> files(TenantContext tenant, ResourceKey key) {
        Path folder = home(tenant).resolve(key.type()).resolve(encoded(key.id()));
        return list(folder).stream().map(file -> VersionFile.of(key, file));
    }

    private static Optional<StoredResource> load(Optional<VersionFile> file) throws IOException {
        return file.isEmpty()
                ? Optional.empty()
                : Optional.of(file.get().with(Json.of(Files.readAllBytes(file.get().path()))));
    }

    private Path home(TenantContext tenant) {
        return root.resolve(encoded(tenant.tenant().value()));
    }

    /** A name that differs from others whatever a disk thinks of case, and leads nowhere else. */
    private static String encoded(String name) {
        return name.replaceAll("[A-Z._]", "_$0");
    }

    private static ResourceKey key(Path folder) {
        String type = folder.getParent().getFileName().toString();
        return new ResourceKey(type, folder.getFileName().toString().replaceAll("_(.)", "$1"));
    }

    /** What a folder holds, by name; nothing if there is none. */
    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            return files.sorted().toList();
        } catch (IOException failed) {
            throw unavailable(failed);
        }
    }

    private static void delete(Path folder) throws IOException {
        for (Path file : list(folder)) {
            Files.delete(file);
        }
        Files.deleteIfExists(folder);
    }

    /** Makes what happened in a folder survive a loss of power. */
    private static void force(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder)) {
            channel.force(true);
        }
    }

    /** What may fail on files. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> T locked(Lock lock, Work<T> work) {
        lock.lock();
        try {
            return work.run();
        } catch (IOException failed) {
            throw unavailable(failed);
        } finally {
            lock.unlock();
        }
    }

    /** A commit may have been made all the same: whoever tries again finds out. */
    private static StorageException unavailable(IOException cause) {
        String reason = "the files cannot be used: " + cause.getClass().getSimpleName();
        return new StorageException.Unavailable(reason, Duration.ofSeconds(5), true, cause);
    }
}
