/**
 * How are rules of ours written into the one nft table that is ours, and taken back? Each part of the agent that needs one
 * has a chain of its own in it. Slow lane only.
 */
@NullMarked
package dev.reroam.nft;

import org.jspecify.annotations.NullMarked;
