package dev.andiron.sql.document;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which members of objects are wanted, each in a slot of its own, and which of theirs. A shape may
 * lie below itself. Grown by one thread, then read by many.
 */
final class Shape {
    private String[] names = {};
    private byte[][] spelled = {};
    private Shape[] below = {};

    /** The shape that has taken this one in; itself unless there is one. */
    private Shape united = this;

    private Shape self() {
        Shape shape = this;
        while (shape.united != shape) {
            shape = shape.united;
        }
        return shape;
    }

    /** What is wanted of the member of a name, which is wanted itself from now on. */
    Shape member(String name) {
        Shape self = self();
        int known = self.slot(name);
        int slot = known < 0 ? self.add(name, new Shape()) : known;
        return self.below[slot].self();
    }

    private int add(String name, Shape shape) {
        int size = names.length;
        names = Arrays.copyOf(names, size + 1);
        spelled = Arrays.copyOf(spelled, size + 1);
        below = Arrays.copyOf(below, size + 1);
        names[size] = name;
        spelled[size] = name.getBytes(StandardCharsets.UTF_8);
        below[size] = shape;
        return size;
    }

    /** Makes one shape of two: whatever is wanted of one is wanted of the other. */
    void unite(Shape other) {
        Shape one = self();
        Shape two = other.self();
        if (one == two) {
            return;
        }
        two.united = one;
        for (int i = 0; i < two.names.length; i++) {
            Shape whole = self();
            int slot = whole.slot(two.names[i]);
            if (slot < 0) {
                whole.add(two.names[i], two.below[i]);
            } else {
                whole.below[slot].unite(two.below[i]);
            }
        }
    }

    /** The slot of a member; -1 if it is not wanted. Final once no shape is united any more. */
    int slot(String name) {
        Shape self = self();
        for (int i = 0; i < self.names.length; i++) {
            if (self.names[i].equals(name)) {
                return i;
            }
        }
        return -1;
    }

    int size() {
        return self().names.length;
    }

    Shape below(int slot) {
        return self().below[slot].self();
    }

    /** The slot of the name that stands in a document; -1 if it is not wanted. */
    int slot(byte[] document, int from, int to) {
        byte[][] known = self().spelled;
        int length = to - from;
        for (int i = 0; i < known.length; i++) {
            byte[] name = known[i];
            if (name.length == length
                    && name[length - 1] == document[to - 1]
                    && Arrays.equals(name, 0, length, document, from, to)) {
                return i;
            }
        }
        return -1;
    }
}
