/** The configured interceptors, opened, in order, and for whom they run. */
package dev.andiron.kernel.interceptor;
