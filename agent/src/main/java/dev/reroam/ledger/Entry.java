package dev.reroam.ledger;

import dev.reroam.linux.ip.IpAddress;
import java.util.List;
import java.util.OptionalInt;

/**
 * One change that must be undone. Immutable; never holds a secret.
 *
 * <p>Nearly every kind is a change of a running device, which a reboot undoes by itself. It is only ever undone on the
 * device it was made on: same name, same interface index, same public key; on another one it is forgotten. The others say so.
 */
public sealed interface Entry {

    /** Interface name of the device; empty for what is not a device's. */
    String device();

    /** The kernel's number of the interface when the change was made. */
    int interfaceIndex();

    /** The device's public key, base64. */
    String publicKey();

    /** When, milliseconds since 1970 of the wall clock; for people only. */
    long atMillis();

    /**
     * The listen port is another one. Undone by setting {@link #formerPort}, but only where the device's port is
     * {@link #newPort} or that is unknown: else somebody else has set it since.
     *
     * @param formerPort what it was before our first change
     * @param newPort empty before the act and after a crash in the middle of it
     * @param proved the new port is kept while its tunnel carries
     */
    record PortChanged(
            String device,
            int interfaceIndex,
            String publicKey,
            int formerPort,
            OptionalInt newPort,
            boolean proved,
            long atMillis)
            implements Entry {
        public PortChanged {
            requirePort(formerPort);
            newPort.ifPresent(Entry::requirePort);
        }

        /** Before the act: the new port is not known yet. */
        public static PortChanged before(
                String device, int interfaceIndex, String publicKey, int formerPort, long atMillis) {
            return new PortChanged(device, interfaceIndex, publicKey, formerPort, OptionalInt.empty(), false, atMillis);
        }

        /** After the act. */
        public PortChanged to(int port) {
            return new PortChanged(
                    device, interfaceIndex, publicKey, formerPort, OptionalInt.of(port), proved, atMillis);
        }

        /** Once a tunnel is proved over the new port. */
        public PortChanged kept() {
            return new PortChanged(device, interfaceIndex, publicKey, formerPort, newPort, true, atMillis);
        }

        @Override
        public Entry atop(Entry earlier) {
            // A chain of ours, A to B to C, must lead back to A, also where more is told of its last link. A former
            // port
            // that is not the one we set last was set by somebody else meanwhile, and is the one to go back to.
            return earlier instanceof PortChanged first
                            && (first.newPort.isEmpty()
                                    || first.newPort.equals(newPort)
                                    || first.newPort.getAsInt() == formerPort
                                    || first.formerPort == formerPort)
                    ? new PortChanged(
                            device, interfaceIndex, publicKey, first.formerPort, newPort, proved, first.atMillis)
                    : this;
        }
    }

    /**
     * The device's socket is being reopened by way of another port. Undone by setting the port again.
     *
     * @param port before and after
     */
    record RebindInProgress(String device, int interfaceIndex, String publicKey, int port, long atMillis)
            implements Entry {
        public RebindInProgress {
            requirePort(port);
        }
    }

    /**
     * A peer's keepalive is being moved in more than one message. Undone by setting {@link #formerSeconds}.
     *
     * @param peer the peer's public key, base64
     * @param formerSeconds 0 when it was off
     */
    record KeepaliveTouched(
            String device, int interfaceIndex, String publicKey, String peer, int formerSeconds, long atMillis)
            implements Entry {
        public KeepaliveTouched {
            if (formerSeconds < 0 || formerSeconds > 0xffff) {
                throw new IllegalArgumentException("keepalive " + formerSeconds);
            }
        }

        @Override
        public boolean sameChange(Entry other) {
            return Entry.super.sameChange(other)
                    && other instanceof KeepaliveTouched touched
                    && touched.peer.equals(peer);
        }

        @Override
        public Entry atop(Entry earlier) {
            return earlier instanceof KeepaliveTouched first ? first : this;
        }
    }

    /**
     * The device's MTU is another one. Undone by setting {@link #former}, but only where it is {@link #from} or {@link #to}: else
     * somebody else has set it since.
     *
     * @param former what it was before our first change
     * @param from what it was before the last
     */
    record MtuChanged(String device, int interfaceIndex, String publicKey, int former, int from, int to, long atMillis)
            implements Entry {
        public MtuChanged {
            if (former < 1 || from < 1 || to < 1) {
                throw new IllegalArgumentException("MTU " + former + ", " + from + ", " + to);
            }
        }

        @Override
        public Entry atop(Entry earlier) {
            return earlier instanceof MtuChanged first
                    ? new MtuChanged(device, interfaceIndex, publicKey, first.former, from, to, first.atMillis)
                    : this;
        }
    }

    /**
     * Tunnels of the device are under repair: nothing to undo, but the next run must look after them.
     *
     * @param peers their public keys
     * @param tried what was begun above a rebind, and is not begun again
     */
    record IncidentOpen(
            String device, int interfaceIndex, String publicKey, List<String> peers, List<String> tried, long atMillis)
            implements Entry {
        public IncidentOpen {
            peers = List.copyOf(peers);
            tried = List.copyOf(tried);
        }
    }

    /**
     * The gateway has, or may have, a mapping of ours that only we can end. Undone at that gateway from that address, also
     * after a reboot.
     *
     * @param local our address, to which it leads
     * @param tcp else UDP
     * @param externalPort that was asked for; the gateway may have given another
     */
    record PermanentMapping(
            IpAddress gateway, IpAddress local, boolean tcp, int internalPort, int externalPort, long atMillis)
            implements Entry {
        public PermanentMapping {
            requirePort(internalPort);
            requirePort(externalPort);
        }

        @Override
        public String device() {
            return "";
        }

        @Override
        public int interfaceIndex() {
            return 0;
        }

        @Override
        public String publicKey() {
            return "";
        }

        @Override
        public boolean outlivesBoot() {
            return true;
        }

        @Override
        public boolean sameChange(Entry other) {
            return other instanceof PermanentMapping mapping
                    && mapping.gateway.equals(gateway)
                    && mapping.local.equals(local)
                    && mapping.tcp == tcp
                    && mapping.internalPort == internalPort;
        }
    }

    /** Whether it stands after a reboot of this box. */
    default boolean outlivesBoot() {
        return false;
    }

    /** Whether both are about the same thing on the same device: the ledger holds one of them at most. */
    default boolean sameChange(Entry other) {
        return getClass() == other.getClass()
                && device().equals(other.device())
                && interfaceIndex() == other.interfaceIndex()
                && publicKey().equals(other.publicKey());
    }

    /** What to write down when {@code earlier}, the same change, is already there. */
    default Entry atop(Entry earlier) {
        return this;
    }

    private static void requirePort(int port) {
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port);
        }
    }
}
