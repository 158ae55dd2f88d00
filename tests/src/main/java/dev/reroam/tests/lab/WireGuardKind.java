package dev.reroam.tests.lab;

/** Which WireGuard carries the lab's tunnels. */
public enum WireGuardKind {
    /** wireguard-go, a process per device; works on any kernel with TUN. */
    USERSPACE,
    /** The kernel's own, which this machine's kernel may lack (bed 2 has it). */
    KERNEL
}
