package dev.andiron.kernel.lent;

import dev.andiron.spi.job.Job;
import dev.andiron.spi.job.JobId;
import dev.andiron.spi.job.JobState;
import dev.andiron.spi.job.Lease;
import dev.andiron.spi.job.Progress;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.tenant.TenantId;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A job as it stands, with its last lease, and how both are written into a file.
 *
 * @param worker who has it, or had it last; empty before the first claim
 * @param token the last token; 0 before the first claim
 * @param expires when the last lease ends
 */
record HeldJob(Job job, String worker, long token, Instant expires) {
    private static final int FORMAT = 1;

    HeldJob with(Job changed) {
        return new HeldJob(changed, worker, token, expires);
    }

    /** Whether a worker may claim it. */
    boolean isFree(Instant now) {
        return switch (job.state()) {
            case ACCEPTED -> !job.due().isAfter(now);
            case RUNNING -> !expires.isAfter(now);
            case COMPLETED, FAILED, CANCELLED -> false;
        };
    }

    /** Whether this is the lease that counts. */
    boolean isHeldBy(Lease lease) {
        return job.state() == JobState.RUNNING
                && worker.equals(lease.worker().value())
                && token == lease.token();
    }

    byte[] bytes() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(FORMAT);
            out.writeUTF(job.tenant().value());
            out.writeUTF(job.id().value());
            out.writeUTF(job.kind());
            json(out, job.request());
            time(out, job.submitted());
            out.writeUTF(job.state().name());
            out.writeInt(job.attempts());
            time(out, job.due());
            number(out, millis(job.started()));
            number(out, millis(job.ended()));
            out.writeLong(job.progress().done());
            number(out, job.progress().total());
            out.writeUTF(job.progress().text());
            json(out, job.checkpoint());
            out.writeBoolean(job.result().isPresent());
            json(out, job.result().orElse(Json.empty()));
            out.writeBoolean(job.failure().isPresent());
            out.writeUTF(job.failure().orElse(""));
            out.writeUTF(worker);
            out.writeLong(token);
            time(out, expires);
        }
        return bytes.toByteArray();
    }

    static HeldJob of(byte[] bytes) throws IOException {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readInt();
            if (format != FORMAT) {
                throw new IOException("a job's file is of the unknown format " + format);
            }
            var job =
                    new Job(
                            new TenantId(in.readUTF()),
                            new JobId(in.readUTF()),
                            in.readUTF(),
                            json(in),
                            time(in),
                            JobState.valueOf(in.readUTF()),
                            in.readInt(),
                            time(in),
                            instant(number(in)),
                            instant(number(in)),
                            new Progress(in.readLong(), number(in), in.readUTF()),
                            json(in),
                            present(in.readBoolean(), json(in)),
                            present(in.readBoolean(), in.readUTF()));
            return new HeldJob(job, in.readUTF(), in.readLong(), time(in));
        }
    }

    private static <T> Optional<T> present(boolean present, T value) {
        return present ? Optional.of(value) : Optional.empty();
    }

    private static void json(DataOutputStream out, Json json) throws IOException {
        out.writeInt(json.length());
        json.writeTo(out);
    }

    private static Json json(DataInputStream in) throws IOException {
        int length = in.readInt();
        return length == 0 ? Json.empty() : Json.of(in.readNBytes(length));
    }

    private static void time(DataOutputStream out, Instant time) throws IOException {
        out.writeLong(time.toEpochMilli());
    }

    private static Instant time(DataInputStream in) throws IOException {
        return Instant.ofEpochMilli(in.readLong());
    }

    private static OptionalLong millis(Optional<Instant> time) {
        return time.isPresent() ? OptionalLong.of(time.get().toEpochMilli()) : OptionalLong.empty();
    }

    private static Optional<Instant> instant(OptionalLong millis) {
        return millis.isPresent()
                ? Optional.of(Instant.ofEpochMilli(millis.getAsLong()))
                : Optional.empty();
    }

    private static void number(DataOutputStream out, OptionalLong value) throws IOException {
        out.writeBoolean(value.isPresent());
        out.writeLong(value.orElse(0));
    }

    private static OptionalLong number(DataInputStream in) throws IOException {
        boolean present = in.readBoolean();
        long value = in.readLong();
        return present ? OptionalLong.of(value) : OptionalLong.empty();
    }
}
