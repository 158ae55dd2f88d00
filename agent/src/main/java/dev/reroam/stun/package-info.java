/**
 * What does the world see of a packet that leaves here, and what does the NAT in between do with it? STUN over UDP
 * (RFC 8489, client side, no credentials) and NAT behaviour discovery (RFC 5780) in the words of RFC 4787. Codec,
 * transactions and discovery are pure: bytes, time and randomness are passed in; {@link dev.reroam.stun.StunClient} is the
 * edge and is confined to the agent's loop. Which servers to ask and by which uplink is the caller's business.
 */
@NullMarked
package dev.reroam.stun;

import org.jspecify.annotations.NullMarked;
