package dev.andiron.server.bulkimport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How objects of {@code s3:} URLs are read: by URLs that are signed for a while, as AWS describes
 * with Signature Version 4, which every S3-compatible store understands.
 *
 * @param endpoint where the store is, without a path; the bucket is the first segment of paths
 */
public record ObjectAccess(URI endpoint, String region, String accessKey, String secretKey) {
    private static final Duration VALIDITY = Duration.ofHours(1);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final HexFormat HEX = HexFormat.of();

    /** The URL that reads an object. */
    URI signed(URI object, Instant now) {
        return signed("/" + object.getHost() + object.getPath(), VALIDITY, now);
    }

    /** The URL that reads what is at a path, which is not encoded. */
    URI signed(String path, Duration validity, Instant now) {
        String time = TIME.format(now);
        String day = time.substring(0, time.indexOf('T'));
        String scope = "%s/%s/s3/aws4_request".formatted(day, region);
        var query =
                new TreeMap<>(
                        Map.of(
                                "X-Amz-Algorithm",
                                ALGORITHM,
                                "X-Amz-Credential",
                                accessKey + "/" + scope,
                                "X-Amz-Date",
                                time,
                                "X-Amz-Expires",
                                Long.toString(validity.toSeconds()),
                                "X-Amz-SignedHeaders",
                                "host"));
        String encoded = encoded(path, true);
        String asked =
                query.entrySet().stream()
                        .map(each -> each.getKey() + "=" + encoded(each.getValue(), false))
                        .collect(Collectors.joining("&"));
        String request =
                String.join(
                        "\n",
                        "GET",
                        encoded,
                        asked,
                        "host:" + endpoint.getAuthority(),
                        "",
                        "host",
                        "UNSIGNED-PAYLOAD");
        String toSign = String.join("\n", ALGORITHM, time, scope, HEX.formatHex(digest(request)));
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            key = mac(key, part);
        }
        String signature = HEX.formatHex(mac(key, toSign));
        return URI.create(
                "%s://%s%s?%s&X-Amz-Signature=%s"
                        .formatted(
                                endpoint.getScheme(),
                                endpoint.getAuthority(),
                                encoded,
                                asked,
                                signature));
    }

    /** Everything but letters, digits and four marks by its bytes. */
    private static String encoded(String text, boolean slashes) {
        var encoded = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char plain = (char) (each & 0xFF);
            boolean isKept =
                    plain < 0x80 && Character.isLetterOrDigit(plain)
                            || "-._~".indexOf(plain) >= 0
                            || slashes && plain == '/';
            if (isKept) {
                encoded.append(plain);
            } else {
                encoded.append('%').append(HEX.withUpperCase().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without the secret, which has no place in logs. */
    @Override
    public String toString() {
        return "ObjectAccess[%s, %s, %s]".formatted(endpoint, region, accessKey);
    }
}
