package dev.andiron.server.export;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that do the same side by side, all of them or none. */
final class ExportThreads {
    private ExportThreads() {}

    /**
     * Runs work on some threads, and waits for all of them.
     *
     * @param work ends early for each thread once one of them has failed, at the latest when it is
     *     interrupted
     * @throws InterruptedException if the caller was interrupted; the threads have ended then, too
     */
    static void run(int threads, Runnable work) throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var all = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            all.add(
                    Thread.ofPlatform()
                            .name("export-", i)
                            .daemon(true)
                            .unstarted(() -> attempt(work, failure, all)));
        }
        all.forEach(Thread::start);
        boolean interrupted = false;
        for (Thread each : all) {
            interrupted |= await(each, all);
        }
        if (interrupted) {
            throw new InterruptedException();
        }
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    private static void attempt(
            Runnable work, AtomicReference<Throwable> failure, ArrayList<Thread> all) {
        try {
            work.run();
        } catch (Throwable e) {
            if (failure.compareAndSet(null, e)) {
                all.stream()
                        .filter(each -> each != Thread.currentThread())
                        .forEach(Thread::interrupt);
            }
        }
    }

    /** Whether the wait was interrupted; then the threads are, and it goes on. */
    private static boolean await(Thread thread, ArrayList<Thread> all) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException _) {
                interrupted = true;
                all.forEach(Thread::interrupt);
            }
        }
    }
}
