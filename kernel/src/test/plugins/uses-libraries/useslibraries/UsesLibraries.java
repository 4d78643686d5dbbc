package useslibraries;

import fixture.Minimal;

import java.util.Map;

/** Tells which versions of widespread libraries it sees, and who logs. */
public class UsesLibraries extends Minimal {

    @Override
    public String name() {
        return "libraries-" + jackson().replaceAll("\\..*", "") + "-" + minor(jackson());
    }

    @Override
    public String description() {
        return "Jackson %s, Netty %s, AWS %s, SLF4J by %s"
                .formatted(
                        jackson(),
                        called("io.netty.util.Version", "identify", Map.class),
                        constant("software.amazon.awssdk.core.util.VersionInfo", "SDK_VERSION"),
                        logging());
    }

    private static String jackson() {
        return String.valueOf(
                constant("com.fasterxml.jackson.core.json.PackageVersion", "VERSION"));
    }

    private static String minor(String version) {
        return version.split("\\.", -1)[1];
    }

    private static Object constant(String type, String name) {
        try {
            return Class.forName(type).getField(name).get(null);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /** The version of netty-common, as its own resource tells. */
    private static Object called(String type, String method, Class<Map> result) {
        try {
            Map<?, ?> versions = result.cast(Class.forName(type).getMethod(method).invoke(null));
            Object common = versions.get("netty-common");
            return common.getClass().getMethod("artifactVersion").invoke(common);
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(missing);
        }
    }

    private static String logging() {
        try {
            Object factory =
                    Class.forName("org.slf4j.LoggerFactory")
                            .getMethod("getILoggerFactory")
                            .invoke(null);
            return factory.getClass().getName();
        } catch (ReflectiveOperationException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
