/**
 * What have we changed that must be undone, and what may we do only once? Whatever outlives us and carries no mark of
 * ours is remembered here, on the disk, before it is done; the next start after a crash undoes what it finds.
 */
@NullMarked
package dev.reroam.ledger;

import org.jspecify.annotations.NullMarked;
