import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * Checks ("check") or rewrites ("write") every Java source below the current folder; run by the
 * build.
 */
public class Format {
    public static void main(String[] arguments) throws Exception {
        boolean write = arguments.length > 0 && arguments[0].equals("write");
        var formatter =
                new Formatter(
                        JavaFormatterOptions.builder()
                                .style(Style.AOSP)
                                .formatJavadoc(true)
                                .build());
        var wrong = new ArrayList<Path>();
        try (var files = Files.walk(Path.of(""))) {
            for (Path file : files.filter(Format::isSource).sorted().toList()) {
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
    }

    private static boolean isSource(Path file) {
        String path = file.toString().replace('\\', '/');
        return path.endsWith(".java") && !path.contains("target/") && !path.startsWith(".");
    }
}
