/** Measures the built distribution from outside, beside a bare endpoint on the same machine. */
package dev.andiron.bench;
