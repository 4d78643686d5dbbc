package goodmodule;

import fixture.Minimal;

import java.sql.SQLException;

/** Tells about its surroundings. */
public class GoodModule extends Minimal {

    @Override
    public String description() {
        return "%s, native access %s, own context loader %s, %s"
                .formatted(
                        getClass().getModule(),
                        getClass().getModule().isNativeAccessEnabled(),
                        Thread.currentThread().getContextClassLoader()
                                == getClass().getClassLoader(),
                        new SQLException("SQL is there").getMessage());
    }
}
