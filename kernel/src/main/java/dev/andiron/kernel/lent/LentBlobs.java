package dev.andiron.kernel.lent;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.blob.Blob;
import dev.andiron.spi.blob.BlobName;
import dev.andiron.spi.blob.BlobReader;
import dev.andiron.spi.blob.BlobStore;
import dev.andiron.spi.blob.BlobWriter;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantContext;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The files of jobs for a backend that keeps none, in the server's data folder. A blob is written
 * under a hidden name beside its place and renamed when it is finished. For one server process.
 * Safe for use by many threads.
 */
public final class LentBlobs implements BlobStore {
    private final Path folder;
    private final Set<Path> written = ConcurrentHashMap.newKeySet();

    /** The blobs below a folder, which need not exist. */
    public LentBlobs(Path folder) {
        this.folder = folder;
    }

    private Path folder(TenantContext tenant, JobId job) {
        return folder.resolve(CaselessName.encoded(tenant.tenant().value()))
                .resolve(CaselessName.encoded(job.value()));
    }

    private Path file(TenantContext tenant, BlobName name) {
        return folder(tenant, name.job()).resolve(CaselessName.encoded(name.part()));
    }

    @Override
    public synchronized BlobWriter write(TenantContext tenant, BlobName name) {
        try {
            return new Writer(file(tenant, name));
        } catch (IOException failed) {
            throw DurableFiles.failed(failed);
        }
    }

    @Override
    public Optional<Blob> find(TenantContext tenant, BlobName name) {
        File file = file(tenant, name).toFile();
        return file.exists() ? Optional.of(new Blob(name, file.length())) : Optional.empty();
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
        try {
            // Unlike a channel it survives an interrupted caller.
            var opened = new RandomAccessFile(file(tenant, name).toFile(), "r");
            opened.seek(offset);
            return Optional.of(new Reader(opened, name, length));
        } catch (IOException failed) {
            throw DurableFiles.failed(failed);
        }
    }

    @Override
    public List<Blob> list(TenantContext tenant, JobId job, String after, int limit) {
        try {
            return DurableFiles.list(folder(tenant, job)).stream()
                    .map(file -> blob(job, file))
                    .filter(blob -> blob.name().part().compareTo(after) > 0)
                    .sorted((one, other) -> one.name().part().compareTo(other.name().part()))
                    .limit(limit)
                    .toList();
        } catch (IOException failed) {
            throw DurableFiles.failed(failed);
        }
    }

    private static Blob blob(JobId job, Path file) {
        String part = CaselessName.decoded(file.getFileName().toString());
        return new Blob(new BlobName(job, part), file.toFile().length());
    }

    @Override
    public synchronized void delete(TenantContext tenant, JobId job) {
        Path jobs = folder(tenant, job);
        if (!Files.isDirectory(jobs)) {
            return;
        }
        try (Stream<Path> files = Files.list(jobs)) {
            boolean all = true;
            for (Path file : files.toList()) {
                if (written.contains(file)) {
                    all = false;
                } else {
                    Files.deleteIfExists(file);
                }
            }
            DurableFiles.force(jobs);
            if (all) {
                Files.deleteIfExists(jobs);
            }
        } catch (IOException failed) {
            throw DurableFiles.failed(failed);
        }
    }

    /** One at a time, so that the first to finish wins. */
    private synchronized boolean show(Path hidden, Path target) throws IOException {
        if (Files.exists(target)) {
            return false;
        }
        Files.move(hidden, target, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.force(target.getParent());
        return true;
    }

    private final class Writer implements BlobWriter {
        private final Path target;
        private final Path hidden;
        private final FileOutputStream out;
        private boolean ended;

        Writer(Path target) throws IOException {
            this.target = target;
            Path parent = Files.createDirectories(target.getParent());
            hidden = Files.createTempFile(parent, ".", ".written");
            written.add(hidden);
            out = new FileOutputStream(hidden.toFile());
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            try {
                out.write(bytes, offset, length);
            } catch (IOException failed) {
                throw DurableFiles.failed(failed);
            }
        }

        @Override
        public boolean finish() {
            if (ended) {
                throw new IllegalStateException("the blob is finished");
            }
            try {
                out.getFD().sync();
                boolean shown = show(hidden, target);
                close();
                return shown;
            } catch (IOException failed) {
                throw DurableFiles.failed(failed);
            }
        }

        @Override
        public void close() {
            if (ended) {
                return;
            }
            ended = true;
            try {
                out.close();
                Files.deleteIfExists(hidden);
            } catch (IOException failed) {
                throw DurableFiles.failed(failed);
            } finally {
                written.remove(hidden);
            }
        }
    }

    private static final class Reader implements BlobReader {
        private final RandomAccessFile file;
        private final BlobName name;
        private long left;

        Reader(RandomAccessFile file, BlobName name, long left) {
            this.file = file;
            this.name = name;
            this.left = left;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            try {
                int read = file.read(buffer, offset, (int) Math.min(length, left));
                if (read < 0) {
                    throw new StorageException.Corrupt(name + " is shorter than it was", null);
                }
                left -= read;
                return read;
            } catch (IOException failed) {
                throw DurableFiles.failed(failed);
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException failed) {
                throw DurableFiles.failed(failed);
            }
        }
    }
}
