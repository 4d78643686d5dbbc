package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The objects of one backend: the few requests that all else is made of. Keys are relative to the
 * configured prefix. Every method throws a {@link StorageException} only, and repeats what failed
 * for a passing reason within the configured budget. Safe for use by many threads at once.
 */
final class ObjectStore implements AutoCloseable {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int MOST_DELETED_AT_ONCE = 1000;

    /** How long a client should wait before it tries again. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final S3Client client;
    private final S3Options options;
    private final Buckets buckets;
    private final Semaphore permits;

    ObjectStore(S3Client client, S3Options options) {
        this.client = client;
        this.options = options;
        buckets = new Buckets(options);
        permits = new Semaphore(options.connections());
    }

    /** An object with the mark by which it can be replaced. */
    record Found(byte[] bytes, String etag) {}

    /** An object in a listing. */
    record Listed(String key, long size, Instant lastModified) {}

    /** The whole object; empty if there is none. */
    Optional<Found> read(String key) {
        return attempt(
                () -> {
                    var response =
                            client.getObjectAsBytes(
                                    request -> request.bucket(bucket(key)).key(full(key)));
                    return new Found(response.asByteArrayUnsafe(), response.response().eTag());
                });
    }

    /** Bytes of an object, fewer where it ends before; empty if there is no such object. */
    Optional<byte[]> read(String key, long offset, int length) {
        if (length == 0) {
            return Optional.of(new byte[0]);
        }
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        try {
            return attempt(
                    () ->
                            client.getObjectAsBytes(
                                            request ->
                                                    request.bucket(bucket(key))
                                                            .key(full(key))
                                                            .range(range))
                                    .asByteArrayUnsafe());
        } catch (BehindTheEnd nothingThere) {
            return Optional.of(new byte[0]);
        }
    }

    /** An object has no bytes where they were asked for. */
    private static final class BehindTheEnd extends RuntimeException {
        private static final long serialVersionUID = 1;

        BehindTheEnd(Throwable cause) {
            super("nothing is there", cause, false, false);
        }
    }

    /** Writes an object whose name nobody else uses. */
    void write(String key, byte[] bytes) {
        require(write(key, bytes, contentPut(key)), key);
    }

    /** Writes an object that is read all the time, and whose name nobody else uses. */
    void writeIndex(String key, byte[] bytes) {
        require(write(key, bytes, systemPut(key)), key);
    }

    /**
     * Writes an object if there is none of that name.
     *
     * @return its mark; empty if there is one already, which may be this very one, written by an
     *     attempt whose answer was lost
     */
    Optional<String> create(String key, byte[] bytes) {
        return write(key, bytes, systemPut(key).ifNoneMatch("*"));
    }

    /**
     * Replaces an object if it still is the one that was read.
     *
     * @return its new mark; empty if it is another by now, which may be this very one, written by
     *     an attempt whose answer was lost
     */
    Optional<String> replace(String key, String etag, byte[] bytes) {
        return write(key, bytes, systemPut(key).ifMatch(etag));
    }

    /** Deletes objects of one owner; those that are not there do not matter. */
    void delete(List<String> keys) {
        if (keys.isEmpty()) {
            return;
        }
        String bucket = bucket(keys.getFirst());
        for (int from = 0; from < keys.size(); from += MOST_DELETED_AT_ONCE) {
            List<ObjectIdentifier> some =
                    keys.subList(from, Math.min(keys.size(), from + MOST_DELETED_AT_ONCE)).stream()
                            .map(key -> ObjectIdentifier.builder().key(full(key)).build())
                            .toList();
            if (some.size() == 1) {
                attempt(
                        () ->
                                client.deleteObject(
                                        request ->
                                                request.bucket(bucket).key(some.getFirst().key())));
            } else {
                attempt(
                        () ->
                                client.deleteObjects(
                                        request ->
                                                request.bucket(bucket)
                                                        .delete(
                                                                delete ->
                                                                        delete.objects(some)
                                                                                .quiet(true))));
            }
        }
    }

    /**
     * Objects by key.
     *
     * @param after only keys behind this one
     */
    List<Listed> list(String under, String after, int limit) {
        var found = new ArrayList<Listed>();
        String place = after;
        while (found.size() < limit) {
            ListObjectsV2Response page = page(under, place, false, limit - found.size());
            for (S3Object each : page.contents()) {
                if (found.size() == limit) {
                    return found; // more than was asked for, as some stores give
                }
                place = each.key().substring(options.prefix().length());
                found.add(new Listed(place, each.size(), each.lastModified()));
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                break;
            }
        }
        return found;
    }

    /** The names of folders under a folder, ascending, each with its final slash. */
    List<String> folders(String under, String after, int limit) {
        var found = new ArrayList<String>();
        String place = after;
        while (found.size() < limit) {
            ListObjectsV2Response page = page(under, place, true, limit - found.size());
            for (CommonPrefix each : page.commonPrefixes()) {
                String folder = each.prefix().substring(options.prefix().length());
                if (found.size() == limit) {
                    return found; // more than was asked for, as some stores give
                }
                found.add(folder.substring(under.length()));
                place = folder + Keys.LAST;
            }
            if (!Boolean.TRUE.equals(page.isTruncated())) {
                break;
            }
        }
        return found;
    }

