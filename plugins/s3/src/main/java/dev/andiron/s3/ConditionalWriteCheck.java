package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Tries what everything here rests on: that of several writers of one object exactly one wins.
 * Object stores that look like S3 are known to ignore the conditions, or to check first and write
 * later.
 */
final class ConditionalWriteCheck {
    private static final int WRITERS = 8;
    private static final int ROUNDS = 3;
    private static final byte[] FIRST = "first".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECOND = "second".getBytes(StandardCharsets.UTF_8);

    private final ObjectStore objects;
    private final String key = "check/" + UUID.randomUUID();

    private ConditionalWriteCheck(ObjectStore objects) {
        this.objects = objects;
    }

    /**
     * Runs the check on objects of its own, which it deletes.
     *
     * @throws StorageException if the object store cannot be reached, or cannot be relied on
     */
    static void run(ObjectStore objects) {
        var check = new ConditionalWriteCheck(objects);
        try {
            check.oneByOne();
            for (int round = 0; round < ROUNDS; round++) {
                check.atOnce(round);
            }
        } finally {
            objects.delete(
                    IntStream.rangeClosed(0, ROUNDS)
                            .mapToObj(number -> check.key + "-" + number)
                            .toList());
        }
    }

    private void oneByOne() {
        String object = key + "-" + ROUNDS;
        if (objects.read(object).isPresent()) {
            throw refused("it finds what was never written");
        }
        String first =
                objects.create(object, FIRST)
                        .orElseThrow(() -> refused("it does not create an object"));
        if (objects.create(object, SECOND).isPresent()) {
            throw refused("it ignores If-None-Match: a second create replaced the first");
        }
        String second =
                objects.replace(object, first, SECOND)
                        .orElseThrow(() -> refused("it does not replace an unchanged object"));
        if (objects.replace(object, first, FIRST).isPresent()) {
            throw refused("it ignores If-Match: an object was replaced that had changed");
        }
        byte[] content = objects.read(object).map(ObjectStore.Found::bytes).orElse(FIRST);
        if (!Arrays.equals(content, SECOND) || Objects.equals(first, second)) {
            throw refused("it does not show what was written last");
        }
    }

    private void atOnce(int round) {
        String object = key + "-" + round;
        String etag =
                winner("If-None-Match", writer -> objects.create(object, content(round, writer)));
        winner("If-Match", writer -> objects.replace(object, etag, content(-1 - round, writer)));
    }

    private static byte[] content(int round, int writer) {
        return (round + ":" + writer).getBytes(StandardCharsets.UTF_8);
    }

    private static String winner(String condition, Function<Integer, Optional<String>> write) {
        List<String> winners =
                Parallel.map(IntStream.range(0, WRITERS).boxed().toList(), write).stream()
                        .flatMap(Optional::stream)
                        .toList();
        if (winners.size() != 1) {
            throw refused(
                    "of %d writes at once with %s, %d won"
                            .formatted(WRITERS, condition, winners.size()));
        }
        return winners.getFirst();
    }

    private static StorageException refused(String what) {
        return new StorageException.NotSupported(
                "the object store does not keep conditional writes, without which commits would be"
                        + " lost: "
                        + what);
    }
}
