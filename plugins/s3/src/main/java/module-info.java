/** Many server nodes on one bucket of an object store. */
module dev.andiron.s3 {
    requires dev.andiron.spi;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.apache5;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.retries.api;
    requires software.amazon.awssdk.services.s3;

    provides dev.andiron.spi.BackendProvider with
            dev.andiron.s3.S3Provider;
}
