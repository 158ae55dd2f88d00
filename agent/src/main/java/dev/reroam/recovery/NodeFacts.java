package dev.reroam.recovery;

import dev.reroam.linux.ip.IpAddress;
import java.util.List;
import java.util.Optional;

/**
 * What tailscaled says of this box's node. Immutable. Holds no key.
 *
 * @param name for people; may be empty
 * @param settable it lets itself be repaired, as far as is known
 * @param polls its control server is there, by its own word
 * @param port of its UDP socket; 0 where it is not known
 * @param marks by what its own packets are known
 * @param active the nodes that something was sent to lately, at most {@value #MOST_ACTIVE}
 */
public record NodeFacts(
        String name, Condition condition, boolean settable, boolean polls, int port, Marks marks, List<Peer> active) {

    /** Ours: one that answers is proof. */
    public static final int MOST_ACTIVE = 16;

    public NodeFacts {
        active = List.copyOf(active);
    }

    /**
     * By what its own packets are known to the kernel's rules, and which way they take.
     *
     * @param not why they are not steered here; empty where they may be
     * @param value what they are marked with, under {@code mask}; the bits of a u32 each
     * @param ways one of each address family at most: what the kernel would do with a fresh packet into the world
     */
    public record Marks(Optional<String> not, int value, int mask, List<Path.Via> ways) {

        /** While nothing is known. */
        public static final Marks NONE = new Marks(Optional.of("its packets have no mark"), 0, 0, List.of());

        public Marks {
            ways = List.copyOf(ways);
        }
    }

    /** Whether there is something to repair. */
    public enum Condition {
        /** It is meant to carry. */
        RUNNING,
        /** It begins, or cannot be read just now. */
        UNCLEAR,
        /** Stopped, logged out, expired or not approved: a person's, and never touched. */
        PERSONS
    }

    /**
     * Another node.
     *
     * @param address inside the network, to be pinged
     * @param direct its packets take no relay
     */
    public record Peer(String name, IpAddress address, boolean direct) {}

    /** As people are told. */
    String label() {
        return name.isEmpty() ? "tailscale" : "tailscale/" + name;
    }
}
