/**
 * Which addresses does a name have, as seen over one uplink? A question over UDP to one name server, from a socket that goes
 * by the uplink (RFC 1035, client side). The codec is pure; {@link dev.reroam.names.NameClient} is the edge. Which server is
 * asked, and by which way, is the caller's business.
 *
 * <p>Own code instead of a library's: the JDK's resolver cannot be told which way to ask, and blocks its thread for as long
 * as the servers are silent, which is when the slow lane is needed for the ledger; Netty's is two further jars of a third of a
 * megabyte.
 */
@NullMarked
package dev.reroam.names;

import org.jspecify.annotations.NullMarked;
