/**
 * How are netlink messages written, read, dumped and confirmed? Sockets, headers, attributes, acknowledgements, dumps and
 * multicast; knows no family (linux/netlink.h, Documentation/userspace-api/netlink). Confined to the agent loop; the kernel
 * answers a request inside the same system call, so requests are synchronous and still do not block.
 */
@NullMarked
package dev.reroam.linux.netlink;

import org.jspecify.annotations.NullMarked;
