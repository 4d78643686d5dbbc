package dev.andiron.tck.reference;

import dev.andiron.spi.resource.Json;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** A file of records, one behind the other; one that was cut off by a crash is dropped. */
final class Journal implements Closeable {
    private final RandomAccessFile file; // unlike a channel it survives an interrupted caller

    /** Opens the file, and hands out every complete record that it holds. */
    Journal(Path path, Consumer<Object> replay) {
        try {
            long length = Files.exists(path) ? replay(path, replay) : 0;
            file = new RandomAccessFile(path.toFile(), "rw");
            file.setLength(length);
            file.seek(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long replay(Path path, Consumer<Object> consumer) throws IOException {
        long complete = 0;
        try (var in = new DataInputStream(Files.newInputStream(path))) {
            while (true) {
                byte[] bytes = new byte[in.readInt()];
                in.readFully(bytes);
                consumer.accept(fromBytes(bytes));
                complete += Integer.BYTES + bytes.length;
            }
        } catch (EOFException end) {
            return complete;
        }
    }

    /** Writes one record, which survives the end of this process from then on. */
    synchronized void append(Record entry) {
        byte[] bytes = toBytes(entry);
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES + bytes.length);
        buffer.putInt(bytes.length).put(bytes);
        try {
            file.write(buffer.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The bytes of a record whose components are records, lists, optionals and simple values. */
    static byte[] toBytes(Object value) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(pack(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Object fromBytes(byte[] bytes) {
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return unpack(in.readObject());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("not a record that was written here", e);
        }
    }

    private static Object pack(Object value) {
        return switch (value) {
            case Record it -> packRecord(it);
            case Json json -> json.bytes();
            case OptionalLong it -> packOptional(it);
            case Optional<?> it -> new Object[] {Optional.class, pack(it.orElse(null))};
            case Set<?> it -> packAll(Set.class, it);
            case List<?> it -> packAll(List.class, it);
            case null -> null;
            default -> value;
        };
    }

    private static Object[] packOptional(OptionalLong value) {
        return value.isPresent()
                ? new Object[] {OptionalLong.class, value.getAsLong()}
                : new Object[] {OptionalLong.class};
    }

    private static Object[] packAll(Class<?> type, Collection<?> values) {
        var packed = new ArrayList<Object>();
        packed.add(type);
        values.forEach(value -> packed.add(pack(value)));
        return packed.toArray();
    }

    private static Object[] packRecord(Record value) {
        var packed = new ArrayList<Object>();
        packed.add(value.getClass());
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            try {
                component.getAccessor().setAccessible(true);
                packed.add(pack(component.getAccessor().invoke(value)));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("no access to " + component, e);
            }
        }
        return packed.toArray();
    }

    private static Object unpack(Object value) throws ReflectiveOperationException {
        return switch (value) {
            case byte[] bytes -> Json.of(bytes);
            case Object[] packed -> {
                var parts = new ArrayList<Object>();
                for (int i = 1; i < packed.length; i++) {
                    parts.add(unpack(packed[i]));
                }
                Class<?> type = (Class<?>) packed[0];
                if (type == Optional.class) {
                    yield Optional.ofNullable(parts.getFirst());
                }
                if (type == OptionalLong.class) {
                    yield parts.isEmpty()
                            ? OptionalLong.empty()
                            : OptionalLong.of((Long) parts.getFirst());
                }
                if (type == List.class) {
                    yield parts;
                }
                yield type == Set.class ? Set.copyOf(parts) : construct(type, parts);
            }
            case null -> null;
            default -> value;
        };
    }

    private static Object construct(Class<?> type, List<Object> parts)
            throws ReflectiveOperationException {
        var constructor = type.getDeclaredConstructors()[0];
        if (type.getDeclaredConstructors().length > 1) {
            throw new IllegalStateException(type + " has several constructors");
        }
        constructor.setAccessible(true);
        return constructor.newInstance(parts.toArray());
    }
}
