package dev.reroam.tests.integration;

import dev.reroam.tests.lab.WireGuardKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Keys of wireguard-go, which come as text over its socket. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
class SecretsTest {

    @Test
    void areKeptNowhere() throws Exception {
        Secrets.areKeptNowhere(WireGuardKind.USERSPACE, ShippedFlags.agent());
    }
}
