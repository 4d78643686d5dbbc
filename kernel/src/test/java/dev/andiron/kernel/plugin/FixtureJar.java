package dev.andiron.kernel.plugin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.spi.BackendProvider;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles the sources of {@code src/test/plugins/<fixture>} and packs them into a jar. */
final class FixtureJar {
    private static final Path SOURCES = Path.of("src/test/plugins");

    private final Path sources;
    private final List<Path> against = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> manifest = new LinkedHashMap<>();
    private final Map<String, byte[]> more = new LinkedHashMap<>();
    private boolean shared = true;
    private int classFileVersion;

    private FixtureJar(String fixture) {
        sources = SOURCES.resolve(fixture);
    }

    static FixtureJar of(String fixture) {
        var jar = new FixtureJar(fixture);
        jar.against.add(spi());
        return jar;
    }

    /** A jar that is no plugin: without the SPI and what the fixtures share. */
    static FixtureJar library(String fixture) {
        var jar = new FixtureJar(fixture);
        jar.shared = false;
        return jar;
    }

    FixtureJar against(Path... jars) {
        against.addAll(List.of(jars));
        return this;
    }

    /** Compiles against this SPI instead of ours. */
    FixtureJar withSpi(Path spi) {
        against.set(0, spi);
        return this;
    }

    FixtureJar version(String version) {
        options.addAll(List.of("--module-version", version));
        return this;
    }

    FixtureJar manifest(String name, String value) {
        manifest.put(name, value);
        return this;
    }

    FixtureJar with(String entry, byte[] content) {
        more.put(entry, content);
        return this;
    }

    /** Marks every class as compiled for this class file version. */
    FixtureJar classFileVersion(int version) {
        classFileVersion = version;
        return this;
    }

    Path pack(Path target) throws IOException {
        Files.createDirectories(target.getParent());
        Path classes = Files.createTempDirectory("fixture");
        compile(classes);
        var attributes = new Manifest();
        attributes.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.forEach(attributes.getMainAttributes()::putValue);
        try (var jar = new JarOutputStream(Files.newOutputStream(target), attributes)) {
            for (Path file : files(classes)) {
                byte[] content = Files.readAllBytes(file);
                if (classFileVersion > 0) {
                    content[6] = (byte) (classFileVersion >> 8);
                    content[7] = (byte) classFileVersion;
                }
                add(jar, classes.relativize(file).toString(), content);
            }
            Path metadata = sources.resolve("META-INF");
            if (Files.exists(metadata)) {
                for (Path file : files(metadata)) {
                    add(jar, sources.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            for (Map.Entry<String, byte[]> entry : more.entrySet()) {
                add(jar, entry.getKey(), entry.getValue());
            }
        }
        return target;
    }

    private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name.replace('\\', '/')));
        jar.write(content);
        jar.closeEntry();
    }

    private void compile(Path classes) throws IOException {
        var files = new ArrayList<Path>(files(sources));
        if (shared) {
            files.addAll(files(SOURCES.resolve("shared")));
        }
        files.removeIf(file -> !file.toString().endsWith(".java"));
        boolean modular = Files.exists(sources.resolve("module-info.java"));
        String path =
                against.stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(java.io.File.pathSeparator));
        var arguments = new ArrayList<>(options);
        arguments.addAll(List.of("-d", classes.toString(), "--release", "25", "-proc:none"));
        arguments.addAll(List.of(modular ? "--module-path" : "--class-path", path));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled =
                    compiler.getTask(
                                    messages,
                                    manager,
                                    null,
                                    arguments,
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files))
                            .call();
            assertTrue(compiled, messages::toString);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Where our SPI is: a jar or a folder of classes. */
    static Path spi() {
        return place(BackendProvider.class);
    }

    static Path place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A copy of our SPI that says it has another version. */
    static Path spiOfVersion(String version, Path folder) throws IOException {
        try (ModuleReader reader =
                ModuleFinder.of(spi()).find(SpiVersion.MODULE).orElseThrow().open()) {
            for (String name : reader.list().filter(entry -> !entry.endsWith("/")).toList()) {
                Path target = folder.resolve(name);
                Files.createDirectories(target.getParent());
                byte[] content = reader.open(name).orElseThrow().readAllBytes();
                Files.write(
                        target,
                        name.equals("module-info.class") ? renamed(content, version) : content);
            }
        }
        return folder;
    }

    private static byte[] renamed(byte[] descriptor, String version) {
        ClassFile format = ClassFile.of();
        ClassTransform change =
                (builder, element) ->
                        builder.with(
                                element instanceof ModuleAttribute module
                                        ? ModuleAttribute.of(
                                                module.moduleName(),
                                                module.moduleFlagsMask(),
                                                builder.constantPool().utf8Entry(version),
                                                module.requires(),
                                                module.exports(),
                                                module.opens(),
                                                module.uses(),
                                                module.provides())
                                        : element);
        return format.transformClass(format.parse(descriptor), change);
    }

    /** The bytes of one entry of a jar. */
    static byte[] entry(Path jar, String name) throws IOException {
        try (var file = new java.util.jar.JarFile(jar.toFile())) {
            return file.getInputStream(file.getEntry(name)).readAllBytes();
        }
    }
}
