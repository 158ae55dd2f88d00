/**
 * What does this box's network look like, what just changed, and <em>which way would this packet go?</em> Raw facts only,
 * from the kernel over rtnetlink; policy routing is never re-implemented here: the kernel is asked. Confined to the
 * agent's loop.
 */
@NullMarked
package dev.reroam.network;

import org.jspecify.annotations.NullMarked;
