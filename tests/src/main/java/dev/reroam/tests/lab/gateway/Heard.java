package dev.reroam.tests.lab.gateway;

/**
 * Something that a gateway was asked. Immutable.
 *
 * @param at CLOCK_MONOTONIC, nanoseconds
 * @param what the question
 * @param client who asked: the address
 */
public record Heard(long at, Question what, String client) {

    /** What a gateway can be asked. */
    public enum Question {
        PCP_ANNOUNCE(Speech.PCP),
        PCP_MAP(Speech.PCP),
        PCP_DELETE(Speech.PCP),
        NAT_PMP_ADDRESS(Speech.NAT_PMP),
        NAT_PMP_MAP(Speech.NAT_PMP),
        NAT_PMP_DELETE(Speech.NAT_PMP),
        SEARCH(Speech.UPNP),
        DESCRIPTION(Speech.UPNP),
        ACTION(Speech.UPNP),
        SUBSCRIPTION(Speech.UPNP);

        private final Speech speech;

        Question(Speech speech) {
            this.speech = speech;
        }

        /** In which protocol. */
        public Speech speech() {
            return speech;
        }
    }
}
