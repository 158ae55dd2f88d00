@NullMarked
package dev.reroam.tests.simulation.world;

import org.jspecify.annotations.NullMarked;
