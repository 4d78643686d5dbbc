package dev.andiron.s3;

import dev.andiron.spi.resource.FhirVersion;
import dev.andiron.spi.resource.ResourceKey;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Changes as bytes, the same in entries of the log and in segments. */
final class RecordFormat {
    /** The name of the very object that the bytes are in, whose contents lie behind the header. */
    static final String HERE = "";

    private static final FhirVersion[] FHIR_VERSIONS = FhirVersion.values();
    private static final LogRecord.Kind[] KINDS = LogRecord.Kind.values();

    private RecordFormat() {}

    static void write(DataOutputStream out, List<LogRecord> records) throws IOException {
        Map<String, Integer> objects = new LinkedHashMap<>();
        objects.put(HERE, 0);
        for (LogRecord record : records) {
            record.content().ifPresent(at -> objects.putIfAbsent(at.object(), objects.size()));
        }
        out.writeInt(objects.size() - 1);
        for (String object : objects.keySet()) {
            if (!object.equals(HERE)) {
                out.writeUTF(object);
            }
        }
        out.writeInt(records.size());
        for (LogRecord record : records) {
            out.writeByte(record.kind().ordinal());
            out.writeUTF(record.key().type());
            out.writeUTF(record.key().id());
            if (record.purge()) {
                continue;
            }
            out.writeLong(record.version());
            out.writeLong(record.lastUpdated());
            out.writeByte(record.fhirVersion().ordinal());
            if (record.content().isPresent()) {
                Location at = record.content().get();
                out.writeInt(objects.get(at.object()));
                out.writeLong(at.offset());
                out.writeInt(at.stored());
                out.writeInt(at.length());
                out.writeBoolean(at.deflated());
                out.writeInt(at.checksum());
            }
        }
    }

    /**
     * Reads changes.
     *
     * @param here the key of the object that the bytes are in
     * @param start where contents begin within it
     */
    static List<LogRecord> read(DataInputStream in, long firstPosition, String here, int start)
            throws IOException {
        String[] objects = new String[in.readInt() + 1];
        objects[0] = here;
        for (int i = 1; i < objects.length; i++) {
            objects[i] = in.readUTF();
        }
        int count = in.readInt();
        var records = new ArrayList<LogRecord>(count);
        for (int i = 0; i < count; i++) {
            records.add(record(in, firstPosition + i, objects, start));
        }
        return records;
    }

    private static LogRecord record(DataInputStream in, long position, String[] objects, int start)
            throws IOException {
        LogRecord.Kind kind = KINDS[in.readByte()];
        var key = new ResourceKey(in.readUTF().intern(), in.readUTF());
        if (kind == LogRecord.Kind.PURGE) {
            return new LogRecord(key, position, kind, 0, 0, FHIR_VERSIONS[0], Optional.empty());
        }
        long version = in.readLong();
        long lastUpdated = in.readLong();
        FhirVersion fhirVersion = FHIR_VERSIONS[in.readByte()];
        Optional<Location> content = Optional.empty();
        if (kind == LogRecord.Kind.PUT) {
            int object = in.readInt();
            content =
                    Optional.of(
                            new Location(
                                    objects[object],
                                    in.readLong() + (object == 0 ? start : 0),
                                    in.readInt(),
                                    in.readInt(),
                                    in.readBoolean(),
                                    in.readInt()));
        }
        return new LogRecord(key, position, kind, version, lastUpdated, fhirVersion, content);
    }
}
