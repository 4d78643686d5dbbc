package dev.andiron.sql.document;

/**
 * A compiled expression: what it gives is a {@link Part} of the document or a value that was
 * computed. Immutable once its shapes are final.
 */
abstract class Reading {

    /** What expressions are evaluated on. */
    record Focus(Part resource, Object item, int index) {
        /** The same place with another item; null for nothing. */
        Focus on(Object other) {
            return new Focus(resource, other, index);
        }
    }

    /** Its value; null without any. Several are not for here. */
    abstract Object one(Focus focus) throws IrregularException;

    /** Adds all its values. */
    abstract void all(Focus focus, Items found) throws IrregularException;

    final Items all(Focus focus) throws IrregularException {
        var found = new Items();
        all(focus, found);
        return found;
    }

    final boolean isTrue(Focus focus) throws IrregularException {
        Object truth = one(focus);
        return truth != null && Scalar.truth(truth);
    }

    /** Gives a value or none. */
    @FunctionalInterface
    interface One {
        Object read(Focus focus) throws IrregularException;
    }

    /** Gives any number of values. */
    @FunctionalInterface
    interface Many {
        void read(Focus focus, Items found) throws IrregularException;
    }

    static Reading one(One how) {
        return new Reading() {
            @Override
            Object one(Focus focus) throws IrregularException {
                return how.read(focus);
            }

            @Override
            void all(Focus focus, Items found) throws IrregularException {
                Object item = how.read(focus);
                if (item != null) {
                    found.add(item);
                }
            }
        };
    }

    static Reading many(Many how) {
        return new Reading() {
            @Override
            Object one(Focus focus) throws IrregularException {
                Items found = all(focus);
                if (found.size() > 1) {
                    throw IrregularException.INSTANCE;
                }
                return found.size() == 0 ? null : found.get(0);
            }

            @Override
            void all(Focus focus, Items found) throws IrregularException {
                how.read(focus, found);
            }
        };
    }
}
