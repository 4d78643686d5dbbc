package dev.andiron.server.interaction;

import dev.andiron.fhir.outcome.FhirException;
import dev.andiron.spi.tenant.TenantId;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals where a page ended into the text of a link, together with the tenant and the query that it
 * belongs to: a token works for nobody else and for no other query, and cannot be made up. The key
 * is kept, so links outlive a restart; servers with the same key take each other's links. Safe for
 * use by many threads.
 */
public final class PageTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SEAL_LENGTH = 16;

    /** The parameter that carries a token. */
    public static final String PARAMETER = "_page";

    private final SecretKeySpec key;

    /**
     * @param key secret bytes, at least 32
     */
    public PageTokens(byte[] key) {
        if (key.length < 32) {
            throw new IllegalArgumentException("the key of page tokens has at least 32 bytes");
        }
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /**
     * The token of a position.
     *
     * @param query the query that the position belongs to, the same text as for {@link #open}
     */
    String seal(TenantId tenant, String query, byte[] position) {
        byte[] token = Arrays.copyOf(position, position.length + SEAL_LENGTH);
        System.arraycopy(mac(tenant, query, position), 0, token, position.length, SEAL_LENGTH);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /**
     * The position in a token.
     *
     * @throws FhirException 400 if it was not sealed for this tenant and query
     */
    byte[] open(TenantId tenant, String query, String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            throw foreign();
        }
        if (bytes.length < SEAL_LENGTH) {
            throw foreign();
        }
        int length = bytes.length - SEAL_LENGTH;
        byte[] position = Arrays.copyOf(bytes, length);
        byte[] seal = Arrays.copyOfRange(bytes, length, bytes.length);
        byte[] expected = Arrays.copyOf(mac(tenant, query, position), SEAL_LENGTH);
        if (!MessageDigest.isEqual(seal, expected)) {
            throw foreign();
        }
        return position;
    }

    /** What is told to who brings a token of somewhere else. */
    static FhirException foreign() {
        return new FhirException(
                400,
                "value",
                PARAMETER
                        + " is not from a link of this server for this query; follow links as they"
                        + " are, or start again without it.");
    }

    private byte[] mac(TenantId tenant, String query, byte[] position) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(tenant.value().getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            mac.update(query.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(position);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
