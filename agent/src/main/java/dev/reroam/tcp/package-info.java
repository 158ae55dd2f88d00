/**
 * Which connections of named programs hang on an uplink that is gone, and how are they ended? Left alone, such a connection
 * takes the kernel a quarter of an hour to give up (tcp_retries2). The judgement is pure; the rest is confined to the
 * agent's loop, and what reads /proc or starts a process runs on the slow lane. Knows nothing of recovery.
 */
@NullMarked
package dev.reroam.tcp;

import org.jspecify.annotations.NullMarked;
