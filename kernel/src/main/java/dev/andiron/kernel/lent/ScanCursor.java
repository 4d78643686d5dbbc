package dev.andiron.kernel.lent;

import dev.andiron.fhir.search.SortKey;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.search.Cursor;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Where a page of a scan ended: the sort keys and the key of its last resource. */
record ScanCursor(List<SortKey> sortKeys, ResourceKey key) {

    Cursor encode() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write(out, key.type());
            write(out, key.id());
            out.writeShort(sortKeys.size());
            for (SortKey sortKey : sortKeys) {
                write(out, sortKey.encode());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return Cursor.of(bytes.toByteArray());
    }

    /**
     * Reads a cursor.
     *
     * @param sorts how many sort keys it has
     * @throws IllegalArgumentException if {@link #encode()} made no such bytes
     */
    static ScanCursor decode(Cursor cursor, int sorts) {
        try (var in = new DataInputStream(new ByteArrayInputStream(cursor.bytes()))) {
            var key = new ResourceKey(read(in), read(in));
            if (in.readUnsignedShort() != sorts) {
                throw new IllegalArgumentException("the cursor belongs to another search");
            }
            var sortKeys = new ArrayList<SortKey>(sorts);
            for (int i = 0; i < sorts; i++) {
                sortKeys.add(SortKey.decode(read(in)));
            }
            return new ScanCursor(List.copyOf(sortKeys), key);
        } catch (IOException tooShort) {
            throw new IllegalArgumentException("the cursor is cut off", tooShort);
        }
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IllegalArgumentException("the cursor is cut off");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
