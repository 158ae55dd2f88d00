/**
 * What can be asked of a gateway about ports, and what can it answer, whatever protocol it speaks? Values, and the shape that
 * every protocol's client has: a pure step from a state and a stimulus to a state and effects. No I/O, no clock, no chance.
 */
@NullMarked
package dev.reroam.portmap.gateway;

import org.jspecify.annotations.NullMarked;
