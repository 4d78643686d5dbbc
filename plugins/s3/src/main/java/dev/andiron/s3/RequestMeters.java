package dev.andiron.s3;

import dev.andiron.spi.Option;
import dev.andiron.spi.metric.MeterName;
import dev.andiron.spi.metric.Meters;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Times each request with all of its attempts, and counts attempts and bytes, by operation: the
 * names are S3's own. Safe for use by many threads.
 */
final class RequestMeters implements ExecutionInterceptor {
    private static final ExecutionAttribute<Long> START =
            new ExecutionAttribute<>("andiron-request-start");

    private static final String LENGTH = "Content-Length";

    private final Meters meters;
    private final Map<String, Operation> operations = new ConcurrentHashMap<>();

    RequestMeters(Meters meters) {
        this.meters = meters;
    }

    /** How a request ended. */
    private enum Outcome {
        OK,
        /** There is no such object. */
        ABSENT,
        /** The condition did not hold: somebody else was first. */
        REFUSED,
        /** The store asks for fewer requests. */
        THROTTLED,
        FAILED;

        static Outcome of(Throwable failure) {
            return switch (failure instanceof S3Exception s3 ? s3.statusCode() : 0) {
                case 404 -> ABSENT;
                case 409, 412 -> REFUSED;
                case 429, 503 -> THROTTLED;
                default -> FAILED;
            };
        }
    }

    /** The meters of one operation. */
    private final class Operation {
        private final Map<String, String> labels;
        private final Map<Outcome, Meters.Timer> requests = new ConcurrentHashMap<>();
        private final Meters.Counter attempts;
        private final Meters.Counter sent;
        private final Meters.Counter received;

        Operation(String name) {
            labels = Map.of("operation", name);
            attempts = counter("s3.attempts", "Attempts at requests to the object store");
            sent = counter("s3.sent.bytes", "Bytes of bodies sent to the object store");
            received = counter("s3.received.bytes", "Bytes of bodies that the object store sent");
        }

        private Meters.Counter counter(String name, String description) {
            return meters.counter(new MeterName(name, description, labels));
        }

        void ended(Outcome outcome, long nanoseconds) {
            requests.computeIfAbsent(outcome, this::timer).record(nanoseconds);
        }

        private Meters.Timer timer(Outcome outcome) {
            return meters.timer(
                    new MeterName(
                            "s3.requests",
                            "Requests to the object store, with all of their attempts",
                            Map.of(
                                    "operation",
                                    labels.get("operation"),
                                    "outcome",
                                    Option.word(outcome))));
        }
    }

    private Operation operation(ExecutionAttributes attributes) {
        String name = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        Operation known = operations.get(name);
        return known != null ? known : operations.computeIfAbsent(name, Operation::new);
    }

    @Override
    public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
        attributes.putAttribute(START, System.nanoTime());
    }

    @Override
    public void beforeTransmission(
            Context.BeforeTransmission context, ExecutionAttributes attributes) {
        Operation operation = operation(attributes);
        operation.attempts.add(1);
        operation.sent.add(length(context.httpRequest().firstMatchingHeader(LENGTH)));
    }

    @Override
    public void afterTransmission(
            Context.AfterTransmission context, ExecutionAttributes attributes) {
        operation(attributes)
                .received
                .add(length(context.httpResponse().firstMatchingHeader(LENGTH)));
    }

    /** Of a body whose length is not told, as in short answers in chunks, nothing is counted. */
    private static long length(Optional<String> header) {
        return header.filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong).orElse(0L);
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        ended(Outcome.OK, attributes);
    }

    @Override
    public void onExecutionFailure(
            Context.FailedExecution context, ExecutionAttributes attributes) {
        ended(Outcome.of(context.exception()), attributes);
    }

    private void ended(Outcome outcome, ExecutionAttributes attributes) {
        Long start = attributes.getAttribute(START);
        if (start != null) {
            operation(attributes).ended(outcome, System.nanoTime() - start);
        }
    }
}
