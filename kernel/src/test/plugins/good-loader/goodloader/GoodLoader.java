package goodloader;

import fixture.Minimal;

/** Tells about its surroundings. */
public class GoodLoader extends Minimal {

    @Override
    public String description() {
        return "%s, own context loader %s, sees the kernel %s, sees JUnit %s, SQL %s"
                .formatted(
                        getClass().getModule().isNamed() ? "named" : "unnamed",
                        Thread.currentThread().getContextClassLoader()
                                == getClass().getClassLoader(),
                        sees("dev.andiron.kernel.Andiron"),
                        sees("org.junit.jupiter.api.Test"),
                        sees("java.sql.Connection"));
    }

    private static boolean sees(String name) {
        try {
            return Class.forName(name) != null;
        } catch (ClassNotFoundException hidden) {
            return false;
        }
    }
}
