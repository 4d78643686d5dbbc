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
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Makes S3Mock keep conditional writes as S3 does: by itself it checks a condition and writes
 * later.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class LockFilter implements Filter {
    private final Map<String, ReadWriteLock> locks = new ConcurrentHashMap<>();

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        ReadWriteLock both =
                locks.computeIfAbsent(http.getRequestURI(), key -> new ReentrantReadWriteLock());
        boolean reads = "GET".equals(http.getMethod()) || "HEAD".equals(http.getMethod());
        Lock lock = reads ? both.readLock() : both.writeLock();
        lock.lock();
        try {
            chain.doFilter(request, response);
        } finally {
            lock.unlock();
        }
    }
}
