/**
 * Where is everything constructed and wired? The one place that knows everybody; objects are made by hand in the order in
 * which they depend on each other, and closed in reverse.
 */
@NullMarked
package dev.reroam;

import org.jspecify.annotations.NullMarked;
