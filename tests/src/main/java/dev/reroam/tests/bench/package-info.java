/**
 * How fast, how large, how quiet is the agent? The measurements behind every figure that is quoted anywhere, made on the
 * lab's networks with the flags that the packages ship. Nothing here asserts a speed.
 */
@NullMarked
package dev.reroam.tests.bench;

import org.jspecify.annotations.NullMarked;
