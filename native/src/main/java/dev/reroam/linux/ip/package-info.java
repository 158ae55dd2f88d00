/**
 * What is an IP address, a prefix, an endpoint? Immutable values shared by everything above; no I/O, no name resolution,
 * which is why {@code java.net.InetAddress} is not used for them.
 */
@NullMarked
package dev.reroam.linux.ip;

import org.jspecify.annotations.NullMarked;
