/**
 * Where on this box does an agent live, is it alone there, and what may it do? Its network namespace, the files that
 * belong to it and why one cannot be used, the lock that keeps it single, and its privileges. Knows nobody but libc.
 */
@NullMarked
package dev.reroam.host;

import org.jspecify.annotations.NullMarked;
