/**
 * What can be done over each uplink, and what does the NAT in front of it do? Everything is asked at once, over sockets bound
 * to the uplink, and only by ways that the kernel confirms. {@link dev.reroam.netcheck.Netcheck} decides what is asked, and is
 * pure; {@link dev.reroam.netcheck.NetcheckRun} asks, confined to the loop. Takes lists of uplinks and of servers; where they
 * come from, and who resolves names, is the caller's business.
 */
@NullMarked
package dev.reroam.netcheck;

import org.jspecify.annotations.NullMarked;
