package dev.andiron.s3;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

import java.util.ArrayList;
import java.util.List;

/** Notes each request that leaves a node, as the method and what kind of object it is about. */
final class RequestLog implements ExecutionInterceptor {
    private final List<String> requests = new ArrayList<>();
    private long sent;
    private long received;

    @Override
    public synchronized void beforeTransmission(
            Context.BeforeTransmission context, ExecutionAttributes attributes) {
        String path = context.httpRequest().encodedPath();
        String[] words = path.split("/");
        boolean listing =
                context.httpRequest().firstMatchingRawQueryParameter("prefix").isPresent();
        requests.add(
                listing ? "LIST" : context.httpRequest().method() + " " + words[words.length - 3]);
        sent +=
                context.httpRequest()
                        .firstMatchingHeader("Content-Length")
                        .map(Long::parseLong)
                        .orElse(0L);
    }

    @Override
    public synchronized void afterTransmission(
            Context.AfterTransmission context, ExecutionAttributes attributes) {
        received +=
                context.httpResponse()
                        .firstMatchingHeader("Content-Length")
                        .map(Long::parseLong)
                        .orElse(0L);
    }

    /** The requests since the last call, in alphabetical order. */
    synchronized List<String> take() {
        List<String> taken = requests.stream().sorted().toList();
        requests.clear();
        sent = 0;
        received = 0;
        return taken;
    }

    synchronized long sent() {
        return sent;
    }

    synchronized long received() {
        return received;
    }
}
