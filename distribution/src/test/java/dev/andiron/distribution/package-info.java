/** The built distribution, started as a process and judged from outside. */
package dev.andiron.distribution;
