/**
 * A versioned, transactional store on nothing but an object store with conditional writes. How its
 * objects are laid out stands in {@code docs/s3-format.md}.
 */
package dev.andiron.s3;
