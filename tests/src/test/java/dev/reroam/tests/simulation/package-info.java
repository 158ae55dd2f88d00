@NullMarked
package dev.reroam.tests.simulation;

import org.jspecify.annotations.NullMarked;
