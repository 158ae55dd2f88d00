/**
 * On what can the whole of Reroam be tried, against programs and kernels that are not ours? Two beds: network namespaces
 * on this machine's kernel, and Debian's own kernel in an emulated machine ({@link dev.reroam.tests.lab.VirtualMachine})
 * for what this machine's kernel lacks. Knows the agent only as a program to start.
 */
@NullMarked
package dev.reroam.tests.lab;

import org.jspecify.annotations.NullMarked;
