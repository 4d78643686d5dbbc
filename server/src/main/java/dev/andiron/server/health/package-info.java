/** Whether the server can do its work, told to whoever watches over it. */
package dev.andiron.server.health;
