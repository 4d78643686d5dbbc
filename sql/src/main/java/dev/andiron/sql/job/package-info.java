/** How the JDBC plugins keep jobs. */
package dev.andiron.sql.job;
