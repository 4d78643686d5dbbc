import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.StampedLock;

/**
 * Makes S3Mock keep conditional writes as S3 does: by itself it checks a condition and writes
 * later.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class LockFilter implements Filter {
    private final Map<String, StampedLock> locks = new ConcurrentHashMap<>();

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        StampedLock lock = locks.computeIfAbsent(http.getRequestURI(), key -> new StampedLock());
        boolean reads = "GET".equals(http.getMethod()) || "HEAD".equals(http.getMethod());
        long stamp = reads ? lock.readLock() : lock.writeLock();
        try {
            chain.doFilter(request, response);
        } finally {
            if (request.isAsyncStarted()) {
                // The body is still to be sent, from a file that a write would cut off.
                request.getAsyncContext().addListener(new Unlocking(lock, stamp));
            } else {
                lock.unlock(stamp);
            }
        }
    }

    private record Unlocking(StampedLock lock, long stamp) implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            lock.unlock(stamp);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // It is completed then.
        }

        @Override
        public void onError(AsyncEvent event) {
            // It is completed then.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }
    }
}
