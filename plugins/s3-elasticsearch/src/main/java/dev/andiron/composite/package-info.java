/**
 * Names of composites for configurations. What keeps the parts in step is the kernel's; nothing
 * here knows the parts' plugins but by name.
 */
package dev.andiron.composite;
