package dev.andiron.spi;

import dev.andiron.spi.resource.ResourceKey;

import java.time.Duration;

/**
 * What a backend throws, and nothing else. Absence is no exception: it is an empty {@code Optional}
 * or a deleted version. Messages are for a person who calls the API: no SQL, no secrets, no paths.
 */
public abstract sealed class StorageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private StorageException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * A put or delete whose version does not follow the current one: somebody else was first. The
     * commit changed nothing. Read again and decide again.
     */
    public static final class VersionConflict extends StorageException {
        private static final long serialVersionUID = 1;
        private final transient ResourceKey key;
        private final long currentVersion;

        public VersionConflict(ResourceKey key, long currentVersion) {
            super(key + " is at version " + currentVersion + " now", null);
            this.key = key;
            this.currentVersion = currentVersion;
        }

        public ResourceKey key() {
            return key;
        }

        /** The version found, 0 when the resource never existed. */
        public long currentVersion() {
            return currentVersion;
        }
    }

    /** A precondition of a commit did not hold. The commit changed nothing. */
    public static final class PreconditionFailed extends StorageException {
        private static final long serialVersionUID = 1;
        private final int index;

        /**
         * @param index which of the commit's preconditions failed, from 0
         */
        public PreconditionFailed(int index, String message) {
            super(message, null);
            this.index = index;
        }

        public int index() {
            return index;
        }
    }

    /** The backend does not do this, and says so by name. */
    public static final class NotSupported extends StorageException {
        private static final long serialVersionUID = 1;

        public NotSupported(String message) {
            super(message, null);
        }
    }

    /**
     * What was asked cannot be done as it is, or not on the stored data: a view of which a column
     * that is no collection has several values, SQL that is none. The client can change it.
     */
    public static final class Unprocessable extends StorageException {
        private static final long serialVersionUID = 1;

        public Unprocessable(String message) {
            super(message, null);
        }
    }

    /** The caller lacks a permission. */
    public static final class NotPermitted extends StorageException {
        private static final long serialVersionUID = 1;

        public NotPermitted(String message) {
            super(message, null);
        }
    }

    /** The backend cannot serve just now; nothing was changed, or {@link #outcomeUnknown()}. */
    public static final class Unavailable extends StorageException {
        private static final long serialVersionUID = 1;
        private final Duration retryAfter;
        private final boolean outcomeUnknown;

        public Unavailable(String message, Duration retryAfter, Throwable cause) {
            this(message, retryAfter, false, cause);
        }

        public Unavailable(
                String message, Duration retryAfter, boolean outcomeUnknown, Throwable cause) {
            super(message, cause);
            this.retryAfter = retryAfter;
            this.outcomeUnknown = outcomeUnknown;
        }

        /** When another try makes sense. */
        public Duration retryAfter() {
            return retryAfter;
        }

        /** Whether a commit may have been applied all the same. */
        public boolean outcomeUnknown() {
            return outcomeUnknown;
        }
    }

    /** The call took longer than it may; nothing was changed. */
    public static final class Timeout extends StorageException {
        private static final long serialVersionUID = 1;

        public Timeout(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** No room is left; nothing was changed. */
    public static final class OutOfSpace extends StorageException {
        private static final long serialVersionUID = 1;

        public OutOfSpace(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** One value, resource or commit is larger than the backend takes; nothing was changed. */
    public static final class TooLarge extends StorageException {
        private static final long serialVersionUID = 1;

        public TooLarge(String message) {
            super(message, null);
        }
    }

    /** A worker no longer holds the lease of its job; nothing was changed. */
    public static final class LeaseLost extends StorageException {
        private static final long serialVersionUID = 1;

        public LeaseLost(String message) {
            super(message, null);
        }
    }

    /** Stored data cannot be read back as it was written. */
    public static final class Corrupt extends StorageException {
        private static final long serialVersionUID = 1;

        public Corrupt(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A defect of the backend; the kernel makes it from exceptions that no other kind covers. */
    public static final class Internal extends StorageException {
        private static final long serialVersionUID = 1;

        public Internal(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
