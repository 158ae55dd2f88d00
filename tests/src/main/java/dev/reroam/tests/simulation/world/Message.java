package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;

/** What a packet of the model carries. Immutable. That a session is known stands for that the packet is authentic. */
public sealed interface Message {

    // drivers/net/wireguard/messages.h; RFC 8489 section 5
    int INITIATION_BYTES = 148;
    int RESPONSE_BYTES = 92;
    int DATA_BYTES = 32;

    /** Bytes that WireGuard counts. */
    int bytes();

    /** The first message of a handshake. */
    record Initiation(String from, String to, long index, long at) implements Message {
        @Override
        public int bytes() {
            return INITIATION_BYTES;
        }
    }

    /** The second one. */
    record Response(String from, String to, long index, Session session) implements Message {
        @Override
        public int bytes() {
            return RESPONSE_BYTES;
        }
    }

    /** A packet of a session; one without bytes inside is a keepalive. */
    record Data(Session session, String from, String to, long counter, Inner inner) implements Message {
        @Override
        public int bytes() {
            // Padded to 16.
            return DATA_BYTES + (inner.bytes() + 15) / 16 * 16;
        }
    }

    /** A STUN binding request. */
    record Question(long transaction) implements Message {
        @Override
        public int bytes() {
            return 28;
        }
    }

    /** Its answer. */
    record Answer(long transaction, Endpoint mapped) implements Message {
        @Override
        public int bytes() {
            return 40;
        }
    }

    /** A session; equal to itself only. */
    record Session(long number, String initiator) {}

    /** What is inside a data packet. */
    record Inner(Kind kind, long number, int bytes) {
        /** Nothing. */
        static final Inner KEEPALIVE = new Inner(Kind.KEEPALIVE, 0, 0);
    }

    /** What may be inside. */
    enum Kind {
        KEEPALIVE,
        /** An echo request of the agent's. */
        ECHO,
        ECHO_REPLY,
        /** A STUN question through the tunnel. */
        THROUGH,
        THROUGH_ANSWER,
        /** What people send. */
        TRAFFIC
    }
}
