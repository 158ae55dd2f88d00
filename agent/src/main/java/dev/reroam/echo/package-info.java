/**
 * Does the far end of a tunnel answer? ICMP echo (RFC 792) and ICMPv6 echo (RFC 4443 section 4) through the tunnel's own
 * interface: an answer has passed the tunnel's authentication both ways, which is what makes it a proof. Sockets are open
 * only while a question is outstanding. Confined to the agent's loop.
 */
@NullMarked
package dev.reroam.echo;

import org.jspecify.annotations.NullMarked;
