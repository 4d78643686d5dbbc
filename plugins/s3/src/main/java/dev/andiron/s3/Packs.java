package dev.andiron.s3;

import dev.andiron.spi.tenant.TenantId;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Puts the contents of large commits into objects of their own, several to each. They are written
 * before the log names them: what no entry names is garbage.
 */
final class Packs {
    /** A commit with at most so many bytes lies in the log itself. */
    static final int INLINE = 64 << 10;

    /** A pack is closed once it has so many bytes. */
    private static final int FULL = 4 << 20;

    private final ObjectStore objects;

    Packs(ObjectStore objects) {
        this.objects = objects;
    }

    private record Pack(String key, List<PackedContent> contents) {
        byte[] bytes() {
            var bytes = new ByteArrayOutputStream();
            contents.forEach(content -> bytes.writeBytes(content.stored()));
            return bytes.toByteArray();
        }
    }

    /** The same changes, with the contents where they lie then; unchanged if they are small. */
    List<LogEntry.Draft> place(TenantId tenant, List<LogEntry.Draft> drafts) {
        long size = drafts.stream().mapToLong(draft -> draft.content().stored().length).sum();
        if (size <= INLINE) {
            return drafts;
        }
        var packs = new ArrayList<Pack>();
        var placed = new ArrayList<LogEntry.Draft>(drafts.size());
        int end = FULL;
        for (LogEntry.Draft draft : drafts) {
            if (draft.kind() != LogRecord.Kind.PUT) {
                placed.add(draft);
                continue;
            }
            if (end >= FULL) {
                packs.add(
                        new Pack(
                                Keys.pack(tenant, UUID.randomUUID().toString()),
                                new ArrayList<>()));
                end = 0;
            }
            PackedContent content = draft.content();
            packs.getLast().contents().add(content);
            placed.add(at(draft, packs.getLast().key(), end));
            end += content.stored().length;
        }
        Parallel.map(
                packs,
                pack -> {
                    objects.write(pack.key(), pack.bytes());
                    return pack;
                });
        return placed;
    }

    private static LogEntry.Draft at(LogEntry.Draft draft, String object, long offset) {
        PackedContent content = draft.content();
        return new LogEntry.Draft(
                draft.key(),
                draft.kind(),
                draft.version(),
                draft.lastUpdated(),
                draft.fhirVersion(),
                PackedContent.NONE,
                Optional.of(
                        new Location(
                                object,
                                offset,
                                content.stored().length,
                                content.length(),
                                content.deflated(),
                                content.checksum())));
    }
}
