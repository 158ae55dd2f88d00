/** Does the lab itself do what the tests on it rely on? */
@NullMarked
package dev.reroam.tests.lab;

import org.jspecify.annotations.NullMarked;
