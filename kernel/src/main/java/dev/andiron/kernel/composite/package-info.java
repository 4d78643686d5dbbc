/** Puts composites together: sends each request to the right part, and keeps followers in step. */
package dev.andiron.kernel.composite;
