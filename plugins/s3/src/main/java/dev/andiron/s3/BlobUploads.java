package dev.andiron.s3;

import dev.andiron.spi.StorageException;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests about files, which are uploaded in parts. Safe for use by many threads at once. */
final class BlobUploads {
    /** The name under which an object says who wrote it. */
    private static final String WRITER = "andiron-writer";

    private final ObjectStore objects;

    BlobUploads(ObjectStore objects) {
        this.objects = objects;
    }

    /** The size of an object; empty if there is none. */
    Optional<Long> size(String key) {
        return head(key).map(HeadObjectResponse::contentLength);
    }

    private Optional<HeadObjectResponse> head(String key) {
        return objects.attempt(
                client ->
                        client.headObject(
                                request ->
                                        request.bucket(objects.bucket(key))
                                                .key(objects.full(key))));
    }

    /** Whether an object is there, written by this writer. */
    private boolean wrote(String key, String writer) {
        return head(key).map(head -> writer.equals(head.metadata().get(WRITER))).orElse(false);
    }

    /** Writes an object at once, if there is none of that name. */
    boolean create(String key, String writer, byte[] bytes) {
        objects.prepare(key);
        PutObjectRequest.Builder request =
                objects.contentPut(key).metadata(Map.of(WRITER, writer)).ifNoneMatch("*");
        return objects.attempt(
                                client ->
                                        client.putObject(
                                                request.bucket(objects.bucket(key)).build(),
                                                RequestBody.fromBytes(bytes)))
                        .isPresent()
                || wrote(key, writer);
    }

    /** Starts an upload, and gives its id. */
    String start(String key, String writer) {
        objects.prepare(key);
        PutObjectRequest how = objects.contentPut(key).build();
        CreateMultipartUploadRequest request =
                CreateMultipartUploadRequest.builder()
                        .bucket(objects.bucket(key))
                        .key(objects.full(key))
                        .metadata(Map.of(WRITER, writer))
                        .serverSideEncryption(how.serverSideEncryption())
                        .ssekmsKeyId(how.ssekmsKeyId())
                        .storageClass(how.storageClassAsString())
                        .build();
        return objects.attempt(client -> client.createMultipartUpload(request))
                .orElseThrow(() -> gone())
                .uploadId();
    }

    /**
     * Uploads a part.
     *
     * @param number from 1
     */
    CompletedPart part(String key, String upload, int number, byte[] bytes) {
        String etag =
                objects.attempt(
                                client ->
                                        client.uploadPart(
                                                request ->
                                                        request.bucket(objects.bucket(key))
                                                                .key(objects.full(key))
                                                                .uploadId(upload)
                                                                .partNumber(number),
                                                RequestBody.fromBytes(bytes)))
                        .orElseThrow(() -> gone())
                        .eTag();
        return CompletedPart.builder().partNumber(number).eTag(etag).build();
    }

    /**
     * Makes an object of the parts, if there is none of that name.
     *
     * @return false if there is one already, by another writer
     */
    boolean complete(String key, String upload, String writer, List<CompletedPart> parts) {
        boolean completed =
                objects.attempt(
                                client ->
                                        client.completeMultipartUpload(
                                                request ->
                                                        request.bucket(objects.bucket(key))
                                                                .key(objects.full(key))
                                                                .uploadId(upload)
                                                                .ifNoneMatch("*")
                                                                .multipartUpload(
                                                                        all -> all.parts(parts))))
                        .isPresent();
        if (completed || wrote(key, writer)) {
            return true;
        }
        if (head(key).isEmpty()) {
            throw gone();
        }
        return false;
    }

    private static StorageException gone() {
        return new StorageException.Corrupt("a file that was being written was deleted", null);
    }

    void abort(String key, String upload) {
        objects.attempt(
                client ->
                        client.abortMultipartUpload(
                                request ->
                                        request.bucket(objects.bucket(key))
                                                .key(objects.full(key))
                                                .uploadId(upload)));
    }

    /** Ends all uploads to a folder that are not complete. */
    void abortAll(String under) {
        String prefix = objects.full(under);
        var left = new ArrayList<MultipartUpload>();
        Optional<String> key = Optional.empty();
        Optional<String> id = Optional.empty();
        do {
            Optional<String> keyMarker = key;
            Optional<String> idMarker = id;
            ListMultipartUploadsResponse page =
                    objects.attempt(
                                    client ->
                                            client.listMultipartUploads(
                                                    request -> {
                                                        request.bucket(objects.bucket(under))
                                                                .prefix(prefix);
                                                        keyMarker.ifPresent(request::keyMarker);
                                                        idMarker.ifPresent(request::uploadIdMarker);
                                                    }))
                            .orElse(ListMultipartUploadsResponse.builder().build());
            page.uploads().stream()
                    .filter(upload -> upload.key().startsWith(prefix))
                    .forEach(left::add);
            boolean more = Boolean.TRUE.equals(page.isTruncated());
            key = more ? Optional.ofNullable(page.nextKeyMarker()) : Optional.empty();
            id = more ? Optional.ofNullable(page.nextUploadIdMarker()) : Optional.empty();
        } while (key.isPresent());
        for (MultipartUpload upload : left) {
            abort(upload.key().substring(objects.full("").length()), upload.uploadId());
        }
    }
}
