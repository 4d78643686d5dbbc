package dev.andiron.postgres;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.util.List;
import java.util.Optional;

/** How connections are protected, and what they prove to the server. */
record TlsOptions(
        Mode mode,
        Optional<String> rootCertificate,
        Optional<String> certificate,
        Optional<String> key,
        Optional<String> keyPassword) {

    /** The words are PostgreSQL's. */
    enum Mode {
        DISABLE,
        PREFER,
        REQUIRE,
        VERIFY_CA,
        VERIFY_FULL
    }

    private static final Option<Mode> MODE =
            Option.choice(
                    "tls",
                    Mode.PREFER,
                    "disable; prefer: if the server offers it; require: without looking at the"
                            + " certificate; verify-ca; verify-full: the host's name, too");
    private static final Option<String> ROOT_CERTIFICATE =
            Option.string(
                    "tls-root-certificate",
                    "a PEM file with the certificates that verify-ca and verify-full trust");
    private static final Option<String> CERTIFICATE =
            Option.string(
                    "tls-certificate",
                    "a PEM file with the certificate by which this node proves who it is");
    private static final Option<String> KEY =
            Option.string("tls-key", "a PEM file (PKCS #8, named .pem or .key) with its key");
    private static final Option<String> KEY_PASSWORD =
            Option.string("tls-key-password", "the password of that file").secret();

    static final List<Option<?>> ALL =
            List.of(MODE, ROOT_CERTIFICATE, CERTIFICATE, KEY, KEY_PASSWORD);

    static TlsOptions of(Options options) {
        var tls =
                new TlsOptions(
                        options.get(MODE),
                        options.find(ROOT_CERTIFICATE),
                        options.find(CERTIFICATE),
                        options.find(KEY),
                        options.find(KEY_PASSWORD));
        boolean verifies = tls.mode == Mode.VERIFY_CA || tls.mode == Mode.VERIFY_FULL;
        if (tls.rootCertificate.isPresent() && !verifies) {
            throw new IllegalArgumentException(
                    "option 'tls-root-certificate' is looked at by 'tls' verify-ca and verify-full"
                            + " only");
        }
        if (tls.certificate.isPresent() != tls.key.isPresent()) {
            throw new IllegalArgumentException(
                    "options 'tls-certificate' and 'tls-key' go together");
        }
        if (tls.certificate.isPresent() && tls.mode == Mode.DISABLE) {
            throw new IllegalArgumentException(
                    "option 'tls-certificate' needs 'tls' to be something else than disable");
        }
        if (tls.key.isPresent() && !tls.key.get().matches(".*\\.(pem|key)")) {
            throw new IllegalArgumentException(
                    "option 'tls-key' takes the name of a file that ends in .pem or .key");
        }
        return tls;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "TLS " + Option.word(mode);
    }
}