    private ListObjectsV2Response page(String under, String after, boolean folders, int limit) {
        ListObjectsV2Request.Builder request =
                ListObjectsV2Request.builder()
                        .bucket(bucket(under))
                        .prefix(full(under))
                        .maxKeys(Math.min(limit, 1000));
        if (!after.isEmpty()) {
            request.startAfter(full(after));
        }
        if (folders) {
            request.delimiter("/");
        }
        Optional<ListObjectsV2Response> page = attempt(() -> client.listObjectsV2(request.build()));
        return buckets.apart()
                ? page.orElse(ListObjectsV2Response.builder().isTruncated(false).build())
                : require(page, under);
    }

    private Optional<String> write(String key, byte[] bytes, PutObjectRequest.Builder request) {
        prepare(key);
        return attempt(() -> put(key, bytes, request));
    }

    private String put(String key, byte[] bytes, PutObjectRequest.Builder request) {
        return client.putObject(
                        request.bucket(bucket(key)).key(full(key)).build(),
                        RequestBody.fromBytes(bytes))
                .eTag();
    }

    /** What has to be at hand at any time. */
    private PutObjectRequest.Builder systemPut(String key) {
        var request = PutObjectRequest.builder().key(full(key));
        switch (options.encryption()) {
            case BUCKET -> {}
            case AES256 -> request.serverSideEncryption(ServerSideEncryption.AES256);
            case AWS_KMS -> {
                request.serverSideEncryption(ServerSideEncryption.AWS_KMS);
                options.kmsKey().ifPresent(request::ssekmsKeyId);
            }
        }
        return request;
    }

    /** What an operator may keep elsewhere. */
    PutObjectRequest.Builder contentPut(String key) {
        PutObjectRequest.Builder request = systemPut(key);
        return options.storageClass() == S3Options.StorageClass.STANDARD
                ? request
                : request.storageClass(options.storageClass().name());
    }

    /** The bucket of an object. */
    String bucket(String key) {
        return buckets.of(key);
    }

    /** Whether tenants have buckets of their own. */
    boolean apart() {
        return buckets.apart();
    }

    /** Makes the bucket of an object, if it is not there and may be made. */
    void prepare(String key) {
        if (buckets.apart()) {
            require(
                    attempt(
                            client -> {
                                buckets.ensure(client, key);
                                return true;
                            }),
                    key);
        }
    }

    /** A key as the object store has it. */
    String full(String key) {
        return options.prefix() + key;
    }

    private static <T> T require(Optional<T> answer, String key) {
        return answer.orElseThrow(
                () ->
                        new StorageException.Unavailable(
                                "the object store does not know the bucket of " + key,
                                RETRY_AFTER,
                                null));
    }

    private <T> Optional<T> attempt(Supplier<T> request) {
        return attempt(_ -> request.get());
    }

    /**
     * Makes a request.
     *
     * @return empty for the answers that mean: not there, or not so any more
     */
    <T> Optional<T> attempt(Function<S3Client, T> request) {
        permits.acquireUninterruptibly();
        try {
            return Optional.of(request.apply(client));
        } catch (S3Exception refused) {
            String code =
                    refused.awsErrorDetails() == null ? "" : refused.awsErrorDetails().errorCode();
            return switch (refused.statusCode()) {
                case NOT_FOUND -> {
                    if ("NoSuchBucket".equals(code) && !buckets.apart()) {
                        throw unavailable("the bucket is not there", refused);
                    }
                    yield Optional.empty();
                }
                case CONFLICT, PRECONDITION_FAILED -> Optional.empty();
                case RANGE_NOT_SATISFIABLE -> throw new BehindTheEnd(refused);
                case 401, 403 ->
                        throw unavailable(
                                "the object store refuses access (" + code + ")", refused);
                case TOO_MANY_REQUESTS, 503 ->
                        throw unavailable("the object store is throttled", refused);
                default ->
                        throw unavailable(
                                "the object store fails with status "
                                        + refused.statusCode()
                                        + (code == null || code.isEmpty() ? "" : " (" + code + ")"),
                                refused);
            };
        } catch (SdkException failed) {
            if (Thread.currentThread().isInterrupted() || interrupted(failed)) {
                Thread.currentThread().interrupt();
            }
            throw unavailable("the object store cannot be reached", failed);
        } catch (IllegalStateException | RejectedExecutionException closed) {
            throw unavailable("the backend is closed", closed);
        } finally {
            permits.release();
        }
    }

    private static boolean interrupted(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof InterruptedException || each instanceof InterruptedIOException) {
                return each instanceof InterruptedException;
            }
        }
        return false;
    }

    /** A write that failed so may have happened all the same. */
    private static StorageException unavailable(String message, Exception cause) {
        return new StorageException.Unavailable(message, RETRY_AFTER, true, cause);
    }

    @Override
    public void close() {
        client.close();
    }
}
