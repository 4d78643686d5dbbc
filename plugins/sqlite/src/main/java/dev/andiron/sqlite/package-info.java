/**
 * A backend on one SQLite file: one thread writes the commits of many callers with one fsync, a
 * pool of connections reads beside it without ever waiting for it.
 */
package dev.andiron.sqlite;
