package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantContext;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Blobs as files, in a folder for each tenant and in it one for each job. A blob is written under a
 * name that no blob has, and renamed when it is whole.
 */
final class FileBlobStore implements BlobStore {
    private static final Duration SOON = Duration.ofSeconds(5);

    /** Blobs begin with a letter or a digit. */
    private static final String HIDDEN = ".";

    /** The folders whose entries may be new: of the job, of the tenant, of all, and around it. */
    private static final int LEVELS = 4;

    private final Path root;
    private final boolean durable;

    /**
     * @param root the folder; made when it is needed
     * @param durable whether a finished blob survives a power failure
     */
    FileBlobStore(Path root, boolean durable) {
        this.root = root;
        this.durable = durable;
    }

    static StorageException failure(IOException e) {
        return String.valueOf(e.getMessage()).contains("No space left")
                ? new StorageException.OutOfSpace("the disk of the files has no room left", e)
                : new StorageException.Unavailable("the files cannot be used", SOON, e);
    }

    private Path tenant(TenantContext tenant) {
        return root.resolve(FileNames.encode(tenant.tenant().value()));
    }

    private Path job(TenantContext tenant, JobId job) {
        return tenant(tenant).resolve(FileNames.encode(job.value()));
    }

    private Path file(TenantContext tenant, BlobName name) {
        return job(tenant, name.job()).resolve(FileNames.encode(name.part()));
    }

    @Override
    public BlobWriter write(TenantContext tenant, BlobName name) {
        Path file = file(tenant, name);
        try {
            Path folder = Files.createDirectories(job(tenant, name.job()));
            Path unfinished = folder.resolve(HIDDEN + UUID.randomUUID());
            return new FileBlobWriter(unfinished, durable, () -> appear(unfinished, file));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** Gives a whole file its name, unless another has it. One server has the folder. */
    private synchronized boolean appear(Path whole, Path file) throws IOException {
        if (Files.exists(file)) {
            return false;
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        if (durable) {
            Path folder = file.getParent();
            for (int level = 0; level < LEVELS; level++, folder = folder.getParent()) {
                sync(folder);
            }
        }
        return true;
    }

    /** Makes names durable, where the system has that. */
    private static void sync(Path folder) throws IOException {
        if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
            try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public Optional<Blob> find(TenantContext tenant, BlobName name) {
        try {
            return Optional.of(new Blob(name, Files.size(file(tenant, name))));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public Optional<BlobReader> read(
            TenantContext tenant, BlobName name, long offset, long length) {
        Optional<Blob> blob = find(tenant, name);
        if (blob.isEmpty()) {
            return Optional.empty();
        }
        long size = blob.get().size();
        if (offset < 0 || offset > size || length < 0 || length > size - offset) {
            throw new IllegalArgumentException("the range is not within the blob");
        }
        return FileBlobReader.open(file(tenant, name), offset, length);
    }

    @Override
    public List<Blob> list(TenantContext tenant, JobId job, String after, int limit) {
        var names = new ArrayList<BlobName>();
        for (Path file : files(job(tenant, job))) {
            String name = file.getFileName().toString();
            if (!name.startsWith(HIDDEN)) {
                String part = FileNames.decode(name);
                if (part.compareTo(after) > 0) {
                    names.add(new BlobName(job, part));
                }
            }
        }
        names.sort(Comparator.comparing(BlobName::part));
        return names.stream().limit(limit).flatMap(name -> find(tenant, name).stream()).toList();
    }

    private static List<Path> files(Path folder) {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            var files = new ArrayList<Path>();
            stream.forEach(files::add);
            return files;
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        } catch (DirectoryIteratorException e) {
            throw failure(e.getCause());
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The folder goes out of sight in one step, and then file by file. */
    @Override
    public void delete(TenantContext tenant, JobId job) {
        Path gone = tenant(tenant).resolve(HIDDEN + UUID.randomUUID());
        try {
            Files.move(job(tenant, job), gone, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException _) {
            // There is nothing new to delete, but perhaps what a crash kept from being deleted.
        } catch (IOException e) {
            throw failure(e);
        }
        for (Path folder : files(tenant(tenant))) {
            if (folder.getFileName().toString().startsWith(HIDDEN)) {
                deleteAll(folder);
            }
        }
    }

    private static void deleteAll(Path folder) {
        try {
            for (Path file : files(folder)) {
                Files.deleteIfExists(file);
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
