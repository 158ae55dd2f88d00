/**
 * How do we call libc? The only jnr-ffi binding of the project, the {@link dev.reroam.linux.libc.Clock}, and the one type
 * for a file descriptor of ours. Knows no protocol.
 */
@NullMarked
package dev.reroam.linux.libc;

import org.jspecify.annotations.NullMarked;
