package dev.andiron.kernel.routing;

/** Who runs a view. */
public sealed interface ViewRoute {

    /** The name of the runner, for logs, metrics and explanations. */
    String runner();

    /** The backend itself. */
    record Native() implements ViewRoute {
        @Override
        public String runner() {
            return "native";
        }
    }

    /**
     * The kernel, over a scan or search of the store.
     *
     * @param reason why the backend does not
     */
    record InProcess(String reason) implements ViewRoute {
        @Override
        public String runner() {
            return "in-process";
        }
    }
}
