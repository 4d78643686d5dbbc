package driver;

import fixture.Minimal;

import library.Version;

import java.sql.DriverManager;
import java.sql.SQLException;

/** Says what DriverManager, and what its own driver, makes of the driver's URL. */
public class UsesDriver extends Minimal {

    @Override
    public String name() {
        return "driver-" + Version.number();
    }

    @Override
    public String description() {
        return "manager: %s; own: %s"
                .formatted(
                        said(() -> DriverManager.getConnection(url())),
                        said(() -> new FixtureDriver().connect(url(), null)));
    }

    /** Not the driver's: to ask it would register it. */
    static String url() {
        return "jdbc:fixture-" + Version.number();
    }

    private interface Connecting {
        Object connect() throws SQLException;
    }

    private static String said(Connecting connecting) {
        try {
            return String.valueOf(connecting.connect());
        } catch (SQLException answer) {
            return answer.getMessage();
        }
    }
}
