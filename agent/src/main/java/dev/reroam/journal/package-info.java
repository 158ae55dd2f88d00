/**
 * What happened, when, and how long was the tunnel down? Keeps each incident with all that the brain was told during it,
 * so that it can be told again and every action compared.
 */
@NullMarked
package dev.reroam.journal;

import org.jspecify.annotations.NullMarked;
