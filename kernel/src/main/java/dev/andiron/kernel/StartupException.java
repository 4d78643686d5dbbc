package dev.andiron.kernel;

/** A start that ends with one clear message for the operator, and what the process exits with. */
public class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What a process that could not start exits with. */
    public enum ExitCode {
        /** The configuration is wrong, or names a plugin that is not there: change it. */
        CONFIGURATION(2),
        /** The storage that serves requests could not be opened: look at it, then try again. */
        STORAGE(3);

        private final int code;

        ExitCode(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    private final ExitCode exitCode;

    public StartupException(String message, ExitCode exitCode, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
