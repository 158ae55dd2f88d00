/**
 * How do we ask for a mapping in NAT-PMP (RFC 6886)? The messages as bytes, and a pure client that asks one thing at a time,
 * repeats at the RFC's doubling intervals, and notices from the epoch that the gateway forgot.
 */
@NullMarked
package dev.reroam.portmap.natpmp;

import org.jspecify.annotations.NullMarked;
