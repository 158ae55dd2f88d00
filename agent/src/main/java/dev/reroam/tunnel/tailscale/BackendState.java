package dev.reroam.tunnel.tailscale;

/** What tailscaled is at: ipn/backend.go {@code State}, numbers as on the bus, words as in the status. */
public enum BackendState {
    NO_STATE(0, "NoState"),
    IN_USE_OTHER_USER(1, "InUseOtherUser"),
    NEEDS_LOGIN(2, "NeedsLogin"),
    NEEDS_MACHINE_AUTH(3, "NeedsMachineAuth"),
    STOPPED(4, "Stopped"),
    STARTING(5, "Starting"),
    RUNNING(6, "Running"),
    /** A state that this program does not know. */
    OTHER(-1, "?");

    private final int number;
    private final String word;

    BackendState(int number, String word) {
        this.number = number;
        this.word = word;
    }

    /** As tailscaled writes it. */
    public String word() {
        return word;
    }

    static BackendState of(String word) {
        for (BackendState state : values()) {
            if (state.word.equals(word)) {
                return state;
            }
        }
        return OTHER;
    }

    static BackendState of(long number) {
        for (BackendState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        return OTHER;
    }
}
