package dev.reroam.flow;

/** Why a flow cannot carry, or can no longer. */
public enum Staleness {
    /** Its source is translated to an address that is no longer ours: what is answered goes to somebody else. */
    LOST_ADDRESS("its source is translated to an address that is no longer ours"),
    /** What the far side sees as its source is an address of ours, of another way out than its packets take now. */
    OTHER_UPLINK("it is bound to an address of another way out"),
    /**
     * It was begun before there was a rule that translates, or where none does: the next packets are not translated either,
     * though their source does not fit the way, or other flows from it are translated.
     */
    NOT_TRANSLATED("its source is not translated and does not fit the way out"),
    /** Its port belonged to somebody else when it was begun, so it got another one that the far side does not let in. */
    PORT_REWRITTEN("its source port was rewritten, and nothing was ever answered"),
    /** It fits the way out, and never anything came back. */
    UNREPLIED("nothing was ever answered"),
    /** Nothing is wrong with it but that it leads nowhere: its packets are to leave from another port. */
    RENEWED("its packets leave from another port from now on");

    private final String words;

    Staleness(String words) {
        this.words = words;
    }

    /** What people read. */
    public String words() {
        return words;
    }
}
