package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.tenant.TenantId;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * All jobs of all tenants, as one object that is replaced only if nobody else has replaced it.
 * Immutable.
 *
 * @param jobs the jobs
 * @param writers who wrote the last versions of this object, the latest first: so a writer whose
 *     answer was lost learns whether its change came through, also after others have written
 */
record JobRegistry(Map<Key, JobRecord> jobs, List<UUID> writers) {
    static final JobRegistry EMPTY = new JobRegistry(Map.of(), List.of());

    private static final int MAGIC = 0x414E_4A42;
    private static final int FORMAT = 1;
    private static final int WRITERS = 64;

    /** Whose job, and which. */
    record Key(TenantId tenant, JobId id) {
        static Key of(JobRecord job) {
            return new Key(job.tenant(), job.id());
        }
    }

    Optional<JobRecord> find(TenantId tenant, JobId id) {
        return Optional.ofNullable(jobs.get(new Key(tenant, id)));
    }

    Collection<JobRecord> all() {
        return jobs.values();
    }

    JobRegistry with(JobRecord job) {
        var changed = new LinkedHashMap<>(jobs);
        changed.put(Key.of(job), job);
        return new JobRegistry(changed, writers);
    }

    JobRegistry without(JobRecord job) {
        var changed = new LinkedHashMap<>(jobs);
        changed.remove(Key.of(job));
        return new JobRegistry(changed, writers);
    }

    JobRegistry writtenBy(UUID writer) {
        var all = new ArrayList<UUID>();
        all.add(writer);
        all.addAll(writers.subList(0, Math.min(writers.size(), WRITERS - 1)));
        return new JobRegistry(jobs, List.copyOf(all));
    }

    byte[] encode() {
        try {
            var bytes = new ByteArrayOutputStream();
            var out = new DataOutputStream(bytes);
            out.writeInt(MAGIC);
            out.writeInt(FORMAT);
            out.writeInt(writers.size());
            for (UUID writer : writers) {
                out.writeLong(writer.getMostSignificantBits());
                out.writeLong(writer.getLeastSignificantBits());
            }
            out.writeInt(jobs.size());
            for (JobRecord job : jobs.values()) {
                job.write(out);
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static JobRegistry decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readInt() != MAGIC) {
                throw new StorageException.Corrupt("the registry of jobs is damaged", null);
            }
            if (in.readInt() != FORMAT) {
                throw new StorageException.NotSupported(
                        "the registry of jobs was written by a newer version of this plugin");
            }
            int count = in.readInt();
            var writers = new ArrayList<UUID>();
            for (int i = 0; i < count; i++) {
                writers.add(new UUID(in.readLong(), in.readLong()));
            }
            int size = in.readInt();
            Map<Key, JobRecord> jobs = new LinkedHashMap<>();
            for (int i = 0; i < size; i++) {
                JobRecord job = JobRecord.read(in);
                jobs.put(Key.of(job), job);
            }
            return new JobRegistry(jobs, List.copyOf(writers));
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new StorageException.Corrupt("the registry of jobs is damaged", e);
        }
    }
}
