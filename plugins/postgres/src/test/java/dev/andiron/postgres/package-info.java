/** Tests against real servers, which the build starts itself. */
package dev.andiron.postgres;
