package dev.andiron.postgres;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Stands between a node and its database: understands what clients send of PostgreSQL's protocol
 * (version 3), can rewrite statements, and can cut connections at a statement.
 */
final class WireProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final UnaryOperator<String> rewriting;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int target;
    private volatile Watcher watcher = sql -> Fate.PASS;

    /** What becomes of a connection. */
    enum Fate {
        PASS,
        /** It is cut, and the server never sees the statement. */
        CUT_BEFORE,
        /** The server runs the statement; the connection is cut before the client hears of it. */
        CUT_AFTER
    }

    /** Told of each statement when it is about to be run. */
    @FunctionalInterface
    interface Watcher {
        Fate run(String sql);
    }

    WireProxy(int target, UnaryOperator<String> rewriting) {
        this.target = target;
        this.rewriting = rewriting;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    WireProxy(int target) {
        this(target, UnaryOperator.identity());
    }

    int port() {
        return listener.getLocalPort();
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
    }

    void watch(Watcher next) {
        watcher = next;
    }

    /** New connections go elsewhere; those that are there are cut, as a failover does. */
    void switchTo(int port) {
        target = port;
        cutAll();
    }

    void cutAll() {
        open.forEach(WireProxy::cut);
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                // Closed.
                return;
            }
        }
    }

    private void connect(Socket client) {
        try (client;
                var server = new Socket()) {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            open.add(client);
            open.add(server);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var link = new Link(client, server);
            Thread answers = Thread.ofVirtual().start(link::answer);
            link.ask();
            answers.join();
        } catch (IOException e) {
            // Either side has gone; so does the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.removeIf(Socket::isClosed);
        }
    }

    /** One client and its server's process. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private final Map<String, String> statements = new HashMap<>();
        private final Set<String> bound = new HashSet<>();
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
        private volatile boolean mute;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void ask() throws IOException {
            try {
                var in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
                var out = new DataOutputStream(pending);
                boolean started = false;
                while (!started) {
                    int length = in.readInt();
                    byte[] body = in.readNBytes(length - 4);
                    out.writeInt(length);
                    out.write(body);
                    flush();
                    // Requests for encryption come before the start, and have 4 bytes.
                    started = body.length > 4;
                }
                while (true) {
                    int type = in.read();
                    if (type < 0) {
                        return;
                    }
                    byte[] body = message(type, in.readNBytes(in.readInt() - 4));
                    out.write(type);
                    out.writeInt(body.length + 4);
                    out.write(body);
                    // Sync, Flush, simple query, password and terminate are what a client waits
                    // behind.
                    if ("SHQpX".indexOf(type) >= 0 && !run()) {
                        return;
                    }
                }
            } finally {
                if (!mute) {
                    server.close();
                }
            }
        }

        private byte[] message(int type, byte[] body) {
            if (type == 'P') {
                int name = end(body, 0);
                int query = end(body, name + 1);
                String sql = rewriting.apply(text(body, name + 1, query));
                statements.put(text(body, 0, name), sql);
                var rewritten = new ByteArrayOutputStream();
                rewritten.write(body, 0, name + 1);
                rewritten.writeBytes(sql.getBytes(StandardCharsets.UTF_8));
                rewritten.write(body, query, body.length - query);
                return rewritten.toByteArray();
            }
            if (type == 'B') {
                int portal = end(body, 0);
                bound.add(statements.get(text(body, portal + 1, end(body, portal + 1))));
            } else if (type == 'Q') {
                bound.add(text(body, 0, end(body, 0)));
            }
            return body;
        }

        private static int end(byte[] body, int from) {
            int end = from;
            while (body[end] != 0) {
                end++;
            }
            return end;
        }

        private static String text(byte[] body, int from, int to) {
            return new String(Arrays.copyOfRange(body, from, to), StandardCharsets.UTF_8);
        }

        /** Whether the connection goes on. */
        private boolean run() throws IOException {
            Fate fate = Fate.PASS;
            for (String sql : bound) {
                Fate each = watcher.run(sql);
                fate = each == Fate.PASS ? fate : each;
            }
            bound.clear();
            if (fate == Fate.CUT_BEFORE) {
                client.close();
                return false;
            }
            mute = fate == Fate.CUT_AFTER;
            flush();
            return !mute;
        }

        private void flush() throws IOException {
            pending.writeTo(server.getOutputStream());
            pending.reset();
        }

        void answer() {
            try (client;
                    server) {
                byte[] buffer = new byte[1 << 14];
                var in = server.getInputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (mute) {
                        // The server has answered, so it has done what it was asked.
                        return;
                    }
                    client.getOutputStream().write(buffer, 0, read);
                }
            } catch (IOException e) {
                // Either side has gone; so does the other.
            }
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        cutAll();
    }
}
