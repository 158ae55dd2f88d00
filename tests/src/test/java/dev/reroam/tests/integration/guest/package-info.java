/** Is bed 2 what the scenarios on it rely on: which devices, rules and delays does its kernel have, and how fast is it? */
@NullMarked
package dev.reroam.tests.integration.guest;

import org.jspecify.annotations.NullMarked;
