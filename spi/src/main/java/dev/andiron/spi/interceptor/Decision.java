package dev.andiron.spi.interceptor;

import dev.andiron.spi.resource.Json;

import java.util.Objects;

/** How to go on before an interaction. */
public sealed interface Decision {

    /** Goes on as asked. */
    static Decision proceed() {
        return Proceed.INSTANCE;
    }

    /**
     * Goes on as asked, on behalf of somebody who has proved who it is. What a client starts then
     * belongs to that principal: jobs, their status and files are there for nobody else. Where
     * several interceptors say so, the last one counts.
     *
     * @param principal a name that means the same one in every later request, of 1 to 256
     *     characters
     */
    static Decision proceedAs(String principal) {
        return new ProceedAs(principal);
    }

    /**
     * Goes on with another body, which is then checked like one from a client.
     *
     * @param body a resource of the same type as UTF-8 JSON
     */
    static Decision enrich(Json body) {
        return new Enrich(body);
    }

    /**
     * Does not go on.
     *
     * @param status 400 to 599, such as 401 or 403
     * @param code the code of the OperationOutcome's issue, such as {@code forbidden}
     * @param message for the person who called the API
     */
    static Decision reject(int status, String code, String message) {
        return new Reject(status, code, message);
    }

    /** See {@link #proceed()}. */
    record Proceed() implements Decision {
        private static final Proceed INSTANCE = new Proceed();
    }

    /** See {@link #proceedAs}. */
    record ProceedAs(String principal) implements Decision {
        private static final int LONGEST = 256;

        public ProceedAs {
            if (principal.isEmpty() || principal.length() > LONGEST) {
                throw new IllegalArgumentException("a principal has a name of 1 to 256 characters");
            }
        }
    }

    /** See {@link #enrich}. */
    record Enrich(Json body) implements Decision {
        public Enrich {
            Objects.requireNonNull(body, "body is null");
        }
    }

    /** See {@link #reject}. */
    record Reject(int status, String code, String message) implements Decision {
        public Reject {
            if (status < 400 || status > 599) {
                throw new IllegalArgumentException("a rejection has a status from 400 to 599");
            }
            Objects.requireNonNull(code, "code is null");
            Objects.requireNonNull(message, "message is null");
        }
    }
}
