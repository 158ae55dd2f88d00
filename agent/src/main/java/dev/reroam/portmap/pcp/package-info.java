/**
 * How do we ask for a mapping in PCP (RFC 6887)? The messages as bytes, and a pure client that maps, renews and deletes with
 * one nonce, and notices from the epoch or an announcement that the gateway forgot.
 */
@NullMarked
package dev.reroam.portmap.pcp;

import org.jspecify.annotations.NullMarked;
