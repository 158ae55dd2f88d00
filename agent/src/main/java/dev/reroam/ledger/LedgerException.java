package dev.reroam.ledger;

import java.io.IOException;

/** The ledger could not be written; the message says the file and the system's reason. */
public final class LedgerException extends IOException {

    LedgerException(String message, Throwable cause) {
        super(message, cause);
    }

    LedgerException(String message) {
        super(message);
    }
}
