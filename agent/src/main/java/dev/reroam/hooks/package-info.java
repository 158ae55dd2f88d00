/**
 * What do the hooks of other programs tell us? mwan3's soft failover changes no route, and netifd knows of interfaces what
 * the kernel does not: their hooks write lines into a FIFO. Raw facts, confined to the agent's loop; what they mean is
 * recovery's business.
 */
@NullMarked
package dev.reroam.hooks;

import org.jspecify.annotations.NullMarked;
