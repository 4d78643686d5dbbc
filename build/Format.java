import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;

/**
 * Checks ("check") or rewrites ("write") every Java source below the current folder that was
 * changed since the last run that found nothing wrong; run by the build.
 */
public class Format {
    private static final Path STAMP = Path.of("target", "formatter", "checked");

    public static void main(String[] arguments) throws Exception {
        boolean write = arguments.length > 0 && arguments[0].equals("write");
        var formatter =
                new Formatter(
                        JavaFormatterOptions.builder()
                                .style(Style.AOSP)
                                .formatJavadoc(true)
                                .build());
        var wrong = new ArrayList<Path>();
        FileTime start = FileTime.from(Instant.now());
        FileTime checked =
                Files.exists(STAMP)
                        ? Files.getLastModifiedTime(STAMP)
                        : FileTime.from(Instant.EPOCH);
        try (var files = Files.walk(Path.of(""))) {
            for (Path file : files.filter(Format::isSource).sorted().toList()) {
                if (Files.getLastModifiedTime(file).compareTo(checked) < 0) {
                    continue;
                }
                String before = Files.readString(file);
                String after = formatter.formatSourceAndFixImports(before);
                if (!before.equals(after)) {
                    wrong.add(file);
                    if (write) Files.writeString(file, after);
                }
            }
        }
        if (write) {
            System.out.println("formatted " + wrong.size() + " files");
        } else if (!wrong.isEmpty()) {
            wrong.forEach(file -> System.err.println("not formatted: " + file));
            System.err.println("run: mvn -N process-sources -Pformat");
            System.exit(1);
        }
        Files.createDirectories(STAMP.getParent());
        Files.write(STAMP, new byte[0]);
        Files.setLastModifiedTime(STAMP, start);
    }

    private static boolean isSource(Path file) {
        String path = file.toString().replace('\\', '/');
        return path.endsWith(".java") && !path.contains("target/") && !path.startsWith(".");
    }
}
