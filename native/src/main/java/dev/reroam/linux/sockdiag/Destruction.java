package dev.reroam.linux.sockdiag;

/** How an attempt to destroy a socket ended; what else may go wrong, such as a missing right, is an exception. */
public enum Destruction {
    /** It is destroyed: its program gets ECONNABORTED, the other side a reset. */
    DONE,
    /** There is no such socket any more. */
    GONE,
    /** This kernel cannot: it is older than Linux 4.5, or built without CONFIG_INET_DIAG_DESTROY, as OpenWrt's are. */
    UNSUPPORTED
}
