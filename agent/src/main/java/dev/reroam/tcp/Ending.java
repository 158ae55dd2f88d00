package dev.reroam.tcp;

import dev.reroam.linux.sockdiag.TcpConnection;

/** How a stale connection was ended, or not. */
public sealed interface Ending {

    /** It is destroyed; its program knows and dials again. */
    record Destroyed() implements Ending {}

    /** It had ended by itself. */
    record GoneAlready() implements Ending {}

    /** This kernel cannot destroy: the next packet that it sends is answered with a reset, for {@link Resets#LIFETIME}. */
    record Rejecting() implements Ending {}

    /**
     * Neither can be done here.
     *
     * @param why lower case
     */
    record Impossible(String why) implements Ending {}

    /** The kernel said no. */
    record Refused(String operation, String errno) implements Ending {}

    /** One connection and how it ended. */
    record Of(StaleConnection stale, Ending ending) {
        /** The connection. */
        public TcpConnection connection() {
            return stale.connection();
        }
    }
}
