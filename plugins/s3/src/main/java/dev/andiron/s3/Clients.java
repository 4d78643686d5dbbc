package dev.andiron.s3;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.time.Duration;
import java.util.List;

/** Makes clients of an object store. */
final class Clients {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private Clients() {}

    /**
     * A client.
     *
     * @param interceptors what sees each request
     */
    static S3Client of(S3Options options, ExecutionInterceptor... interceptors) {
        S3ClientBuilder builder =
                S3Client.builder()
                        .region(Region.of(options.region()))
                        .forcePathStyle(options.pathStyle())
                        .credentialsProvider(credentials(options))
                        // Stores other than S3 itself refuse the newer checksums; contents and log
                        // entries carry their own.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .httpClientBuilder(
                                Apache5HttpClient.builder()
                                        .maxConnections(options.connections())
                                        .connectionTimeout(options.attemptTimeout())
                                        .socketTimeout(options.attemptTimeout()))
                        .overrideConfiguration(
                                client ->
                                        client.executionInterceptors(List.of(interceptors))
                                                .retryStrategy(
                                                        AwsRetryStrategy.standardRetryStrategy()
                                                                .toBuilder()
                                                                .maxAttempts(options.attempts())
                                                                .backoffStrategy(pauses())
                                                                .throttlingBackoffStrategy(pauses())
                                                                .build())
                                                .apiCallAttemptTimeout(options.attemptTimeout())
                                                .apiCallTimeout(options.requestTimeout()));
        options.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** What signs URLs; it makes no requests. */
    static S3Presigner presigner(S3Options options) {
        S3Presigner.Builder builder =
                S3Presigner.builder()
                        .region(Region.of(options.region()))
                        .credentialsProvider(credentials(options))
                        .serviceConfiguration(
                                S3Configuration.builder()
                                        .pathStyleAccessEnabled(options.pathStyle())
                                        .build());
        options.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** Random ones, whose longest doubles each time. */
    private static BackoffStrategy pauses() {
        return BackoffStrategy.exponentialDelay(SHORTEST_PAUSE, LONGEST_PAUSE);
    }

    private static AwsCredentialsProvider credentials(S3Options options) {
        if (options.accessKey().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        String id = options.accessKey().get();
        String secret = options.secretKey().orElseThrow();
        return StaticCredentialsProvider.create(
                options.sessionToken().isPresent()
                        ? AwsSessionCredentials.create(id, secret, options.sessionToken().get())
                        : AwsBasicCredentials.create(id, secret));
    }
}
