package dev.andiron.server.cli;

import dev.andiron.kernel.Andiron;
import dev.andiron.kernel.config.ConfigurationSource;
import dev.andiron.server.AndironServer;
import dev.andiron.server.ServerOptions;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;

/** A server that runs until the process is told to end. */
final class RunningServer {
    private final Andiron.Prepared prepared;
    private final AndironServer server;

    private RunningServer(Andiron.Prepared prepared, AndironServer server) {
        this.prepared = prepared;
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param afterwards runs when the server has been closed at the end of the process
     */
    static RunningServer start(ConfigurationSource source, Runnable afterwards) {
        Andiron.Prepared prepared =
                Andiron.prepare(source, ServerOptions.sections(), ConfigurationOptions.locations());
        AndironServer server;
        try {
            server = AndironServer.start(prepared);
        } catch (IOException e) {
            throw new CommandException(e.getMessage(), e);
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    server.close();
                                    afterwards.run();
                                },
                                "andiron-shutdown"));
        return new RunningServer(prepared, server);
    }

    /** Serves until the process is told to end. */
    static void serve(ConfigurationSource source, PrintWriter out) throws InterruptedException {
        start(source, () -> {}).welcome(out);
        await();
    }

    /** Prints what is served, how to go on, and which plugins are broken. */
    void welcome(PrintWriter out) {
        var welcome = new Welcome(this);
        welcome.printServed(out);
        welcome.printNextSteps(out);
        welcome.printFailures(out);
    }

    Andiron.Prepared prepared() {
        return prepared;
    }

    AndironServer server() {
        return server;
    }

    /** Waits for the end of the process. */
    static void await() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
