/**
 * How do records become text, and text a file that survives a power cut? Knows no record of its own.
 */
@NullMarked
package dev.reroam.record;

import org.jspecify.annotations.NullMarked;
