/** How does something happen later on the agent's loop? */
@NullMarked
package dev.reroam.loop;

import org.jspecify.annotations.NullMarked;
