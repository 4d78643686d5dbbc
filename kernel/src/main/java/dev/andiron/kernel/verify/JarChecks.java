package dev.andiron.kernel.verify;

import dev.andiron.spi.BackendProvider;
import dev.andiron.spi.interceptor.InterceptorProvider;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/** What a jar's bytes tell, before any of its code runs. */
final class JarChecks {
    private static final int CLASS_FILE = 0xCAFEBABE;

    /** The version of class files is that of Java and 44. */
    private static final int CLASS_FILES_AHEAD = 44;

    private static final List<String> SERVICES =
            List.of(BackendProvider.class.getName(), InterceptorProvider.class.getName());

    private final List<Check> checks = new ArrayList<>();

    private JarChecks() {}

    static List<Check> of(Path file) {
        var found = new JarChecks();
        String about = "the file is a jar, and every entry of it can be read";
        try (var jar = new JarFile(file.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            found.look(jar);
            found.checks.addFirst(Check.passed("jar", about));
        } catch (IOException unreadable) {
            found.checks.add(
                    Check.failed(
                            "jar", about, file + " cannot be read: " + unreadable.getMessage()));
        }
        return found.checks;
    }

    private void look(JarFile jar) throws IOException {
        int newest = 0;
        var newer = new TreeSet<String>();
        var foreign = new TreeSet<String>();
        boolean modular = false;
        for (Enumeration<JarEntry> all = jar.entries(); all.hasMoreElements(); ) {
            JarEntry entry = all.nextElement();
            String name = entry.getName();
            if (entry.isDirectory()) {
                continue;
            }
            try (InputStream in = jar.getInputStream(entry)) {
                if (name.endsWith(".class")) {
                    int version = version(in);
                    newest = Math.max(newest, version);
                    if (version > Runtime.version().feature() + CLASS_FILES_AHEAD) {
                        newer.add(name);
                    }
                    modular |= name.equals("module-info.class");
                    if (name.startsWith("java/") || name.startsWith("dev/andiron/")) {
                        foreign.add(name);
                    }
                }
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
        }
        classes(newest, newer);
        packages(foreign);
        services(jar, modular);
        manifest(jar.getManifest());
    }

    private static int version(InputStream in) throws IOException {
        var data = new DataInputStream(in);
        if (data.readInt() != CLASS_FILE) {
            throw new IOException("a class file does not begin like one");
        }
        data.readUnsignedShort();
        return data.readUnsignedShort();
    }

    private void classes(int newest, TreeSet<String> newer) {
        String about = "its classes are for Java " + Runtime.version().feature() + " or older";
        if (newest == 0) {
            checks.add(Check.failed("classes", about, "the jar holds no class"));
        } else if (newer.isEmpty()) {
            checks.add(Check.passed("classes", about));
        } else {
            checks.add(
                    Check.failed(
                            "classes",
                            about,
                            "%d of them are for Java %d, such as %s"
                                    .formatted(
                                            newer.size(),
                                            newest - CLASS_FILES_AHEAD,
                                            newer.first())));
        }
    }

    private void packages(TreeSet<String> foreign) {
        String about = "it brings no classes of the JDK or of Andiron";
        checks.add(
                foreign.isEmpty()
                        ? Check.passed("packages", about)
                        : Check.failed(
                                "packages",
                                about,
                                "it brings %s; leave the SPI out (scope 'provided')"
                                        .formatted(foreign.first())));
    }

    private void services(JarFile jar, boolean modular) throws IOException {
        String about = "it names its providers, and has them";
        var missing = new ArrayList<String>();
        int named = 0;
        for (String service : SERVICES) {
            JarEntry entry = jar.getJarEntry("META-INF/services/" + service);
            if (entry == null) {
                continue;
            }
            try (InputStream in = jar.getInputStream(entry)) {
                var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                for (String line : text.lines().toList()) {
                    String provider = line.replaceFirst("#.*", "").strip();
                    if (!provider.isEmpty()) {
                        named++;
                        if (jar.getEntry(provider.replace('.', '/') + ".class") == null) {
                            missing.add(provider);
                        }
                    }
                }
            }
        }
        if (!missing.isEmpty()) {
            checks.add(Check.failed("services", about, "it lacks " + String.join(", ", missing)));
        } else if (named > 0 || modular) {
            checks.add(Check.passed("services", about));
        } else {
            checks.add(
                    Check.failed(
                            "services",
                            about,
                            "no file META-INF/services/%s and no module that provides it"
                                    .formatted(String.join(" or ", SERVICES))));
        }
    }

    private void manifest(Manifest manifest) {
        String about = "the manifest says version and vendor";
        Attributes main = manifest == null ? new Attributes() : manifest.getMainAttributes();
        var unsaid = new ArrayList<String>();
        for (Attributes.Name name :
                List.of(
                        Attributes.Name.IMPLEMENTATION_VERSION,
                        Attributes.Name.IMPLEMENTATION_VENDOR)) {
            if (main.getValue(name) == null) {
                unsaid.add(name.toString());
            }
        }
        checks.add(
                unsaid.isEmpty()
                        ? Check.passed("manifest", about)
                        : Check.warning(
                                "manifest", about, "it has no " + String.join(", no ", unsaid)));
    }
}
