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

/** Changes as bytes, the same in entries of the log and in pages of the index. */
final class RecordFormat {
    /** The name of the very object that the bytes are in, whose contents lie behind the header. */
    static final String HERE = "";

    private static final FhirVersion[] FHIR_VERSIONS = FhirVersion.values();
    private static final LogRecord.Kind[] KINDS = LogRecord.Kind.values();

    private RecordFormat() {}

    /** Changes whose positions follow each other. */
    static void write(DataOutputStream out, List<LogRecord> records) throws IOException {
        Map<String, Integer> objects = writeObjects(out, records);
        for (LogRecord record : records) {
            write(out, record, objects);
        }
    }

    /** Changes, each with its position. */
    static void writePlaced(DataOutputStream out, List<LogRecord> records) throws IOException {
        Map<String, Integer> objects = writeObjects(out, records);
        for (LogRecord record : records) {
            out.writeLong(record.position());
            write(out, record, objects);
        }
    }

    private static Map<String, Integer> writeObjects(DataOutputStream out, List<LogRecord> records)
            throws IOException {
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
        return objects;
    }

    private static void write(DataOutputStream out, LogRecord record, Map<String, Integer> objects)
            throws IOException {
        out.writeByte(record.kind().ordinal());
        out.writeUTF(record.key().type());
        out.writeUTF(record.key().id());
        if (record.purge()) {
            return;
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

    /**
     * Reads changes whose positions follow each other.
     *
     * @param here the key of the object that the bytes are in
     * @param start where contents begin within it
     */
    static List<LogRecord> read(DataInputStream in, long firstPosition, String here, int start)
            throws IOException {
        String[] objects = readObjects(in, here);
        int count = in.readInt();
        var records = new ArrayList<LogRecord>(Math.min(count, 1 << 17));
        for (int i = 0; i < count; i++) {
            records.add(record(in, firstPosition + i, objects, start));
        }
        return records;
    }

    /** Reads changes, each with its position. */
    static List<LogRecord> readPlaced(DataInputStream in) throws IOException {
        String[] objects = readObjects(in, HERE);
        int count = in.readInt();
        var records = new ArrayList<LogRecord>(Math.min(count, 1 << 17));
        for (int i = 0; i < count; i++) {
            records.add(record(in, in.readLong(), objects, 0));
        }
        return records;
    }

    private static String[] readObjects(DataInputStream in, String here) throws IOException {
        String[] objects = new String[in.readInt() + 1];
        objects[0] = here;
        for (int i = 1; i < objects.length; i++) {
            objects[i] = in.readUTF();
        }
        return objects;
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
