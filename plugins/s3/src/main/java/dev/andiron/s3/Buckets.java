package dev.andiron.s3;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.tenant.TenantId;

import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * In which bucket an object lies: all in one, or a tenant's in one of its own, which is made when
 * something is written to it for the first time. Safe for use by many threads at once.
 */
final class Buckets {
    private static final Pattern TENANT = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    private static final String US_EAST_1 = "us-east-1";

    private final S3Options options;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    Buckets(S3Options options) {
        this.options = options;
    }

    /** Whether tenants have buckets of their own. */
    boolean apart() {
        return options.tenantBucket().isPresent();
    }

    /**
     * The bucket of an object.
     *
     * @throws StorageException.NotPermitted for a tenant whose name cannot be that of a bucket
     */
    String of(String key) {
        return options.tenantBucket()
                .flatMap(template -> Keys.tenantOf(key).map(tenant -> own(template, tenant)))
                .orElse(options.bucket());
    }

    private static String own(String template, TenantId tenant) {
        String name = template.replace(S3Options.TENANT, tenant.value());
        if (!TENANT.matcher(tenant.value()).matches() || name.length() > 63) {
            throw new StorageException.NotPermitted(
                    "the tenant %s cannot have a bucket of its own, for %s is no name of a bucket"
                            .formatted(tenant, name));
        }
        return name;
    }

    /** Makes the bucket of an object, if it is a tenant's and not there. */
    void ensure(S3Client client, String key) {
        String bucket = of(key);
        if (bucket.equals(options.bucket()) || known.contains(bucket)) {
            return;
        }
        try {
            if (!isThere(client, bucket)) {
                client.createBucket(creation(bucket));
            }
        } catch (BucketAlreadyOwnedByYouException anotherNodeWasFirst) {
            System.getLogger(Buckets.class.getName())
                    .log(System.Logger.Level.DEBUG, "another node made the bucket " + bucket);
        } catch (S3Exception refused) {
            if (refused.statusCode() == 403 || refused.statusCode() == 409) {
                throw new StorageException.NotPermitted(
                        "the bucket %s of the tenant cannot be made or used: %s"
                                .formatted(bucket, refused.awsErrorDetails().errorCode()));
            }
            throw refused;
        }
        known.add(bucket);
    }

    private static boolean isThere(S3Client client, String bucket) {
        try {
            client.headBucket(request -> request.bucket(bucket));
            return true;
        } catch (S3Exception absent) {
            if (absent.statusCode() == 404) {
                return false;
            }
            throw absent;
        }
    }

    private CreateBucketRequest creation(String bucket) {
        var request = CreateBucketRequest.builder().bucket(bucket);
        Optional.of(options.region())
                .filter(region -> options.endpoint().isEmpty() && !region.equals(US_EAST_1))
                .ifPresent(
                        region ->
                                request.createBucketConfiguration(
                                        where -> where.locationConstraint(region)));
        return request.build();
    }
}
