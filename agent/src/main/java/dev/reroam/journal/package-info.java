/**
 * What happened, when, and how long was the tunnel down? Keeps each incident with all that the brain was told during it,
 * so that it can be told again and every action compared. Knows records only; the disk is written on the slow lane.
 */
@NullMarked
package dev.reroam.journal;

import org.jspecify.annotations.NullMarked;
