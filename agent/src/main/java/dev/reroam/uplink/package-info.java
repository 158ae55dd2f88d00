/**
 * By what do we call a way out? The one value by which STUN, netcheck, port mapping and recovery speak of an uplink. Knows
 * only addresses; who finds uplinks is {@code network}.
 */
@NullMarked
package dev.reroam.uplink;

import org.jspecify.annotations.NullMarked;
