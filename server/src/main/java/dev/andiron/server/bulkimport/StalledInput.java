package dev.andiron.server.bulkimport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Ends with an exception when a sender sends nothing for too long. Read by one thread. */
final class StalledInput extends FilterInputStream {
    private final Thread watcher;
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean waiting;
    private volatile boolean stalled;

    StalledInput(InputStream in, Duration patience) {
        super(in);
        watcher = Thread.ofVirtual().name("import-watch").start(() -> watch(patience));
    }

    private void watch(Duration patience) {
        try {
            while (true) {
                long before = reads.get();
                Thread.sleep(patience);
                if (waiting && reads.get() == before) {
                    stalled = true;
                    super.close();
                    return;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // closed
        } catch (IOException _) {
            // Whoever reads hears of it.
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        reads.incrementAndGet();
        waiting = true;
        try {
            return super.read(buffer, offset, length);
        } catch (IOException e) {
            throw stalled ? new IOException("nothing came for too long", e) : e;
        } finally {
            waiting = false;
            reads.incrementAndGet();
        }
    }

    @Override
    public void close() throws IOException {
        watcher.interrupt();
        super.close();
    }
}
