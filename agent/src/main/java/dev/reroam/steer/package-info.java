/**
 * How do a tunnel's packets leave by another uplink, and how is that taken back? Rules and routes of ours, marked so that
 * what a crash left is found by looking; and a guardian that takes them back where we cannot. Whether to steer is decided
 * elsewhere.
 *
 * <p>Nothing of it is in the ledger: each rule and route says by its numbers that it is ours, all of them are taken back,
 * and none replaces something that would have to come back.
 */
@NullMarked
package dev.reroam.steer;

import org.jspecify.annotations.NullMarked;
