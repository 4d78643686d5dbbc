package dev.andiron.kernel.plugin;

/** Why a plugin cannot be loaded: one sentence, without its path. */
final class BrokenPluginException extends Exception {
    private static final long serialVersionUID = 1;

    BrokenPluginException(String message) {
        super(message);
    }

    BrokenPluginException(String message, Throwable cause) {
        super(message, cause);
    }
}
