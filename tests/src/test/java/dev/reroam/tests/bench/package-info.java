/** Are the measurements themselves right, and do they run from end to end? */
@NullMarked
package dev.reroam.tests.bench;

import org.jspecify.annotations.NullMarked;
