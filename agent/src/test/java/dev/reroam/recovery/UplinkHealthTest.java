package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.recovery.UplinkHealth.State;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UplinkHealthTest {

    private static final Endpoint A = Endpoint.parse("198.51.100.1:3478");
    private static final Endpoint B = Endpoint.parse("198.51.100.2:3478");
    private static final long SECOND = 1_000_000_000L;

    private static UplinkHealth alive() {
        return UplinkHealth.NONE.heard(A, SECOND).heard(B, SECOND);
    }

    @Test
    void silenceOfWhatNeverAnsweredIsUnknownNotDead() {
        var health = UplinkHealth.NONE;
        for (int i = 1; i < 100; i++) {
            health = health.unheard(i % 2 == 0 ? A : B, i * SECOND, i * SECOND);
            assertFalse(health.condemned(0));
        }
        assertEquals(
                State.UNKNOWN,
                health.on(UplinkHealth.Sign.CONDEMNED, 200 * SECOND).state());
    }

    @Test
    void fewQuestionsToSeveralServersCondemnALineThatLosesNothing() {
        var health = alive();
        int asked = 0;
        while (!health.condemned(0)) {
            asked++;
            health = health.unheard(asked % 2 == 0 ? A : B, 2 * SECOND, 3 * SECOND);
        }
        assertEquals(State.SUSPECT, health.state());
        assertEquals(UplinkHealth.enough(0), asked);
        assertTrue(asked <= 4, () -> "" + UplinkHealth.enough(0));
    }

    @Test
    void oneDeadServerNeverCondemnsAnUplink() {
        var health = alive();
        for (int i = 0; i < 1_000; i++) {
            health = health.unheard(A, (2 + i) * SECOND, (2 + i) * SECOND);
        }
        assertFalse(health.condemned(0));
        // One that has never answered over this uplink is no second witness.
        health = health.unheard(Endpoint.parse("198.51.100.3:3478"), 2_000 * SECOND, 2_000 * SECOND);
        assertFalse(health.condemned(0));
    }

    @Test
    void aLossyLineIsAskedMoreOftenBeforeItIsCondemned() {
        var random = new Random(1);
        var health = alive();
        int condemned = 0;
        for (int i = 0; i < 200_000; i++) {
            long now = (2 + i) * SECOND;
            Endpoint server = random.nextBoolean() ? A : B;
            health = random.nextInt(100) < 19 ? health.unheard(server, now, now) : health.heard(server, now);
            condemned += health.condemned(0) ? 1 : 0;
        }
        assertEquals(0, condemned);
        assertTrue(UplinkHealth.enough(190) <= 14);
    }

    @Test
    void aQuestionThatWasAskedBeforeTheLastAnswerWasOnlyLost() {
        var health = alive().heard(A, 5 * SECOND).unheard(B, 4 * SECOND, 6 * SECOND);
        assertEquals(State.ALIVE, health.state());
        assertEquals(0, health.silent());
    }

    @Test
    void whatComesBackIsOnProbationAndLongerWithEachRelapse() {
        var config = RecoveryConfig.standard(false);
        var health = alive().on(UplinkHealth.Sign.CONDEMNED, 10 * SECOND);
        assertEquals(State.DEAD, health.state());
        health = health.heard(A, 20 * SECOND);
        assertEquals(State.PROBATION, health.state());
        assertEquals(30 * SECOND, health.probation(config));
        health = health.on(UplinkHealth.Sign.CONDEMNED, 25 * SECOND).heard(A, 30 * SECOND);
        assertEquals(60 * SECOND, health.probation(config));
        assertEquals(
                State.ALIVE, health.on(UplinkHealth.Sign.HELD, 100 * SECOND).state());
    }
}
